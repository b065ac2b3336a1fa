import type { DurationMs } from './time.ts';

/**
 * How durations are distributed, in buckets that grow by a constant factor (as DDSketch has it): small, merged by
 * adding up, and any quantile of the union is right within RELATIVE_ERROR.
 */
export interface Histogram {
  count: number;
  sumMs: DurationMs;
  maxMs: DurationMs;
  /** Number of a bucket → how many fell into it; ascending. */
  buckets: readonly (readonly [bucket: number, count: number])[];
}

export const RELATIVE_ERROR = 0.02;
const GROWTH = (1 + RELATIVE_ERROR) / (1 - RELATIVE_ERROR);
const LOG_GROWTH = Math.log(GROWTH);

export const EMPTY_HISTOGRAM: Histogram = { count: 0, sumMs: 0, maxMs: 0, buckets: [] };

/** Bucket 0 has what took no time; bucket n the durations up to GROWTH^(n - 1) ms. */
const bucketOf = (ms: DurationMs): number => (ms < 1 ? 0 : 1 + Math.ceil(Math.log(ms) / LOG_GROWTH));

/** The duration that is right within the error for all of a bucket. */
const middleOf = (bucket: number): DurationMs =>
  bucket === 0 ? 0 : (2 * GROWTH ** (bucket - 1)) / (GROWTH + 1);

/** The longest that a bucket has. */
const endOf = (bucket: number): DurationMs => (bucket === 0 ? 0 : GROWTH ** (bucket - 1));

export function histogramOf(durations: readonly DurationMs[]): Histogram {
  const counts = new Map<number, number>();
  let sumMs = 0;
  let maxMs = 0;
  for (const ms of durations) {
    const bucket = bucketOf(ms);
    counts.set(bucket, (counts.get(bucket) ?? 0) + 1);
    sumMs += ms;
    maxMs = Math.max(maxMs, ms);
  }
  return { count: durations.length, sumMs, maxMs, buckets: ascending(counts) };
}

export function mergeHistograms(parts: readonly Histogram[]): Histogram {
  const counts = new Map<number, number>();
  for (const { buckets } of parts)
    for (const [bucket, count] of buckets) counts.set(bucket, (counts.get(bucket) ?? 0) + count);
  return {
    count: parts.reduce((sum, part) => sum + part.count, 0),
    sumMs: parts.reduce((sum, part) => sum + part.sumMs, 0),
    maxMs: parts.reduce((max, part) => Math.max(max, part.maxMs), 0),
    buckets: ascending(counts),
  };
}

const ascending = (counts: ReadonlyMap<number, number>) => [...counts].sort(([a], [b]) => a - b);

/** The duration that `share` (0 to 1) of all do not exceed; undefined when there are none. */
export function quantile(histogram: Histogram, share: number): DurationMs | undefined {
  const rank = Math.max(1, Math.ceil(share * histogram.count));
  let seen = 0;
  for (const [bucket, count] of histogram.buckets) {
    seen += count;
    if (seen >= rank) return Math.min(middleOf(bucket), histogram.maxMs);
  }
  return undefined;
}

/** How many took no longer; a bucket across the bound counts as beyond it. */
export const countUpTo = ({ buckets }: Histogram, boundMs: DurationMs): number =>
  buckets.reduce((sum, [bucket, count]) => (endOf(bucket) <= boundMs ? sum + count : sum), 0);
