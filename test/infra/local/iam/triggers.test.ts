import { expect, it } from 'vitest';
import { openAccess } from '../../../../infra/local/iam/access.ts';
import { planStack } from '../../../../infra/local/template/plan.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { permission, role, writeAssembly } from '../support/tiny-assembly.ts';

const FN = { code: 'export const handler = () => {}' };
const arnOf = (id: string) => ({ 'Fn::GetAtt': [id, 'Arn'] });
const CONSUME = ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'];

function access(resources: Record<string, unknown>) {
  const warnings: string[] = [];
  const dataDirectory = temporaryFolder();
  const assembly = writeAssembly(dataDirectory, { Fn: FN }, resources);
  const plan = planStack(assembly, { endpointUrl: 'http://127.0.0.1:1', apiUrl: 'http://127.0.0.1:2' });
  const opened = openAccess({ plan, dataDirectory, warn: (line) => warnings.push(line) });
  opened.close();
  return { ...opened, warnings };
}

const Rule = {
  Type: 'AWS::Events::Rule',
  Properties: { ScheduleExpression: 'rate(1 minute)', Targets: [{ Arn: arnOf('Fn') }] },
};
const Mapping = {
  Type: 'AWS::Lambda::EventSourceMapping',
  Properties: { FunctionName: { Ref: 'Fn' }, EventSourceArn: arnOf('Queue') },
};
const Queue = { Type: 'AWS::SQS::Queue' };

function schedule(trust: Record<string, unknown>, allow: Record<string, unknown>) {
  const own = role(allow);
  const statement = { ...own.Properties.AssumeRolePolicyDocument.Statement, ...trust };
  return {
    Schedule: {
      Type: 'AWS::Scheduler::Schedule',
      Properties: {
        ScheduleExpression: 'rate(1 minute)',
        Target: { Arn: arnOf('Fn'), RoleArn: arnOf('ClockRole') },
      },
    },
    ClockRole: {
      ...own,
      Properties: { ...own.Properties, AssumeRolePolicyDocument: { Statement: statement } },
    },
  };
}
const SCHEDULER = { Principal: { Service: 'scheduler.amazonaws.com' } };
const INVOKE = { Action: 'lambda:InvokeFunction', Resource: arnOf('Fn') };

it('a rule fires a function that lets it', () => {
  const own = permission('Fn', 'events', arnOf('Rule'));
  expect(access({ Rule, Permission: own }).clocks).toHaveLength(1);
});

it.each([
  ['no permission', {}],
  [
    'the permission of another rule',
    { Permission: permission('Fn', 'events', 'arn:aws:events:us-east-1:0:rule/x') },
  ],
  ['the permission of another service', { Permission: permission('Fn', 'apigateway') }],
])('a rule with %s does not fire, as in AWS, and that is said', (_, resources) => {
  const { clocks, warnings } = access({ Rule, ...resources });
  expect(clocks).toEqual([]);
  expect(warnings).toEqual([
    'Rule cannot call Fn: no AWS::Lambda::Permission lets events.amazonaws.com with arn:aws:events:us-east-1:000000000000:rule/Tiny-Rule do so',
  ]);
});

const EventRule = {
  Type: 'AWS::Events::Rule',
  Properties: {
    EventPattern: { source: ['shop'] },
    Targets: [{ Arn: arnOf('Queue') }, { Arn: arnOf('Fn') }],
  },
};
const queuePolicy = (from: unknown, more: object[] = []) => ({
  Type: 'AWS::SQS::QueuePolicy',
  Properties: {
    Queues: [{ Ref: 'Queue' }],
    PolicyDocument: {
      Statement: [
        {
          Effect: 'Allow',
          Action: 'sqs:SendMessage',
          Principal: { Service: 'events.amazonaws.com' },
          Resource: arnOf('Queue'),
          Condition: { ArnEquals: { 'aws:SourceArn': from } },
        },
        ...more,
      ],
    },
  },
});

