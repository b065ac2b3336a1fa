import { Duration } from 'aws-cdk-lib';
import { Metric, type MetricOptions, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { METRIC_DIMENSION, METRIC_NAMESPACE, METRICS } from '../../shared/contract/metrics.ts';

/** The numbers of one deployment that the functions count themselves; everything else is measured by AWS. */
export type MetricKey = keyof typeof METRICS;

const MINUTE = Duration.minutes(1);

export function schedulerMetric(deployment: string, key: MetricKey, options: MetricOptions = {}): Metric {
  return new Metric({
    namespace: METRIC_NAMESPACE,
    metricName: METRICS[key].name,
    dimensionsMap: { [METRIC_DIMENSION]: deployment },
    statistic: key === 'lateness' ? Stats.p(95) : Stats.SUM,
    period: MINUTE,
    ...options,
  });
}

/** Of one queue, function, table or API, as AWS counts it. */
export function awsMetric(
  namespace: 'SQS' | 'Lambda' | 'DynamoDB' | 'ApiGateway',
  metricName: string,
  dimensionsMap: Record<string, string>,
  options: MetricOptions = {},
): Metric {
  return new Metric({
    namespace: `AWS/${namespace}`,
    metricName,
    dimensionsMap,
    statistic: Stats.SUM,
    period: MINUTE,
    ...options,
  });
}
