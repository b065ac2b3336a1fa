import { Duration } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { QueueWithDeadLetters } from '../../../infra/constructs/queues.ts';
import { emptyStack } from '../deployment.ts';

const QueueResource = z.object({
  Properties: z.object({
    QueueName: z.string(),
    MessageRetentionPeriod: z.number(),
    VisibilityTimeout: z.number().optional(),
    SqsManagedSseEnabled: z.boolean(),
    RedrivePolicy: z.object({ deadLetterTargetArn: z.unknown(), maxReceiveCount: z.number() }).optional(),
    RedriveAllowPolicy: z.unknown().optional(),
  }),
});

function makeQueues() {
  const stack = emptyStack();
  new QueueWithDeadLetters(stack, 'Jobs', {
    queueName: 'jobs',
    consumerTimeout: Duration.seconds(900),
    maxReceiveCount: 30,
  });
  const template = Template.fromStack(stack);
  const queues = Object.entries(template.findResources('AWS::SQS::Queue')).map(([id, resource]) => ({
    id,
    ...QueueResource.parse(resource).Properties,
  }));
  const named = (name: string) => {
    const queue = queues.find(({ QueueName }) => QueueName === name);
    if (!queue) throw new Error(`no queue ${name}`);
    return queue;
  };
  return { template, queue: named('jobs'), letters: named('jobs-dlq') };
}

describe('a queue with dead letters', () => {
  const { template, queue, letters } = makeQueues();

  it('hides a message six times as long as its function may run', () => {
    expect(queue.VisibilityTimeout).toBe(5400);
  });

  it('keeps dead letters longer than messages, since they keep their age', () => {
    expect(queue.MessageRetentionPeriod).toBe(345_600);
    expect(letters.MessageRetentionPeriod).toBe(1_209_600);
  });

  it('gives up a message after the configured number of receives', () => {
    expect(queue.RedrivePolicy).toEqual({
      deadLetterTargetArn: { 'Fn::GetAtt': [letters.id, 'Arn'] },
      maxReceiveCount: 30,
    });
  });

  it('takes dead letters of no other queue', () => {
    expect(JSON.stringify(letters.RedriveAllowPolicy)).toMatch(/"redrivePermission":"byQueue".*:jobs"/);
  });

  it('encrypts at rest and refuses plain HTTP, on both queues', () => {
    expect([queue.SqsManagedSseEnabled, letters.SqsManagedSseEnabled]).toEqual([true, true]);
    for (const { id } of [queue, letters]) {
      template.hasResourceProperties('AWS::SQS::QueuePolicy', {
        Queues: [{ Ref: id }],
        PolicyDocument: {
          Statement: [
            {
              Effect: 'Deny',
              Action: 'sqs:*',
              Principal: { AWS: '*' },
              Condition: { Bool: { 'aws:SecureTransport': 'false' } },
              Resource: { 'Fn::GetAtt': [id, 'Arn'] },
            },
          ],
        },
      });
    }
  });
});
