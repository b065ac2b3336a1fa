import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { ofType, variants } from './variant-templates.ts';

const Attribute = z.object({ 'Fn::GetAtt': z.tuple([z.string(), z.literal('Arn')]) });
const Mapping = z.object({
  EventSourceArn: Attribute,
  FunctionName: z.object({ Ref: z.string() }),
  FunctionResponseTypes: z.array(z.string()).optional(),
  ScalingConfig: z.object({ MaximumConcurrency: z.number() }).optional(),
});
const Queue = z.object({
  VisibilityTimeout: z.number(),
  MessageRetentionPeriod: z.number(),
  RedrivePolicy: z.object({ deadLetterTargetArn: Attribute, maxReceiveCount: z.number() }),
});
const DeadLetters = z.object({ MessageRetentionPeriod: z.number() });
const Consumer = z.object({ Timeout: z.number() });

const idOf = (attribute: z.infer<typeof Attribute>): string => attribute['Fn::GetAtt'][0];

function consumersOf(variant: string) {
  const queues = ofType(variant, 'AWS::SQS::Queue');
  const propertiesOf = (id: string) =>
    [...queues, ...ofType(variant, 'AWS::Lambda::Function')].find((one) => one.id === id)?.properties;
  return ofType(variant, 'AWS::Lambda::EventSourceMapping').map(({ properties }) => {
    const mapping = Mapping.parse(properties);
    const queue = Queue.parse(propertiesOf(idOf(mapping.EventSourceArn)));
    return {
      mapping,
      queue,
      deadLetters: DeadLetters.parse(propertiesOf(idOf(queue.RedrivePolicy.deadLetterTargetArn))),
      consumer: Consumer.parse(propertiesOf(mapping.FunctionName.Ref)),
    };
  });
}

describe.each(variants)('every queue of %s and the function that reads it', (variant) => {
  const consumers = consumersOf(variant);

  it('are there, one function a queue', () => {
    expect(consumers).toHaveLength(ofType(variant, 'AWS::SQS::Queue').length / 2);
  });

  it('hides a message at least six times as long as the function may run', () => {
    for (const { queue, consumer } of consumers)
      expect(queue.VisibilityTimeout).toBeGreaterThanOrEqual(6 * consumer.Timeout);
  });

  it('keeps dead letters longer than messages, whose age they keep', () => {
    for (const { queue, deadLetters } of consumers)
      expect(deadLetters.MessageRetentionPeriod).toBeGreaterThan(queue.MessageRetentionPeriod);
  });

  it('fails message by message, and takes no more at once than its workers', () => {
    for (const { mapping } of consumers) {
      expect(mapping.FunctionResponseTypes).toEqual(['ReportBatchItemFailures']);
      expect(mapping.ScalingConfig?.MaximumConcurrency).toBeGreaterThanOrEqual(2);
    }
  });

  it('gives up no message that the attempts of a run still need', () => {
    for (const { queue } of consumers) expect(queue.RedrivePolicy.maxReceiveCount).toBeGreaterThanOrEqual(20);
  });
});
