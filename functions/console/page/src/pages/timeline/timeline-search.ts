import * as z from 'zod/mini';

export const ZOOMS = ['24h', '12h', '6h', '3h', '1h'] as const;
export type Zoom = (typeof ZOOMS)[number];

export const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;
/** How far it reaches to either side, in ms, and the minutes of one bar. */
export const ZOOM: Readonly<Record<Zoom, { reachMs: number; binMinutes: number }>> = {
  '24h': { reachMs: 24 * HOUR_MS, binMinutes: 15 },
  '12h': { reachMs: 12 * HOUR_MS, binMinutes: 10 },
  '6h': { reachMs: 6 * HOUR_MS, binMinutes: 5 },
  '3h': { reachMs: 3 * HOUR_MS, binMinutes: 2 },
  '1h': { reachMs: HOUR_MS, binMinutes: 1 },
};

const text = z.catch(z.optional(z.string()), undefined);
const instant = z.catch(z.optional(z.iso.datetime()), undefined);

const TimelineSearchSchema = z.object({
  zoom: z.catch(z.optional(z.enum(ZOOMS)), undefined),
  /** The middle of what is shown; now when absent. */
  at: instant,
  /** The beginning of the bar that is looked into. */
  bin: instant,
  queue: text,
  tag: text,
});
export type TimelineSearch = z.infer<typeof TimelineSearchSchema>;
export const readTimelineSearch = (search: Record<string, unknown>): TimelineSearch =>
  TimelineSearchSchema.parse(search);
