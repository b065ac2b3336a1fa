// biome-ignore-all lint/suspicious/noTemplateCurlyInString: CloudFormation writes references so
import { describe, expect, it } from 'vitest';
import { planStack } from '../../../../infra/local/template/plan.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { httpApiResources, type TinyFunction, writeAssembly } from '../support/tiny-assembly.ts';

const URLS = { endpointUrl: 'http://127.0.0.1:1', apiUrl: 'http://127.0.0.1:2' };
const FN: TinyFunction = { code: 'export const handler = () => {}' };

function plan(
  resources: Record<string, unknown>,
  functions: Record<string, TinyFunction> = { Fn: FN },
  rest: Record<string, unknown> = {},
) {
  return planStack(writeAssembly(temporaryFolder(), functions, resources, rest), URLS);
}

describe('reading a template', () => {
  it('gives functions the environment of their references', () => {
    const { functions } = plan(
      { Queue: { Type: 'AWS::SQS::Queue' }, Table: { Type: 'AWS::IAM::Role' } },
      {
        Fn: { ...FN, environment: { URL: { Ref: 'Queue' }, ARN: { 'Fn::GetAtt': ['Queue', 'Arn'] }, N: 4 } },
      },
    );
    expect(functions[0]).toMatchObject({
      logicalId: 'Fn',
      name: 'Tiny-Fn',
      arn: 'arn:aws:lambda:us-east-1:000000000000:function:Tiny-Fn',
      exportName: 'handler',
      environment: {
        URL: 'http://127.0.0.1:1/000000000000/Tiny-Queue',
        ARN: 'arn:aws:sqs:us-east-1:000000000000:Tiny-Queue',
        N: '4',
      },
    });
  });

  it('reads tables of both kinds, with their indexes and time to live', () => {
    const Properties = {
      TableName: { 'Fn::Sub': '${AWS::StackName}-tasks' },
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
      GlobalSecondaryIndexes: [
        {
          IndexName: 'byTime',
          KeySchema: [{ AttributeName: 'time', KeyType: 'HASH' }],
          Projection: { ProjectionType: 'KEYS_ONLY' },
        },
      ],
      TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true },
      Replicas: [{ Region: 'us-east-1' }],
    };
    const { tables } = plan({ T: { Type: 'AWS::DynamoDB::GlobalTable', Properties } });
    expect(tables).toMatchObject([
      { name: 'Tiny-tasks', ttlAttribute: 'ttl', create: { BillingMode: 'PAY_PER_REQUEST' } },
    ]);
    expect(tables[0]?.create).not.toHaveProperty('Replicas');
  });

  it('turns queue properties into attributes of the queue', () => {
    const { queues } = plan({
      Dead: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'dead' } },
      Work: {
        Type: 'AWS::SQS::Queue',
        Properties: {
          VisibilityTimeout: 60,
          SqsManagedSseEnabled: true,
          RedrivePolicy: { deadLetterTargetArn: { 'Fn::GetAtt': ['Dead', 'Arn'] }, maxReceiveCount: 20 },
        },
      },
    });
    expect(queues.find(({ logicalId }) => logicalId === 'Work')?.attributes).toEqual({
      VisibilityTimeout: '60',
      RedrivePolicy: '{"deadLetterTargetArn":"arn:aws:sqs:us-east-1:000000000000:dead","maxReceiveCount":20}',
    });
  });

  it('reads event sources, rules and schedules with their functions', () => {
    const target = { Arn: { 'Fn::GetAtt': ['Fn', 'Arn'] } };
    const found = plan({
      Queue: { Type: 'AWS::SQS::Queue' },
      Mapping: {
        Type: 'AWS::Lambda::EventSourceMapping',
        Properties: {
          FunctionName: { Ref: 'Fn' },
          EventSourceArn: { 'Fn::GetAtt': ['Queue', 'Arn'] },
          BatchSize: 5,
          FunctionResponseTypes: ['ReportBatchItemFailures'],
          ScalingConfig: { MaximumConcurrency: 7 },
        },
      },
      Rule: {
        Type: 'AWS::Events::Rule',
        Properties: { ScheduleExpression: 'rate(1 minute)', Targets: [target] },
      },
      Second: {
        Type: 'AWS::Scheduler::Schedule',
        Properties: { ScheduleExpression: 'cron(* * * * ? *)', Target: { ...target, RoleArn: 'r' } },
      },
      Off: {
        Type: 'AWS::Events::Rule',
        Properties: { ScheduleExpression: 'rate(1 minute)', State: 'DISABLED', Targets: [target] },
      },
      Invoke: {
        Type: 'AWS::Lambda::EventInvokeConfig',
        Properties: { FunctionName: { Ref: 'Fn' }, MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: 60 },
      },
    });
    expect(found.eventSources).toMatchObject([
      { functionId: 'Fn', batchSize: 5, maximumConcurrency: 7, reportBatchItemFailures: true, enabled: true },
    ]);
    expect(found.clocks.map(({ kind, logicalId, functionId }) => [kind, logicalId, functionId])).toEqual([
      ['rule', 'Rule', 'Fn'],
      ['schedule', 'Second', 'Fn'],
    ]);
    expect(found.functions[0]).toMatchObject({ asyncRetries: 0, asyncMaxAgeSeconds: 60 });
  });

  it('reads the HTTP API with its routes and authorizer', () => {
    const { httpApi } = plan(
      httpApiResources('Fn', { 'ANY /{proxy+}': true, 'GET /health': false }, { functionId: 'Auth' }),
      { Fn: FN, Auth: FN },
    );
    expect(httpApi?.stage).toBe('$default');
    expect(httpApi?.routes).toMatchObject([
      { key: 'ANY /{proxy+}', functionId: 'Fn', authorizer: { functionId: 'Auth', cacheSeconds: 0 } },
      { key: 'GET /health', functionId: 'Fn', authorizer: undefined },
    ]);
  });

  it('takes parameters from their defaults and drops resources whose condition does not hold', () => {
    const { queues } = plan(
      {
        Named: { Type: 'AWS::SQS::Queue', Properties: { QueueName: { Ref: 'Name' } } },
        Absent: { Type: 'AWS::SQS::Queue', Condition: 'IsElsewhere' },
      },
      { Fn: FN },
      {
        Parameters: { Name: { Type: 'String', Default: 'given' } },
        Conditions: { IsElsewhere: { 'Fn::Equals': [{ Ref: 'AWS::Region' }, 'eu-west-1'] } },
      },
    );
    expect(queues.map(({ name }) => name)).toEqual(['given']);
  });
});

