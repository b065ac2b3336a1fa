import * as z from 'zod/mini';

export const RANGES = ['1h', '24h', '7d', '30d'] as const;
export type Range = (typeof RANGES)[number];

const HOUR_MS = 3_600_000;
/** How far back each looks, by which points, and how people call it. */
export const RANGE: Readonly<
  Record<Range, { ms: number; interval: 'minute' | 'hour' | 'day'; name: string }>
> = {
  '1h': { ms: HOUR_MS, interval: 'minute', name: 'hour' },
  '24h': { ms: 24 * HOUR_MS, interval: 'hour', name: '24 hours' },
  '7d': { ms: 7 * 24 * HOUR_MS, interval: 'hour', name: '7 days' },
  '30d': { ms: 30 * 24 * HOUR_MS, interval: 'day', name: '30 days' },
};

const PulseSearchSchema = z.object({ range: z.catch(z.optional(z.enum(RANGES)), undefined) });
export type PulseSearch = z.infer<typeof PulseSearchSchema>;
export const readPulseSearch = (search: Record<string, unknown>): PulseSearch =>
  PulseSearchSchema.parse(search);
