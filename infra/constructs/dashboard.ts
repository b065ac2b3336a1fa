import { Duration } from 'aws-cdk-lib';
import {
  AlarmStatusWidget,
  Dashboard,
  GraphWidget,
  type IAlarm,
  type IMetric,
  PeriodOverride,
  Stats,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import type { Watched } from './alarm-table.ts';
import { awsMetric, schedulerMetric } from './metrics.ts';
import { INDEX_NAME } from './tables.ts';

const HALF = 12;
const WHOLE = 24;

/** One page: is it alive, what became of the runs, what waits, and who is short of something. */
export function makeDashboard(
  scope: Construct,
  id: string,
  props: { watched: Watched; deadLetterQueues: Readonly<Record<string, string>>; alarms: readonly IAlarm[] },
): Dashboard {
  const { watched, deadLetterQueues, alarms } = props;
  const { deployment, functions, executors, workQueues, table, apiId } = watched;
  const own = (...[key, options]: DropFirst<Parameters<typeof schedulerMetric>>) =>
    schedulerMetric(deployment, key, options);
  const lambda = (metricName: string) =>
    Object.entries({ ...functions, ...executors }).map(([label, FunctionName]) =>
      awsMetric('Lambda', metricName, { FunctionName }, { label }),
    );
  const queues = (names: Readonly<Record<string, string>>, metricName: string) =>
    Object.entries(names).map(([label, QueueName]) =>
      awsMetric('SQS', metricName, { QueueName }, { label, statistic: Stats.MAXIMUM }),
    );
  const consumed = (metricName: string, index?: string) =>
    awsMetric(
      'DynamoDB',
      metricName,
      { TableName: table, ...(index && { GlobalSecondaryIndexName: index }) },
      { label: `${metricName}${index ? ', index' : ''}` },
    );
  const api = { ApiId: apiId, Stage: '$default' };

  const dashboard = new Dashboard(scope, id, {
    dashboardName: deployment,
    defaultInterval: Duration.hours(3),
    periodOverride: PeriodOverride.INHERIT,
  });
  if (alarms.length > 0) {
    dashboard.addWidgets(
      new AlarmStatusWidget({ title: 'Alarms', alarms: [...alarms], width: WHOLE, height: 3 }),
    );
  }
  dashboard.addWidgets(
    graph('Alive: runs of the canary, ticks', [
      own('canaryRuns'),
      awsMetric('Lambda', 'Invocations', { FunctionName: functions.tick }, { label: 'ticks' }),
    ]),
    graph('Start after the due instant, ms', [
      own('lateness', { statistic: Stats.p(50), label: 'p50' }),
      own('lateness', { statistic: Stats.p(95), label: 'p95' }),
      own('lateness', { statistic: Stats.MAXIMUM, label: 'latest' }),
    ]),
    graph('Runs', [own('runsSucceeded'), own('attemptsFailed'), own('runsDead')]),
    graph('Messages that wait', queues(workQueues, 'ApproximateNumberOfMessagesVisible')),
    graph('Age of the oldest message, s', [
      ...queues(workQueues, 'ApproximateAgeOfOldestMessage'),
      ...queues({ dispatch: watched.dispatchQueue }, 'ApproximateAgeOfOldestMessage'),
    ]),
    graph(
      'Dead-letter queues: letters, and hints that count for nothing',
      queues(deadLetterQueues, 'ApproximateNumberOfMessagesVisible'),
    ),
    graph('Errors of functions', lambda('Errors')),
    graph('Throttles of functions', lambda('Throttles')),
    graph('Units of the table and its index', [
      consumed('ConsumedWriteCapacityUnits'),
      consumed('ConsumedWriteCapacityUnits', INDEX_NAME),
      consumed('ConsumedReadCapacityUnits'),
      consumed('ConsumedReadCapacityUnits', INDEX_NAME),
    ]),
    graph('Throttles of the table and its index', [
      consumed('WriteThrottleEvents'),
      consumed('WriteThrottleEvents', INDEX_NAME),
      consumed('ReadThrottleEvents'),
      consumed('ReadThrottleEvents', INDEX_NAME),
    ]),
    graph('API', [
      awsMetric('ApiGateway', 'Count', api, { label: 'requests' }),
      awsMetric('ApiGateway', '4xx', api),
      awsMetric('ApiGateway', '5xx', api),
    ]),
    graph('Time of the API to answer, ms', [
      awsMetric('ApiGateway', 'Latency', api, { statistic: Stats.p(50), label: 'p50' }),
      awsMetric('ApiGateway', 'Latency', api, { statistic: Stats.p(99), label: 'p99' }),
    ]),
  );
  return dashboard;
}

type DropFirst<T extends unknown[]> = T extends [unknown, ...infer Rest] ? Rest : never;

const graph = (title: string, left: IMetric[]) =>
  new GraphWidget({ title, left, width: HALF, leftYAxis: { min: 0 } });