describe('a template that the engine cannot run faithfully is refused by name', () => {
  it.each<[string, Record<string, unknown>, string]>([
    [
      'an unknown resource type',
      { Bucket: { Type: 'AWS::S3::Bucket' } },
      'Bucket: unknown resource type AWS::S3::Bucket',
    ],
    [
      'an unknown attribute',
      {
        Queue: { Type: 'AWS::SQS::Queue', Properties: { QueueName: { 'Fn::GetAtt': ['Fn', 'SnapStart'] } } },
      },
      'Queue.QueueName: unknown attribute Fn.SnapStart of AWS::Lambda::Function',
    ],
    [
      'a reference to nothing',
      { Queue: { Type: 'AWS::SQS::Queue', Properties: { QueueName: { Ref: 'Nobody' } } } },
      'Queue.QueueName: nothing is called Nobody',
    ],
    [
      'a name that needs itself',
      { Queue: { Type: 'AWS::SQS::Queue', Properties: { QueueName: { Ref: 'Queue' } } } },
      'Queue refers to itself',
    ],
    [
      'a rule on events with an operator that the engine does not have',
      { Rule: { Type: 'AWS::Events::Rule', Properties: { EventPattern: { source: [{ regex: 'x' }] } } } },
      'Rule.EventPattern.source[0]: the embedded engine does not know the operator "regex"',
    ],
    [
      'a rule on events whose target is neither queue nor function',
      {
        Rule: {
          Type: 'AWS::Events::Rule',
          Properties: { EventPattern: { source: ['x'] }, Targets: [{ Arn: 'arn:aws:sns:x' }] },
        },
      },
      'Rule.Targets[0]: arn:aws:sns:x is no queue or function of this template',
    ],
    [
      'a filter on a queue',
      {
        Queue: { Type: 'AWS::SQS::Queue' },
        Mapping: {
          Type: 'AWS::Lambda::EventSourceMapping',
          Properties: {
            FunctionName: { Ref: 'Fn' },
            EventSourceArn: { 'Fn::GetAtt': ['Queue', 'Arn'] },
            FilterCriteria: {},
          },
        },
      },
      'FilterCriteria is not supported',
    ],
    [
      'a target that is no function',
      {
        Rule: {
          Type: 'AWS::Events::Rule',
          Properties: { ScheduleExpression: 'rate(1 minute)', Targets: [{ Arn: 'arn:aws:sns:x' }] },
        },
      },
      'Rule: arn:aws:sns:x is not a function of this template',
    ],
  ])('%s', (_, resources, message) => {
    expect(() => plan(resources)).toThrow(message);
  });

  it('a function whose module is missing', () => {
    expect(() => plan({}, { Fn: { ...FN, more: { Handler: 'main.handler' } } })).toThrow(
      'Fn: no module for handler main.handler',
    );
  });

  it('a function with layers', () => {
    expect(() => plan({}, { Fn: { ...FN, more: { Layers: ['arn'] } } })).toThrow('Layers is not supported');
  });
});
