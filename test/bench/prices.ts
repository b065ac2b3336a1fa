/**
 * What AWS charges in us-east-1, in US dollars, without free tiers and volume discounts. The only place with prices.
 *
 * As of November 2026. Look at the live pages before you rely on a figure:
 *   aws.amazon.com/dynamodb/pricing/on-demand · aws.amazon.com/sqs/pricing · aws.amazon.com/lambda/pricing
 *   aws.amazon.com/api-gateway/pricing · aws.amazon.com/cloudwatch/pricing · aws.amazon.com/eventbridge/pricing
 *   aws.amazon.com/secrets-manager/pricing · aws.amazon.com/kms/pricing
 */
const MILLION = 1_000_000;

export const PRICES = {
  region: 'us-east-1',
  asOf: '2026-11',

  // DynamoDB, on-demand, Standard table class
  dynamoDbWriteUnit: 0.625 / MILLION,
  dynamoDbReadUnit: 0.125 / MILLION,
  dynamoDbGbMonth: 0.25,

  // SQS, standard queue; a request carries up to 64 KB
  sqsRequest: 0.4 / MILLION,
  /** On top, for requests of a queue whose messages carry a MessageGroupId (fair queues). */
  sqsFairRequest: 0.1 / MILLION,

  // Lambda, arm64
  lambdaRequest: 0.2 / MILLION,
  lambdaGbSecond: 0.0000133334,

  // API Gateway, HTTP API; a request carries up to 512 KB
  httpApiRequest: 1 / MILLION,

  // CloudWatch Logs, Standard class, ingestion
  logsGb: 0.5,

  // CloudWatch, a month; an alarm is charged by the metrics that it looks at
  alarmedMetricMonth: 0.1,
  metricMonth: 0.3,
  dashboardMonth: 3,

  // EventBridge: rules on a schedule are free, Scheduler and events of one's own are not
  customEvent: 1 / MILLION,
  schedulerInvocation: 1 / MILLION,

  // Secrets Manager, one secret
  secretMonth: 0.4,

  // Key Management Service, one key of one's own
  keyMonth: 1,
} as const;

/**
 * What cannot be counted here, because it depends on AWS and on the handlers: assumed, and printed with the figures.
 * Everything else in a cost is counted.
 */
export const ASSUMPTIONS = {
  /** A handler that does next to nothing itself: one call to somebody else. */
  handlerMs: 100,
  /** One DynamoDB request from a function in the same Region. */
  dynamoDbMs: 5,
  /** One SQS request. */
  sqsMs: 8,
  /** Parsing, SDK and runtime, per invocation. */
  overheadMs: 3,
  /** Lambda's own start and report lines, in JSON. */
  logBytesPerInvocation: 1_000,
  memoryMb: 512,
  retentionDays: 30,
} as const;
