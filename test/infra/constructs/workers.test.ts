import { Duration } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { QueueWithDeadLetters } from '../../../infra/constructs/queues.ts';
import { Workers } from '../../../infra/constructs/workers.ts';
import { deployment, emptyStack, someFunction } from '../deployment.ts';

const MAPPING = 'AWS::Lambda::EventSourceMapping';

describe('workers', () => {
  it('take batches without waiting, fail message by message and keep to their number', () => {
    const stack = emptyStack();
    const queue = new QueueWithDeadLetters(stack, 'Queue', {
      queueName: 'jobs',
      consumerTimeout: Duration.seconds(60),
    });
    new Workers(stack, 'Workers', { queue, consumer: someFunction(stack), workers: 7, batchSize: 10 });
    Template.fromStack(stack).hasResourceProperties(MAPPING, {
      BatchSize: 10,
      MaximumBatchingWindowInSeconds: Match.absent(),
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ScalingConfig: { MaximumConcurrency: 7 },
    });
  });

  it('exist for every queue, with partial batch responses and a limit on each', () => {
    const { template, scheduler, stack } = deployment({ queues: { reports: { workers: 3 } }, shards: 1 });
    const mappings = Object.values(template.findResources(MAPPING)).map(({ Properties }) => Properties);
    expect(mappings).toHaveLength(5);
    for (const mapping of mappings) {
      expect(mapping).toMatchObject({
        FunctionResponseTypes: ['ReportBatchItemFailures'],
        ScalingConfig: { MaximumConcurrency: expect.any(Number) },
      });
    }
    const limitOf = (arn: string | undefined) =>
      mappings.find(({ EventSourceArn }) => {
        return JSON.stringify(EventSourceArn) === JSON.stringify(stack.resolve(arn));
      })?.ScalingConfig.MaximumConcurrency;
    expect(limitOf(scheduler.workQueues.high?.queue.queueArn)).toBe(20);
    expect(limitOf(scheduler.workQueues.low?.queue.queueArn)).toBe(5);
    expect(limitOf(scheduler.workQueues.reports?.queue.queueArn)).toBe(3);
    // Lambda accepts no limit below two.
    expect(limitOf(scheduler.dispatchQueue.queue.queueArn)).toBe(2);
  });
});
