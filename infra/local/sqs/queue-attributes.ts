import * as z from 'zod';
import { invalidParameter, SqsError } from './errors.ts';

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html */
const RANGES: Readonly<Record<string, readonly [min: number, max: number]>> = {
  DelaySeconds: [0, 900],
  KmsDataKeyReusePeriodSeconds: [60, 86_400],
  MaximumMessageSize: [1_024, 1_048_576],
  MessageRetentionPeriod: [60, 1_209_600],
  ReceiveMessageWaitTimeSeconds: [0, 20],
  VisibilityTimeout: [0, 43_200],
};
const TEXTS: ReadonlySet<string> = new Set([
  'KmsMasterKeyId',
  'Policy',
  'RedriveAllowPolicy',
  'RedrivePolicy',
  'SqsManagedSseEnabled',
]);
export const COMPUTED_ATTRIBUTES = [
  'ApproximateNumberOfMessages',
  'ApproximateNumberOfMessagesDelayed',
  'ApproximateNumberOfMessagesNotVisible',
  'CreatedTimestamp',
  'LastModifiedTimestamp',
  'QueueArn',
] as const;
export const ATTRIBUTE_NAMES: ReadonlySet<string> = new Set([
  'All',
  ...Object.keys(RANGES),
  ...TEXTS,
  ...COMPUTED_ATTRIBUTES,
  // Known to AWS, absent from standard queues.
  'ContentBasedDeduplication',
  'DeduplicationScope',
  'FifoQueue',
  'FifoThroughputLimit',
]);
const DEFAULTS: Readonly<Record<string, string>> = {
  DelaySeconds: '0',
  MaximumMessageSize: '1048576',
  MessageRetentionPeriod: '345600',
  ReceiveMessageWaitTimeSeconds: '0',
  SqsManagedSseEnabled: 'true',
  VisibilityTimeout: '30',
};

export interface RedrivePolicy {
  readonly deadLetterTargetArn: string;
  readonly maxReceiveCount: number;
}

/** What a queue goes by, parsed once; `texts` is what the user set or AWS would show. */
export interface QueueSettings {
  readonly texts: Readonly<Record<string, string>>;
  readonly delaySeconds: number;
  readonly maximumMessageBytes: number;
  readonly retentionMs: number;
  readonly visibilitySeconds: number;
  readonly waitSeconds: number;
  readonly redrive: RedrivePolicy | undefined;
}

/** Checks `changes` as AWS does and lays them over `base`. An empty text takes the attribute away. */
export function queueSettings(
  changes: Readonly<Record<string, string>>,
  base: Readonly<Record<string, string>> = DEFAULTS,
): QueueSettings {
  const texts: Record<string, string> = { ...base };
  for (const [name, value] of Object.entries(changes)) {
    checkAttribute(name, value);
    if (value === '') delete texts[name];
    else texts[name] = value;
  }
  const policy = texts.RedrivePolicy;
  return {
    texts,
    delaySeconds: Number(texts.DelaySeconds),
    maximumMessageBytes: Number(texts.MaximumMessageSize),
    retentionMs: Number(texts.MessageRetentionPeriod) * 1_000,
    visibilitySeconds: Number(texts.VisibilityTimeout),
    waitSeconds: Number(texts.ReceiveMessageWaitTimeSeconds),
    redrive: policy === undefined ? undefined : redrivePolicy(policy),
  };
}

function checkAttribute(name: string, value: string): void {
  if (name === 'FifoQueue') {
    throw new SqsError('UnsupportedOperation', 'The embedded queue engine has standard queues only.');
  }
  const range = RANGES[name];
  if (range === undefined) {
    if (!TEXTS.has(name)) throw new SqsError('InvalidAttributeName', `Unknown Attribute ${name}.`);
    return;
  }
  const [min, max] = range;
  if (!/^\d+$/.test(value) || Number(value) < min || Number(value) > max) {
    throw new SqsError('InvalidAttributeValue', `Invalid value for the parameter ${name}.`);
  }
}

const RedrivePolicySchema = z.object({
  deadLetterTargetArn: z.string().regex(/^arn:[^:]+:sqs:[^:]+:\d+:[\w-]+$/),
  maxReceiveCount: z.coerce.number().int().min(1).max(1000),
});

function redrivePolicy(text: string): RedrivePolicy {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (cause) {
    throw new SqsError(
      'InvalidParameterValue',
      `Value ${text} for parameter RedrivePolicy is invalid. Reason: Redrive policy is not a valid JSON map.`,
      { cause },
    );
  }
  const policy = RedrivePolicySchema.safeParse(parsed);
  if (policy.success) return policy.data;
  const field = policy.error.issues[0]?.path.join('.') ?? 'RedrivePolicy';
  throw invalidParameter('RedrivePolicy', text, `Invalid value for ${field}.`);
}
