import { percentile } from '../bench/figures.ts';

/** A machine that does much else takes its time. */
export const READY_WITHIN_MS = 300_000;

/** What one kind of load shows of the whole scheduler on this machine. */
export interface Part {
  name: string;
  what: string;
  /** Sizes by name, with those of a full run. */
  sizes: Readonly<Record<string, number>>;
  run(sizes: Readonly<Record<string, number>>, say: (line: string) => void): Promise<Figure[]>;
}
export type Figure = readonly [what: string, value: string];

export const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;
export const millis = (ms: number): string => `${Math.round(ms)} ms`;

/** One line for a spread of times. */
export const spread = (values: readonly number[]): string =>
  values.length === 0 ? 'none' : [0.5, 0.95, 0.99, 1].map((p) => millis(percentile(values, p))).join(' · ');
export const SPREAD = 'p50 · p95 · p99 · max';

export const markdown = (title: string, figures: readonly Figure[]): string =>
  [
    `### ${title}`,
    '',
    '| figure | value |',
    '|---|---|',
    ...figures.map((row) => `| ${row.join(' | ')} |`),
  ].join('\n');

/** Of a size that every caller names. */
export function sizeOf(sizes: Readonly<Record<string, number>>, name: string): number {
  const size = sizes[name];
  if (size === undefined) throw new Error(`no size ${name}`);
  return size;
}
