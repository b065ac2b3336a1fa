import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startEngine } from '../../../infra/local/engine.ts';
import { openHttpServer } from '../../../infra/local/http/server.ts';
import { createReport } from '../../../infra/local/report.ts';
import { temporaryFolder } from './support/temporary-folder.ts';
import { httpApiResources, permission, type TinyFunction, writeAssembly } from './support/tiny-assembly.ts';
import { until } from './support/until.ts';

/** The protocol of AWS by hand: an asset outside of the repository has no SDK. */
const AWS = `
const aws = async (target, input) => {
  const response = await fetch(process.env.AWS_ENDPOINT_URL, {
    method: 'POST',
    headers: { 'x-amz-target': target, 'content-type': 'application/x-amz-json-1.0',
      authorization: 'AWS4-HMAC-SHA256 Credential=' + process.env.AWS_ACCESS_KEY_ID + '/20261121/us-east-1/x/aws4_request' },
    body: JSON.stringify(input) });
  const body = await response.json();
  if (!response.ok) throw new Error(JSON.stringify(body));
  return body;
};
const put = (pk, text) => aws('DynamoDB_20120810.PutItem',
  { TableName: process.env.TABLE, Item: { pk: { S: pk }, text: { S: text } } });
`;
const STORES = { TABLE: { Ref: 'Table' }, QUEUE: { Ref: 'Queue' } };
const FUNCTIONS: Record<string, TinyFunction> = {
  Handler: {
    environment: STORES,
    code: `${AWS} export const handler = async (event) => {
      if (event.requestContext.http.method === 'POST') {
        await aws('AmazonSQS.SendMessage', { QueueUrl: process.env.QUEUE, MessageBody: event.body });
        return { statusCode: 202, body: event.requestContext.authorizer.lambda.who };
      }
      const { Item } = await aws('DynamoDB_20120810.GetItem',
        { TableName: process.env.TABLE, Key: { pk: { S: event.pathParameters.id } } });
      return Item ? { statusCode: 200, body: Item.text.S } : { statusCode: 404 };
    };`,
  },
  Auth: {
    environment: { SECRET: { Ref: 'Secret' } },
    code: `${AWS} export const handler = async (event) => {
      const { SecretString } = await aws('secretsmanager.GetSecretValue', { SecretId: process.env.SECRET });
      const isAuthorized = event.headers.authorization === 'Bearer ' + JSON.parse(SecretString).token;
      return { isAuthorized, context: { who: JSON.parse(SecretString).id } };
    };`,
  },
  Worker: {
    environment: STORES,
    code: `${AWS} export const handler = async (event) => {
      const failures = [];
      for (const { messageId, body, attributes } of event.Records) {
        if (body === 'bad') failures.push({ itemIdentifier: messageId });
        else await put(body, 'worked');
      }
      return { batchItemFailures: failures };
    };`,
  },
  Ticker: {
    environment: STORES,
    code: `${AWS} export const handler = async (event) => {
      console.log(JSON.stringify({ level: 'INFO', message: 'tick', restore: event.restore, source: event.source }));
      if (event.restore) await aws('AmazonSQS.SendMessage', { QueueUrl: process.env.QUEUE, MessageBody: 'restored' });
      else await put('ticked', event.source);
    };`,
  },
};
const keys = {
  KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
  AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
};
const RESOURCES: Record<string, unknown> = {
  Table: { Type: 'AWS::DynamoDB::Table', Properties: { ...keys, BillingMode: 'PAY_PER_REQUEST' } },
  DeadLetters: { Type: 'AWS::SQS::Queue' },
  Queue: {
    Type: 'AWS::SQS::Queue',
    Properties: {
      VisibilityTimeout: 10,
      RedrivePolicy: { deadLetterTargetArn: { 'Fn::GetAtt': ['DeadLetters', 'Arn'] }, maxReceiveCount: 3 },
    },
  },
  Secret: {
    Type: 'AWS::SecretsManager::Secret',
    Properties: {
      GenerateSecretString: {
        SecretStringTemplate: '{"id":"admin"}',
        GenerateStringKey: 'secret',
        ExcludePunctuation: true,
      },
    },
  },
  Mapping: {
    Type: 'AWS::Lambda::EventSourceMapping',
    Properties: {
      FunctionName: { Ref: 'Worker' },
      EventSourceArn: { 'Fn::GetAtt': ['Queue', 'Arn'] },
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ScalingConfig: { MaximumConcurrency: 2 },
    },
  },
  Rule: {
    Type: 'AWS::Events::Rule',
    Properties: {
      ScheduleExpression: 'cron(* * * * ? *)',
      Targets: [{ Arn: { 'Fn::GetAtt': ['Ticker', 'Arn'] } }],
    },
  },
  RulePermission: permission('Ticker', 'events', { 'Fn::GetAtt': ['Rule', 'Arn'] }),
  ...httpApiResources('Handler', { 'GET /items/{id}': false, 'POST /items': true }, { functionId: 'Auth' }),
};

