import * as z from 'zod';
import { evaluate, type Point } from './metric-math.ts';

/**
 * Says whether an alarm of a template is in alarm, by the rules of CloudWatch:
 * docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
 */
const Dimensions = z.array(z.object({ Name: z.string(), Value: z.unknown() })).default([]);
const MathMetric = z.object({
  Id: z.string(),
  Expression: z.string(),
  ReturnData: z.boolean().default(true),
});
const StatMetric = z.object({
  Id: z.string(),
  ReturnData: z.literal(false),
  MetricStat: z.object({
    Metric: z.object({ Namespace: z.string(), MetricName: z.string(), Dimensions }),
    Period: z.int(),
    Stat: z.string(),
  }),
});
export const AlarmSchema = z.object({
  AlarmName: z.string(),
  AlarmDescription: z.string(),
  AlarmActions: z.array(z.unknown()).min(1),
  OKActions: z.array(z.unknown()).min(1),
  ComparisonOperator: z.enum([
    'LessThanThreshold',
    'GreaterThanThreshold',
    'GreaterThanOrEqualToThreshold',
    'LessThanOrEqualToThreshold',
  ]),
  Threshold: z.number(),
  EvaluationPeriods: z.int(),
  DatapointsToAlarm: z.int(),
  TreatMissingData: z.enum(['breaching', 'notBreaching', 'ignore', 'missing']),
  Namespace: z.string().optional(),
  MetricName: z.string().optional(),
  Dimensions: Dimensions.optional(),
  Metrics: z.array(z.union([StatMetric, MathMetric])).optional(),
});
export type AlarmProperties = z.infer<typeof AlarmSchema>;

/** By name of a metric, oldest first, one value a period. Where several have the name only the first gets it; what is not named has no data. */
export type Series = Readonly<Record<string, readonly Point[]>>;

/** CloudWatch looks this far beyond the evaluation periods for real data before it fills in what is missing. */
const LOOK_BACK = 2;

export function isInAlarm(alarm: AlarmProperties, series: Series): boolean {
  const { EvaluationPeriods: periods, DatapointsToAlarm: needed, TreatMissingData: missing } = alarm;
  if (missing === 'ignore' || missing === 'missing')
    throw new Error(`${alarm.AlarmName}: silence says nothing`);
  const points = Array.from({ length: periods + LOOK_BACK }, (_, back) => pointOf(alarm, series, back));
  // The newest real ones, as many as are evaluated; only what then lacks is filled in.
  const real = points.filter((point) => point !== undefined).slice(0, periods);
  const breaching = real.filter((point) => breaches(alarm, point)).length;
  const filled = missing === 'breaching' ? periods - real.length : 0;
  return breaching + filled >= needed;
}

/** The metrics that an alarm reads. */
export function metricsOf({ MetricName, Metrics = [] }: AlarmProperties): string[] {
  const stats = Metrics.flatMap((metric) =>
    'MetricStat' in metric ? [metric.MetricStat.Metric.MetricName] : [],
  );
  return MetricName === undefined ? stats : [MetricName];
}

function pointOf(alarm: AlarmProperties, series: Series, back: number): Point {
  const pointNamed = (name: string): Point => series[name]?.at(-1 - back);
  const { MetricName, Metrics = [] } = alarm;
  if (MetricName !== undefined) return pointNamed(MetricName);
  const result = Metrics.find((metric) => metric.ReturnData);
  if (!result || !('Expression' in result)) throw new Error(`${alarm.AlarmName} has no expression`);
  const seen = new Set<string>();
  const values = new Map<string, Point>();
  for (const metric of Metrics) {
    if (!('MetricStat' in metric)) continue;
    const name = metric.MetricStat.Metric.MetricName;
    values.set(metric.Id, seen.has(name) ? undefined : pointNamed(name));
    seen.add(name);
  }
  return evaluate(result.Expression, (id) => {
    if (!values.has(id)) throw new Error(`${alarm.AlarmName} reads ${id}, which nobody defines`);
    return values.get(id);
  });
}

function breaches(
  { ComparisonOperator: comparison, Threshold: threshold }: AlarmProperties,
  value: number,
): boolean {
  switch (comparison) {
    case 'LessThanThreshold':
      return value < threshold;
    case 'LessThanOrEqualToThreshold':
      return value <= threshold;
    case 'GreaterThanThreshold':
      return value > threshold;
    case 'GreaterThanOrEqualToThreshold':
      return value >= threshold;
  }
}
