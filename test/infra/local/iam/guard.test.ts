import {
  DynamoDBClient,
  DynamoDBServiceException,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import { LambdaClient, UpdateEventSourceMappingCommand } from '@aws-sdk/client-lambda';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SendMessageBatchCommand, SQSClient, SQSServiceException } from '@aws-sdk/client-sqs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type AwsServices, openAwsEndpoint } from '../../../../infra/local/aws-endpoint.ts';
import { openAccess } from '../../../../infra/local/iam/access.ts';
import { planStack } from '../../../../infra/local/template/plan.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { role, writeAssembly } from '../support/tiny-assembly.ts';

const arnOf = (id: string) => ({ 'Fn::GetAtt': [id, 'Arn'] });
const QUEUE_TEXT = 'arn:aws:sqs:us-east-1:000000000000:Tiny-Queue';
const TABLE_TEXT = 'arn:aws:dynamodb:us-east-1:000000000000:table/Tiny-Table';

/** Services that answer everything, behind the permissions of one function that may do what the test says. */
async function endpoint(allowed: Record<string, unknown>[], resources: Record<string, unknown> = {}) {
  const folder = temporaryFolder();
  const warnings: string[] = [];
  const notes: string[] = [];
  const served: string[] = [];
  const open = await openAwsEndpoint(() => {});
  onTestFinished(() => open.close());
  const stores = {
    Table: {
      Type: 'AWS::DynamoDB::Table',
      Properties: {
        KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
        AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
      },
    },
    Queue: { Type: 'AWS::SQS::Queue' },
    Secret: { Type: 'AWS::SecretsManager::Secret', Properties: { Name: 'token' } },
    Role: role(...allowed),
    ...resources,
  };
  const assembly = writeAssembly(folder, { Fn: { code: 'export const handler = () => {}' } }, stores);
  const plan = planStack(assembly, { endpointUrl: open.url, apiUrl: 'http://127.0.0.1:1' });
  const access = openAccess({ plan, dataDirectory: folder, warn: (line) => warnings.push(line) });
  onTestFinished(() => access.close());
  const answer = async (operation: string) => {
    served.push(operation);
    return { statusCode: 200, body: {} };
  };
  const services: AwsServices = {
    DynamoDB_20120810: answer,
    AmazonSQS: answer,
    secretsmanager: answer,
    lambda: answer,
  };
  open.serve(access.guard(services, (functionId, line) => notes.push(`${functionId} ${line}`)));
  const clientOptions = (accessKeyId: string) => ({
    endpoint: open.url,
    region: 'us-east-1',
    credentials: { accessKeyId, secretAccessKey: 'local' },
  });
  const client = clientOptions('Fn');
  const TableName = 'Tiny-Table';
  return {
    warnings,
    notes,
    served,
    get: (as = 'Fn') =>
      new DynamoDBClient(clientOptions(as)).send(new GetItemCommand({ TableName, Key: { pk: { S: 'a' } } })),
    put: () => new DynamoDBClient(client).send(new PutItemCommand({ TableName, Item: { pk: { S: 'a' } } })),
    send: () =>
      new SQSClient(client).send(
        new SendMessageBatchCommand({
          QueueUrl: `${open.url}/000000000000/Tiny-Queue`,
          Entries: [{ Id: '1', MessageBody: 'x' }],
        }),
      ),
    pause: (UUID: string) =>
      new LambdaClient({ ...client, maxAttempts: 1 }).send(
        new UpdateEventSourceMappingCommand({ UUID, Enabled: false }),
      ),
    read: () => new SecretsManagerClient(client).send(new GetSecretValueCommand({ SecretId: 'token' })),
  };
}

