import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { readEnv } from '../../../functions/env.ts';
import { compileInput } from '../../../infra/local/events/target-input.ts';
import { InboxMessageSchema } from '../../../shared/contract/inbox.ts';
import { deployment, logicalId } from '../deployment.ts';

const rules = {
  orders: {
    pattern: { source: ['shop'], 'detail-type': [{ prefix: 'order.' }] },
    trigger: 'pack',
    payload: { order: '{{ event.detail.orderId }}' },
    delaySeconds: 60,
  },
  dead: { bus: 'escapement', pattern: { 'detail-type': ['run.dead'] }, trigger: 'tell' },
} as const;
const { template, scheduler, stack } = deployment({ events: { rules } });
const queueArn = stack.resolve(scheduler.inbox?.queue.queueArn);
const deadLettersArn = stack.resolve(scheduler.inbox?.deadLetters.queueArn);
const ruleOf = (name: string) => {
  const [found] = Object.values(
    template.findResources('AWS::Events::Rule', { Properties: { Description: `Triggers task ${name}` } }),
  );
  if (!found) throw new Error(`no rule for ${name}`);
  return found.Properties;
};

describe('the inbox', () => {
  it('is not there unless asked for, and costs nothing then', () => {
    const plain = deployment();
    expect(plain.scheduler.inbox).toBeUndefined();
    plain.template.resourceCountIs('AWS::Lambda::Function', 9);
    plain.template.resourceCountIs('AWS::SQS::Queue', 8);
    expect(JSON.stringify(plain.template.toJSON())).not.toMatch(/inbox/i);
  });

  it('is a queue with dead letters, whose messages a function gets one by one accounted for', () => {
    template.hasResourceProperties('AWS::SQS::Queue', {
      QueueName: 'escapement-inbox',
      VisibilityTimeout: 180,
      RedrivePolicy: { deadLetterTargetArn: deadLettersArn, maxReceiveCount: 20 },
    });
    template.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      EventSourceArn: queueArn,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ScalingConfig: { MaximumConcurrency: 10 },
    });
  });

  it('may be had without rules, for messages alone', () => {
    const { template: own } = deployment({ events: { inbox: true } });
    own.hasResourceProperties('AWS::SQS::Queue', { QueueName: 'escapement-inbox' });
    own.resourceCountIs('AWS::Events::Rule', 1);
  });

  it('tells its function what the rules trigger', () => {
    const id = logicalId(scheduler.inboxHandler?.lambda);
    const { Variables } = template.findResources('AWS::Lambda::Function')[id]?.Properties.Environment ?? {};
    expect(readEnv(['ESCAPEMENT_EVENT_RULES'], Variables).ESCAPEMENT_EVENT_RULES).toEqual({
      orders: { trigger: 'pack', payload: rules.orders.payload, delaySeconds: 60 },
      dead: { trigger: 'tell' },
    });
  });
});

describe('a rule', () => {
  it('listens on the bus that it names, with the pattern as written', () => {
    expect(ruleOf('pack')).toMatchObject({ EventBusName: 'default', EventPattern: rules.orders.pattern });
    expect(ruleOf('tell')).toMatchObject({ EventBusName: stack.resolve(scheduler.eventBus?.eventBusName) });
  });

  it('sends on what the inbox understands, its name and the event', () => {
    const [target] = ruleOf('pack').Targets;
    expect(target).toMatchObject({ Arn: queueArn, DeadLetterConfig: { Arn: deadLettersArn } });
    const event = {
      id: '6a7e8feb-b491-4cf7-a9f1-bf3703467718',
      source: 'shop',
      'detail-type': 'order.placed',
      account: '123456789012',
      time: '2026-11-21T09:00:00Z',
      region: 'eu-west-1',
      resources: [],
      detail: { orderId: 7, text: 'a "b" \\ c' },
    };
    const text = compileInput(target, { name: '', arn: '' }, 'Rule')({ version: '0', ...event });
    expect(InboxMessageSchema.parse(JSON.parse(text))).toEqual({
      v: 1,
      action: 'event',
      rule: 'orders',
      event,
    });
  });

  it('alone may send to the queue, and what it cannot deliver to the dead letters', () => {
    const ruleArns = ['pack', 'tell'].map((task) => {
      const [id] = Object.keys(
        template.findResources('AWS::Events::Rule', { Properties: { Description: `Triggers task ${task}` } }),
      );
      return { 'Fn::GetAtt': [id, 'Arn'] };
    });
    for (const arn of [queueArn, deadLettersArn])
      template.hasResourceProperties('AWS::SQS::QueuePolicy', {
        PolicyDocument: {
          Statement: Match.arrayWith([
            {
              Action: 'sqs:SendMessage',
              Effect: 'Allow',
              Principal: { Service: 'events.amazonaws.com' },
              Resource: arn,
              Condition: { ArnEquals: { 'aws:SourceArn': ruleArns } },
            },
          ]),
        },
      });
  });
});
