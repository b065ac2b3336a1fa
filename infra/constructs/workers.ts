import { EventSourceMapping, type IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { QueueWithDeadLetters } from './queues.ts';

export interface WorkersProps {
  queue: QueueWithDeadLetters;
  consumer: IFunction;
  /** Invocations at the same time, 2..1000. */
  workers: number;
  /** Messages in one invocation, 1..10. */
  batchSize: number;
}

/** Feeds a queue to its function. (The function's permission to read stands in permissions.ts with all others.) */
export class Workers extends Construct {
  /** How many work, and whether at all, may be changed at run time. */
  readonly source: EventSourceMapping;

  constructor(scope: Construct, id: string, props: WorkersProps) {
    super(scope, id);
    this.source = new EventSourceMapping(this, 'Source', {
      target: props.consumer,
      eventSourceArn: props.queue.queue.queueArn,
      // No batching window: it would make the first message of a batch late.
      batchSize: props.batchSize,
      reportBatchItemFailures: true,
      // In place of reserved concurrency, under which the poller receives more than can run and burns receives.
      maxConcurrency: props.workers,
    });
  }
}