/** The tiny stack on real engines and processes; started again on the same data by `start`. */
async function start(dataDirectory = temporaryFolder(), resources = RESOURCES) {
  let output = '';
  const out = { write: (text: string) => (output += text) } as unknown as NodeJS.WritableStream;
  const report = createReport(out);
  const server = await openHttpServer({ host: '127.0.0.1', port: 0, warn: report.warn });
  const engine = await startEngine({
    assembly: writeAssembly(join(dataDirectory, 'cdk.out'), FUNCTIONS, resources),
    dataDirectory,
    server,
    givenToken: undefined,
    passedOn: {},
    report,
  });
  let stopped: Promise<void> | undefined;
  const stop = (graceMs = 5_000) => {
    stopped ??= engine.stop(graceMs);
    return stopped;
  };
  onTestFinished(() => stop());
  const post = (body: string, token = engine.adminToken?.token) =>
    fetch(`${server.url}/items`, {
      method: 'POST',
      body,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'text/plain' },
    });
  const item = async (id: string) => {
    const response = await fetch(`${server.url}/items/${id}`);
    return response.status === 200 ? response.text() : undefined;
  };
  return { engine, stop, post, item, dataDirectory, output: () => output };
}

describe('a stack on this machine', () => {
  it('carries a request through API, queue, worker and table', async () => {
    const { post, item, output } = await start();
    const accepted = await post('parcel');
    expect([accepted.status, await accepted.text()]).toEqual([202, 'admin']);
    expect(await until(() => item('parcel'), 'the item')).toBe('worked');
    expect((await post('parcel', 'wrong')).status).toBe(403);
    expect(output()).toBe('');
  });

  it('restores what the queues forgot before anything else, then ticks at once', async () => {
    const { item, dataDirectory, engine } = await start();
    expect(await until(() => item('ticked'), 'the tick')).toBe('aws.events');
    expect(await until(() => item('restored'), 'the restored message')).toBe('worked');
    const log = join(dataDirectory, 'logs', 'Ticker.log');
    const lines = await until(() => {
      const all = existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : [];
      return all.length >= 2 && all;
    }, 'two lines');
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { restore: true },
      { source: 'aws.events' },
    ]);
    expect(engine.nextTickAt()).toBeGreaterThan(Date.now());
  });

  it('keeps its tables and its token over a restart', async () => {
    const first = await start();
    await first.post('parcel');
    await until(() => first.item('parcel'), 'the item');
    await first.stop();
    const second = await start(first.dataDirectory);
    expect(await second.item('parcel')).toBe('worked');
    expect(second.engine.adminToken).toMatchObject({ token: first.engine.adminToken?.token, isNew: false });
    expect((await second.post('parcel')).status).toBe(202);
  });

  it('refuses a data folder whose table has other keys', async () => {
    const { dataDirectory, stop } = await start();
    await stop();
    const Table = {
      Type: 'AWS::DynamoDB::Table',
      Properties: {
        KeySchema: [...keys.KeySchema, { AttributeName: 'sk', KeyType: 'RANGE' }],
        AttributeDefinitions: [...keys.AttributeDefinitions, { AttributeName: 'sk', AttributeType: 'S' }],
      },
    };
    await expect(start(dataDirectory, { ...RESOURCES, Table })).rejects.toThrow(
      'the data folder holds a table Tiny-Table with other keys or indexes',
    );
  });
});
