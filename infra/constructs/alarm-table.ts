import { Duration } from 'aws-cdk-lib';
import {
  ComparisonOperator,
  type IMetric,
  MathExpression,
  Stats,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { AlarmsConfig } from '../config-observability.ts';
import { awsMetric, schedulerMetric } from './metrics.ts';
import { INDEX_NAME } from './tables.ts';

/** What is watched: names as CloudWatch's dimensions want them. */
export interface Watched {
  deployment: string;
  canary: boolean;
  functions: { tick: string; dispatch: string; sweeper: string; authorizer: string };
  /** By queue. */
  executors: Readonly<Record<string, string>>;
  dispatchQueue: string;
  workQueues: Readonly<Record<string, string>>;
  inbox?: { queue: string; deadLetters: string };
  table: string;
  apiId: string;
}

export interface AlarmSpec {
  /** Part of the alarm's name; with `section` missing also the runbook's section. */
  name: string;
  /** Section of the runbook. */
  section?: string;
  symptom: string;
  meaning: string;
  metric: IMetric;
  threshold: number;
  comparison: ComparisonOperator;
  /** So many of the last so many periods. */
  points: readonly [datapoints: number, periods: number];
  missing: TreatMissingData;
}

const FIVE_MINUTES = Duration.minutes(5);
const AT_LEAST = ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD;
const ABOVE = ComparisonOperator.GREATER_THAN_THRESHOLD;
const BELOW = ComparisonOperator.LESS_THAN_THRESHOLD;
const { BREACHING, NOT_BREACHING } = TreatMissingData;
/** Of CloudWatch: docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html */
const METRICS_IN_AN_ALARM = 10;

/** Every alarm as a row: AWS's own metrics where they tell it, since they cost nothing. */
export function alarmTable(watched: Watched, limits: AlarmsConfig): AlarmSpec[] {
  return [
    tickSilent(watched),
    {
      name: 'dispatch-lag',
      symptom: `Runs begin more than ${limits.latenessSeconds} s after they were due.`,
      meaning: 'Ticks, dispatch or executors do not keep up.',
      metric: schedulerMetric(watched.deployment, 'lateness'),
      threshold: limits.latenessSeconds * 1_000,
      comparison: ABOVE,
      points: [3, 5],
      missing: NOT_BREACHING,
    },
    {
      name: 'dispatch-backlog',
      symptom: 'Shards wait to be dispatched for more than two minutes.',
      meaning: 'The dispatch function fails, is throttled or cannot keep up: what is due is hinted late.',
      metric: oldestWaiting(watched.dispatchQueue),
      threshold: 120,
      comparison: ABOVE,
      points: [3, 5],
      missing: NOT_BREACHING,
    },
    ...Object.entries(watched.workQueues).map(([name, queueName]) => ({
      name: `queue-backlog-${name}`,
      section: 'queue-backlog',
      symptom: `Messages wait in queue ${name} for more than ${limits.backlogSeconds} s.`,
      meaning: 'More is due there than its workers get done, or its executor does not run.',
      metric: oldestWaiting(queueName),
      threshold: limits.backlogSeconds,
      comparison: ABOVE,
      points: [5, 5] as const,
      missing: NOT_BREACHING,
    })),
    {
      name: 'dead-letters',
      symptom: 'Runs gave up.',
      meaning: 'Work has not been done and nobody tries again by himself.',
      metric: schedulerMetric(watched.deployment, 'runsDead', { period: FIVE_MINUTES }),
      threshold: 1,
      comparison: AT_LEAST,
      points: [1, 1],
      missing: NOT_BREACHING,
    },
    {
      name: 'sweeper-failing',
      symptom: 'The sweeper leaves something behind minute after minute.',
      meaning:
        'Dead letters stay pending, or runs that lost their message or their process are not taken up.',
      metric: awsMetric('Lambda', 'Errors', { FunctionName: watched.functions.sweeper }),
      threshold: 1,
      comparison: AT_LEAST,
      points: [3, 5],
      missing: NOT_BREACHING,
    },
    ...(watched.inbox ? inboxAlarms(watched.inbox) : []),
    failureRate(watched, limits),
    ...throttledFunctions(watched),
    throttledTable(watched),
    {
      name: 'authorizer-errors',
      symptom: 'The authorizer fails.',
      meaning: 'Callers of the API get 500, whoever they are.',
      metric: awsMetric('Lambda', 'Errors', { FunctionName: watched.functions.authorizer }),
      threshold: 1,
      comparison: AT_LEAST,
      points: [2, 5],
      missing: NOT_BREACHING,
    },
    {
      name: 'api-errors',
      symptom: 'The API answers with 5xx.',
      meaning: 'People and pipelines cannot see or steer; what is scheduled goes on.',
      metric: awsMetric('ApiGateway', '5xx', { ApiId: watched.apiId, Stage: '$default' }),
      threshold: 5,
      comparison: AT_LEAST,
      points: [2, 5],
      missing: NOT_BREACHING,
    },
  ];
}

/** The canary runs through every part once a minute. Without it only the tick itself can be watched. */
function tickSilent({ deployment, canary, functions }: Watched): AlarmSpec {
  const name = { FunctionName: functions.tick };
  return {
    name: 'tick-silent',
    symptom: canary ? 'The canary has stopped running.' : 'The tick has stopped running.',
    meaning: 'Nothing that is due is started.',
    metric: canary
      ? schedulerMetric(deployment, 'canaryRuns')
      : new MathExpression({
          label: 'Ticks that succeeded',
          expression: 'invocations - errors',
          usingMetrics: {
            invocations: awsMetric('Lambda', 'Invocations', name),
            errors: awsMetric('Lambda', 'Errors', name),
          },
          period: Duration.minutes(1),
        }),
    threshold: 1,
    comparison: BELOW,
    points: [3, 5],
    // Whatever stops it also stops the numbers: silence is the symptom.
    missing: BREACHING,
  };
}

/** Age counts also for messages that wait for their delay or their retry, so it says something only while some wait for a worker. */
function oldestWaiting(queueName: string): MathExpression {
  const queue = { QueueName: queueName };
  return new MathExpression({
    label: 'Seconds that the oldest waiting message has been there',
    expression: 'IF(visible > 0, age, 0)',
    usingMetrics: {
      visible: awsMetric('SQS', 'ApproximateNumberOfMessagesVisible', queue, { statistic: Stats.MINIMUM }),
      age: awsMetric('SQS', 'ApproximateAgeOfOldestMessage', queue, { statistic: Stats.MAXIMUM }),
    },
    period: Duration.minutes(1),
  });
}

/** What others asked for and is not stored. */
const inboxAlarms = ({ queue, deadLetters }: NonNullable<Watched['inbox']>): AlarmSpec[] => [
  {
    name: 'inbox-backlog',
    section: 'inbox',
    symptom: 'Messages and events from outside wait for more than two minutes.',
    meaning: 'The function that reads the inbox fails, is throttled or cannot keep up.',
    metric: oldestWaiting(queue),
    threshold: 120,
    comparison: ABOVE,
    points: [3, 5],
    missing: NOT_BREACHING,
  },
  {
    name: 'inbox-refused',
    section: 'inbox',
    symptom: 'Messages or events from outside were refused.',
    meaning: 'What they ask for cannot be done, or the rule that matched them asks for the wrong thing.',
    metric: awsMetric(
      'SQS',
      'ApproximateNumberOfMessagesVisible',
      { QueueName: deadLetters },
      { statistic: Stats.MAXIMUM },
    ),
    threshold: 1,
    comparison: AT_LEAST,
    points: [1, 1],
    missing: NOT_BREACHING,
  },
];

function failureRate({ deployment }: Watched, limits: AlarmsConfig): AlarmSpec {
  const all = '(FILL(failed, 0) + FILL(succeeded, 0))';
  return {
    name: 'failure-rate',
    symptom: `More than ${limits.failurePercent} % of attempts fail.`,
    meaning: 'Handlers, or something that many of them need, are broken.',
    metric: new MathExpression({
      label: 'Failed attempts in percent',
      expression: `IF(${all} >= ${limits.failureMinimum}, 100 * FILL(failed, 0) / ${all}, 0)`,
      usingMetrics: {
        failed: schedulerMetric(deployment, 'attemptsFailed', { period: FIVE_MINUTES }),
        succeeded: schedulerMetric(deployment, 'runsSucceeded', { period: FIVE_MINUTES }),
      },
      period: FIVE_MINUTES,
    }),
    threshold: limits.failurePercent,
    comparison: ABOVE,
    points: [2, 2],
    missing: NOT_BREACHING,
  };
}

/** Of the functions that do the work; an alarm takes ten metrics, so many executors need several. */
function throttledFunctions({ functions, executors }: Watched): AlarmSpec[] {
  const { tick, dispatch, sweeper } = functions;
  const names = [tick, dispatch, sweeper, ...Object.values(executors)];
  return chunks(names, METRICS_IN_AN_ALARM).map((some, at) => ({
    name: at === 0 ? 'throttled-functions' : `throttled-functions-${at + 1}`,
    section: 'throttled-functions',
    symptom: 'Lambda refuses to start functions.',
    meaning: 'The concurrency of the account is used up: what is due waits.',
    metric: sumOf(
      'Throttled calls',
      some.map((FunctionName) => awsMetric('Lambda', 'Throttles', { FunctionName })),
    ),
    threshold: 1,
    comparison: AT_LEAST,
    points: [3, 5] as const,
    missing: NOT_BREACHING,
  }));
}

/** An index that cannot keep up makes writes to the table itself fail. */
function throttledTable({ table }: Watched): AlarmSpec {
  const own = { TableName: table };
  const index = { TableName: table, GlobalSecondaryIndexName: INDEX_NAME };
  return {
    name: 'throttled-table',
    symptom: 'DynamoDB throttles the table or its index.',
    meaning:
      'Load grows faster than DynamoDB follows, or one shard is hot: runs are late, the API answers 503.',
    metric: sumOf('Throttled requests', [
      awsMetric('DynamoDB', 'WriteThrottleEvents', own),
      awsMetric('DynamoDB', 'WriteThrottleEvents', index),
      awsMetric('DynamoDB', 'ReadThrottleEvents', own),
      awsMetric('DynamoDB', 'ReadThrottleEvents', index),
    ]),
    threshold: 1,
    comparison: AT_LEAST,
    points: [3, 5],
    missing: NOT_BREACHING,
  };
}

function sumOf(label: string, metrics: IMetric[]): MathExpression {
  const named = Object.fromEntries(metrics.map((metric, at) => [`m${at + 1}`, metric]));
  return new MathExpression({
    label,
    // These metrics are only there while there is something to count.
    expression: Object.keys(named)
      .map((name) => `FILL(${name}, 0)`)
      .join(' + '),
    usingMetrics: named,
    period: Duration.minutes(1),
  });
}

const chunks = <T>(items: T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, at) => items.slice(at * size, (at + 1) * size));