it('a rule sends events to the queues and functions that let it', () => {
  const overTls = {
    Effect: 'Deny',
    Action: 'sqs:*',
    Principal: { AWS: '*' },
    Resource: arnOf('Queue'),
    Condition: { Bool: { 'aws:SecureTransport': 'false' } },
  };
  const { eventRules, warnings } = access({
    Rule: EventRule,
    Queue,
    Policy: queuePolicy(arnOf('Rule'), [overTls]),
    Permission: permission('Fn', 'events', arnOf('Rule')),
  });
  expect(eventRules[0]?.targets.map(({ to }) => to.kind)).toEqual(['queue', 'function']);
  expect(warnings).toEqual([]);
});

it('a rule whose targets do not let it sends nothing, as in AWS, and that is said', () => {
  const { eventRules, warnings } = access({
    Rule: EventRule,
    Queue,
    Policy: queuePolicy('arn:aws:events:us-east-1:0:rule/x'),
  });
  expect(eventRules[0]?.targets).toEqual([]);
  const rule = 'events.amazonaws.com with arn:aws:events:us-east-1:000000000000:rule/Tiny-Rule do so';
  expect(warnings).toEqual([
    `Rule cannot send to arn:aws:sqs:us-east-1:000000000000:Tiny-Queue: the queue's policy does not let ${rule}`,
    `Rule cannot call Fn: no AWS::Lambda::Permission lets ${rule}`,
  ]);
});

it('a schedule fires in the name of its role', () => {
  const Condition = {
    StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } },
    ArnEquals: { 'aws:SourceArn': 'arn:aws:scheduler:us-east-1:000000000000:schedule-group/default' },
  };
  expect(access(schedule({ ...SCHEDULER, Condition }, INVOKE)).clocks).toHaveLength(1);
});

it('a schedule whose role may not call the function does not fire', () => {
  const { clocks, warnings } = access(schedule(SCHEDULER, { ...INVOKE, Action: 'lambda:GetFunction' }));
  expect(clocks).toEqual([]);
  expect(warnings).toEqual([
    'Schedule cannot call Fn: its role does not allow lambda:InvokeFunction on arn:aws:lambda:us-east-1:000000000000:function:Tiny-Fn',
  ]);
});

it.each([
  ['another service', {}],
  [
    'another group',
    { ...SCHEDULER, Condition: { ArnLike: { 'aws:SourceArn': 'arn:*:*:*:*:schedule-group/x' } } },
  ],
])('a schedule whose role trusts only %s is refused at start', (_, trust) => {
  expect(() => access(schedule(trust, INVOKE))).toThrow(
    'Schedule: its role does not let scheduler.amazonaws.com assume it',
  );
});

it.each(CONSUME)(
  'a mapping whose function may not %s is refused at start, as AWS refuses to create it',
  (missing) => {
    const Role = role({ Action: CONSUME.filter((action) => action !== missing), Resource: arnOf('Queue') });
    expect(() => access({ Queue, Mapping, Role })).toThrow(
      `Mapping: the role of Fn does not allow ${missing} on arn:aws:sqs:us-east-1:000000000000:Tiny-Queue`,
    );
    expect(() =>
      access({ Queue, Mapping, Role: role({ Action: CONSUME, Resource: arnOf('Queue') }) }),
    ).not.toThrow();
  },
);

it('a function whose role does not trust Lambda is refused at start', () => {
  expect(() => access({ Role: { Type: 'AWS::IAM::Role' } })).toThrow(
    'Fn: its role does not let lambda.amazonaws.com assume it',
  );
});

it('the API may call what lets it, by route; a refusal is said once', () => {
  const path = 'arn:aws:execute-api:us-east-1:000000000000:api';
  const { mayInvoke, warnings } = access({
    Permission: permission('Fn', 'apigateway', `${path}/*/*/items/{id}`),
  });
  const from = (arn: string) => mayInvoke('Fn', { service: 'apigateway.amazonaws.com', arn });
  expect(from(`${path}/$default/GET/items/{id}`)).toBe(true);
  expect(from(`${path}/$default/GET/other`)).toBe(false);
  expect(from(`${path}/$default/GET/other`)).toBe(false);
  expect(warnings).toEqual([
    `Fn: no AWS::Lambda::Permission lets apigateway.amazonaws.com with ${path}/$default/GET/other call it`,
  ]);
});
