import { Duration, Stack } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Queue, QueueEncryption, RedrivePermission } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';

/** AWS's advice: a message stays away six times as long as its function may run, so that throttled batches can be tried again. */
const VISIBILITY_PER_TIMEOUT = 6;
const RETENTION = Duration.days(4);
/** A dead letter keeps the age it had, so its queue must keep longer than the first one. 14 days is the maximum. */
const DEAD_LETTER_RETENTION = Duration.days(14);

export interface QueueWithDeadLettersProps {
  queueName: string;
  /** Timeout of the function that reads the queue. */
  consumerTimeout: Duration;
  /** @default 20 */
  maxReceiveCount?: number;
  /** @default - the key that SQS owns */
  key?: IKey | undefined;
}

/** A standard queue and the queue where what it could not deliver ends. */
export class QueueWithDeadLetters extends Construct {
  readonly queue: Queue;
  readonly deadLetters: Queue;
  readonly maxReceiveCount: number;

  constructor(scope: Construct, id: string, props: QueueWithDeadLettersProps) {
    super(scope, id);
    this.maxReceiveCount = props.maxReceiveCount ?? 20;
    const encryption = props.key
      ? { encryption: QueueEncryption.KMS, encryptionMasterKey: props.key }
      : { encryption: QueueEncryption.SQS_MANAGED };
    // By name, since the two queues would otherwise refer to each other in a circle.
    const source = Queue.fromQueueArn(
      this,
      'Source',
      Stack.of(this).formatArn({ service: 'sqs', resource: props.queueName }),
    );
    this.deadLetters = new Queue(this, 'DeadLetters', {
      queueName: `${props.queueName}-dlq`,
      retentionPeriod: DEAD_LETTER_RETENTION,
      ...encryption,
      enforceSSL: true,
      redriveAllowPolicy: { redrivePermission: RedrivePermission.BY_QUEUE, sourceQueues: [source] },
    });
    this.queue = new Queue(this, 'Queue', {
      queueName: props.queueName,
      retentionPeriod: RETENTION,
      visibilityTimeout: Duration.seconds(VISIBILITY_PER_TIMEOUT * props.consumerTimeout.toSeconds()),
      ...encryption,
      enforceSSL: true,
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount: this.maxReceiveCount },
    });
  }
}
