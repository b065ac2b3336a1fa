import { describe, expect, it } from 'vitest';
import {
  dynamodbNeeds,
  eventsNeeds,
  lambdaNeeds,
  type Need,
  secretsNeeds,
  sqsNeeds,
} from '../../../../infra/local/iam/needs.ts';

const TABLE = 'arn:aws:dynamodb:us-east-1:000000000000:table';
const QUEUE = 'arn:aws:sqs:us-east-1:000000000000';
const QueueUrl = 'http://127.0.0.1:1/000000000000/jobs';
const lines = (needs: Need[]) => needs.map(({ action, resource }) => `${action} ${resource}`);

describe('what calls need', () => {
  it.each<[string, unknown, string[]]>([
    ['GetItem', { TableName: 't' }, [`dynamodb:GetItem ${TABLE}/t`]],
    ['PutItem', { TableName: `${TABLE}/t` }, [`dynamodb:PutItem ${TABLE}/t`]],
    ['Query', { TableName: 't', IndexName: 'i' }, [`dynamodb:Query ${TABLE}/t/index/i`]],
    ['DescribeTable', { TableName: 't' }, [`dynamodb:DescribeTable ${TABLE}/t`]],
    ['ListTables', {}, ['dynamodb:ListTables *']],
    [
      'BatchGetItem',
      { RequestItems: { a: { Keys: [] }, b: { Keys: [] } } },
      [`dynamodb:BatchGetItem ${TABLE}/a`, `dynamodb:BatchGetItem ${TABLE}/b`],
    ],
    ['BatchWriteItem', { RequestItems: { a: [] } }, [`dynamodb:BatchWriteItem ${TABLE}/a`]],
    [
      'TransactWriteItems',
      {
        TransactItems: [
          { Put: { TableName: 'a' } },
          { Update: { TableName: 'a' } },
          { Delete: { TableName: 'b' } },
          { ConditionCheck: { TableName: 'b' } },
        ],
      },
      [
        `dynamodb:PutItem ${TABLE}/a`,
        `dynamodb:UpdateItem ${TABLE}/a`,
        `dynamodb:DeleteItem ${TABLE}/b`,
        `dynamodb:ConditionCheckItem ${TABLE}/b`,
      ],
    ],
    ['TransactGetItems', { TransactItems: [{ Get: { TableName: 'a' } }] }, [`dynamodb:GetItem ${TABLE}/a`]],
    ['GetItem', {}, []],
    ['GetItem', null, []],
    ['TransactWriteItems', { TransactItems: 'none' }, []],
  ])('DynamoDB %s %j', (operation, input, expected) => {
    expect(lines(dynamodbNeeds(operation, input))).toEqual(expected);
  });

  it('tells a transaction from a plain write', () => {
    const TransactItems = [{ Put: { TableName: 'a' } }];
    expect(dynamodbNeeds('TransactWriteItems', { TransactItems })).toMatchObject([
      { action: 'dynamodb:PutItem', enclosing: 'TransactWriteItems' },
    ]);
  });

  const TaskHandle = Buffer.from(JSON.stringify({ taskId: '1', sourceArn: `${QUEUE}:dead` })).toString(
    'base64',
  );
  it.each<[string, unknown, string[]]>([
    ['SendMessage', { QueueUrl }, [`sqs:SendMessage ${QUEUE}:jobs`]],
    ['SendMessageBatch', { QueueUrl, Entries: [] }, [`sqs:SendMessage ${QUEUE}:jobs`]],
    ['DeleteMessageBatch', { QueueUrl }, [`sqs:DeleteMessage ${QUEUE}:jobs`]],
    ['ChangeMessageVisibilityBatch', { QueueUrl }, [`sqs:ChangeMessageVisibility ${QUEUE}:jobs`]],
    ['GetQueueUrl', { QueueName: 'jobs' }, [`sqs:GetQueueUrl ${QUEUE}:jobs`]],
    ['ListQueues', {}, [`sqs:ListQueues ${QUEUE}:*`]],
    ['ListMessageMoveTasks', { SourceArn: `${QUEUE}:dead` }, [`sqs:ListMessageMoveTasks ${QUEUE}:dead`]],
    ['CancelMessageMoveTask', { TaskHandle }, [`sqs:CancelMessageMoveTask ${QUEUE}:dead`]],
    ['CancelMessageMoveTask', { TaskHandle: 'nonsense' }, []],
    [
      'StartMessageMoveTask',
      { SourceArn: `${QUEUE}:dead`, DestinationArn: `${QUEUE}:jobs` },
      [
        `sqs:StartMessageMoveTask ${QUEUE}:dead`,
        `sqs:ReceiveMessage ${QUEUE}:dead`,
        `sqs:DeleteMessage ${QUEUE}:dead`,
        `sqs:GetQueueAttributes ${QUEUE}:dead`,
        `sqs:SendMessage ${QUEUE}:jobs`,
      ],
    ],
    ['SendMessage', {}, []],
  ])('SQS %s %j', (operation, input, expected) => {
    expect(lines(sqsNeeds(operation, input))).toEqual(expected);
  });

  it('of a secret are about its ARN, however it is named', () => {
    const needs = secretsNeeds([{ name: 'token', arn: 'arn:secret' }]);
    for (const SecretId of ['token', 'arn:secret'])
      expect(lines(needs('GetSecretValue', { SecretId }))).toEqual([
        'secretsmanager:GetSecretValue arn:secret',
      ]);
    expect(lines(needs('GetSecretValue', { SecretId: 'else' }))).toEqual([
      'secretsmanager:GetSecretValue else',
    ]);
    expect(needs('GetSecretValue', {})).toEqual([]);
  });

  it('of events are about each bus once', () => {
    const Entries = [{}, { EventBusName: 'own' }, { EventBusName: 'default' }];
    expect(lines(eventsNeeds('PutEvents', { Entries }))).toEqual([
      'events:PutEvents arn:aws:events:us-east-1:000000000000:event-bus/default',
      'events:PutEvents arn:aws:events:us-east-1:000000000000:event-bus/own',
    ]);
  });

  it('of Lambda name the mapping, or all of them', () => {
    expect(lines(lambdaNeeds('UpdateEventSourceMapping', { UUID: 'Feed' }))).toEqual([
      'lambda:UpdateEventSourceMapping arn:aws:lambda:us-east-1:000000000000:event-source-mapping:Feed',
    ]);
    expect(lines(lambdaNeeds('ListEventSourceMappings', {}))).toEqual(['lambda:ListEventSourceMappings *']);
  });
});
