/** Nearest rank: the smallest value that at least p of all values do not exceed. */
export function percentile(values: readonly number[], p: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(p * sorted.length) - 1)] ?? Number.NaN;
}
export const median = (values: readonly number[]): number => percentile(values, 0.5);

export interface Spread {
  count: number;
  p50: number;
  p99: number;
  max: number;
}
export const spreadOf = (values: readonly number[]): Spread => ({
  count: values.length,
  p50: median(values),
  p99: percentile(values, 0.99),
  max: percentile(values, 1),
});