describe('a call that the function’s policy does not allow', () => {
  const USER = 'User: arn:aws:sts::000000000000:assumed-role/Tiny-Role/Tiny-Fn';

  it('fails at DynamoDB as in AWS, naming function, action and resource', async () => {
    const { put, get, served } = await endpoint([{ Action: 'dynamodb:GetItem', Resource: arnOf('Table') }]);
    const error = await put().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(DynamoDBServiceException);
    expect(error).toMatchObject({
      name: 'AccessDeniedException',
      message: `${USER} is not authorized to perform: dynamodb:PutItem on resource: ${TABLE_TEXT} because no identity-based policy allows the dynamodb:PutItem action`,
      $metadata: { httpStatusCode: 400, attempts: 1 },
    });
    await get();
    expect(served).toEqual(['GetItem']);
  });

  it('fails at SQS as in AWS, which spells the action small', async () => {
    const { send } = await endpoint([{ Action: 'sqs:ReceiveMessage', Resource: arnOf('Queue') }]);
    const error = await send().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(SQSServiceException);
    expect(error).toMatchObject({
      name: 'AccessDenied',
      message: `${USER} is not authorized to perform: sqs:sendmessage on resource: ${QUEUE_TEXT} because no identity-based policy allows the sqs:sendmessage action`,
      $metadata: { httpStatusCode: 403, attempts: 1 },
    });
  });

  it('fails at Secrets Manager as in AWS', async () => {
    const { read } = await endpoint([]);
    await expect(read()).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringContaining('secretsmanager:GetSecretValue on resource: arn:aws:secretsmanager:'),
    });
  });

  it('fails for a Deny of the resource as well, and says so', async () => {
    const { send } = await endpoint([{ Action: 'sqs:*', Resource: '*' }], {
      QueuePolicy: {
        Type: 'AWS::SQS::QueuePolicy',
        Properties: {
          Queues: [{ Ref: 'Queue' }],
          PolicyDocument: {
            Statement: {
              Effect: 'Deny',
              Principal: '*',
              Action: 'sqs:SendMessage',
              Resource: arnOf('Queue'),
            },
          },
        },
      },
    });
    await expect(send()).rejects.toThrow('with an explicit deny in a resource-based policy');
  });

  it('is shown once on the console, and each time in the function’s log', async () => {
    const { put, get, warnings, notes } = await endpoint([]);
    for (const call of [put, put, get, put]) await expect(call()).rejects.toThrow('not authorized');
    expect(warnings).toEqual([
      expect.stringMatching(/^Fn: User: .* dynamodb:PutItem on/),
      expect.stringMatching(/^Fn: User: .* dynamodb:GetItem on/),
    ]);
    expect(notes).toHaveLength(4);
    expect(notes[0]).toMatch(/^Fn \{"level":"ERROR","message":"User: /);
  });
});

describe('a call is let through', () => {
  it('under policies of every kind', async () => {
    const { get, put, send, read } = await endpoint([{ Action: 'dynamodb:Get*', Resource: arnOf('Table') }], {
      Attached: {
        Type: 'AWS::IAM::Policy',
        Properties: {
          PolicyName: 'x',
          Roles: [{ Ref: 'Role' }],
          PolicyDocument: {
            Statement: [{ Effect: 'Allow', Action: 'dynamodb:PutItem', Resource: arnOf('Table') }],
          },
        },
      },
      Managed: {
        Type: 'AWS::IAM::ManagedPolicy',
        Properties: {
          Roles: [{ Ref: 'Role' }],
          PolicyDocument: {
            Statement: { Effect: 'Allow', Action: ['sqs:SendMessage'], Resource: [arnOf('Queue')] },
          },
        },
      },
      Own: {
        Type: 'AWS::IAM::RolePolicy',
        Properties: {
          RoleName: { Ref: 'Role' },
          PolicyDocument: {
            Statement: {
              Effect: 'Allow',
              Action: 'secretsmanager:GetSecretValue',
              Resource: { Ref: 'Secret' },
            },
          },
        },
      },
    });
    await Promise.all([get(), put(), send(), read()]);
  });

  it('of somebody who is no function: a person with the AWS CLI', async () => {
    const { get } = await endpoint([]);
    await get('somebody');
    await expect(get('Fn')).rejects.toThrow('not authorized');
  });
});

it('what the engine cannot judge is said at start, with its place', async () => {
  const condition = { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } };
  const { warnings } = await endpoint([
    { Action: 'sqs:*', Resource: '*', Condition: condition },
    { Action: ['kms:Decrypt', 'xray:*'], Resource: '*', Condition: condition },
  ]);
  expect(warnings).toEqual([
    'Role: condition operator IpAddress is not known to the embedded engine; the statement allows nothing here',
  ]);
});

it('refuses a change of an event source mapping that is not granted, in a way that the SDK understands', async () => {
  const mapping = 'arn:aws:lambda:us-east-1:000000000000:event-source-mapping:Own';
  const { pause, served } = await endpoint([
    { Effect: 'Allow', Action: 'lambda:UpdateEventSourceMapping', Resource: mapping },
  ]);
  await pause('Own');
  expect(served).toEqual(['UpdateEventSourceMapping']);
  await expect(pause('Other')).rejects.toThrow(expect.objectContaining({ name: 'AccessDeniedException' }));
});
