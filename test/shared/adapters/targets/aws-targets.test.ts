import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { ExecutionAlreadyExists, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { makeTargetSecrets } from '../../../../shared/adapters/targets/target-secret.ts';
import { awsRunner, execution, SIGNING_KEY, SIGNING_SECRET } from './target-world.ts';

const AT = 'eu-west-1:123456789012';
const lambda = mockClient(LambdaClient);
const sqs = mockClient(SQSClient);
const sns = mockClient(SNSClient);
const events = mockClient(EventBridgeClient);
const sfn = mockClient(SFNClient);
const secrets = mockClient(SecretsManagerClient);
beforeEach(() => {
  for (const mock of [lambda, sqs, sns, events, sfn, secrets]) mock.reset();
});

const envelope = { v: 1, execution, payload: { to: 'a@b.c' } };
const ATTRIBUTES = {
  idempotencyKey: { DataType: 'String', StringValue: execution.idempotencyKey },
  executionId: { DataType: 'String', StringValue: execution.id },
  taskId: { DataType: 'String', StringValue: 'job' },
  tenant: { DataType: 'String', StringValue: 'root' },
  attempt: { DataType: 'String', StringValue: '2' },
};
/** As the SDK throws what a service answered. */
const refusal = (name: string, httpStatusCode: number) =>
  Object.assign(new Error(`${name} happened`), { name, $metadata: { httpStatusCode } });
const region = async (client: { config: { region: string | (() => Promise<string>) } } | undefined) => {
  const given = client?.config.region;
  return typeof given === 'function' ? given() : given;
};

describe('a function', () => {
  const functionArn = `arn:aws:lambda:${AT}:function:report`;
  const run = awsRunner({ functionArns: [functionArn] });
  const target = { type: 'lambda', functionArn } as const;
  const answers = (text: string, FunctionError?: string) =>
    lambda.on(InvokeCommand).resolves({
      Payload: Object.assign(Buffer.from(text), { transformToString: () => text }),
      ...(FunctionError && { FunctionError }),
    });

  it('is called in its region with the envelope, and what it returns is the result', async () => {
    answers('{"total":12}');
    expect(await run(target)).toEqual({ kind: 'success', result: { total: 12 } });
    const [call] = lambda.commandCalls(InvokeCommand);
    expect(call?.args[0].input).toMatchObject({
      FunctionName: functionArn,
      InvocationType: 'RequestResponse',
    });
    expect(JSON.parse(String(call?.args[0].input.Payload))).toEqual(envelope);
    expect(await region(call?.thisValue)).toBe('eu-west-1');
  });

  it('may return nothing, and of too much only the size is kept', async () => {
    answers('null');
    expect(await run(target)).toEqual({ kind: 'success', result: null });
    answers(JSON.stringify('x'.repeat(20_000)));
    expect(await run(target)).toEqual({ kind: 'success', result: { truncated: true, bytes: 20_002 } });
  });

  it.each([
    ['{"errorType":"TypeError","errorMessage":"no"}', 'TypeError', 'no', false],
    ['{"errorType":"NonRetryableError","errorMessage":"never"}', 'NonRetryableError', 'never', true],
    ['{"errorMessage":"2026-11-21 Task timed out after 3.00 seconds"}', 'Error', /timed out/, false],
    ['not json', 'Error', 'The function failed (Unhandled)', false],
  ])('that fails with %s fails the attempt', async (text, errorType, errorMessage, nonRetryable) => {
    answers(text, 'Unhandled');
    expect(await run(target)).toMatchObject({
      kind: 'failed',
      errorType,
      errorMessage: typeof errorMessage === 'string' ? errorMessage : expect.stringMatching(errorMessage),
      nonRetryable,
    });
  });

  it('is left when the time is over', async () => {
    lambda.on(InvokeCommand).callsFake(() => new Promise(() => {}));
    expect(await run(target, { timeoutMs: 50 })).toMatchObject({ cause: 'timedOut' });
    expect(lambda.commandCalls(InvokeCommand)).toHaveLength(1);
  });
});

describe('a queue', () => {
  it('gets the envelope, at the address of the listed queue whatever host was written', async () => {
    const run = awsRunner({ queueArns: [`arn:aws:sqs:${AT}:work`] });
    sqs.on(SendMessageCommand).resolves({ MessageId: 'm1' });
    const result = await run({ type: 'sqs', queueUrl: 'https://elsewhere.test/123456789012/work' });
    expect(result).toEqual({ kind: 'success', result: { messageId: 'm1' } });
    const [call] = sqs.commandCalls(SendMessageCommand);
    expect(call?.args[0].input).toEqual({
      QueueUrl: 'https://sqs.eu-west-1.amazonaws.com/123456789012/work',
      MessageBody: JSON.stringify(envelope),
      MessageAttributes: ATTRIBUTES,
    });
    expect(await region(call?.thisValue)).toBe('eu-west-1');
  });

  it('in order of the task, and without repetition, where it is FIFO', async () => {
    const run = awsRunner({ queueArns: [`arn:aws-cn:sqs:cn-north-1:123456789012:work.fifo`] });
    sqs.on(SendMessageCommand).resolves({});
    const target = {
      type: 'sqs',
      queueUrl: 'https://sqs.cn-north-1.amazonaws.com.cn/123456789012/work.fifo',
    } as const;
    await run(target);
    await run(target, { execution: { ...execution, attempt: 3 } });
    await run(target, { execution: { ...execution, tenant: 'other' } });
    const inputs = sqs.commandCalls(SendMessageCommand).map(({ args }) => args[0].input);
    expect(inputs[0]).toMatchObject({ QueueUrl: target.queueUrl, MessageGroupId: 'job' });
    const [first, second, other] = inputs.map(({ MessageDeduplicationId }) => MessageDeduplicationId);
    expect(first).toMatch(/^[\w-]{1,128}$/);
    expect(second).toBe(first);
    expect(other).not.toBe(first);
  });
});

it('a topic gets the envelope', async () => {
  const run = awsRunner({ topicArns: [`arn:aws:sns:${AT}:news`, `arn:aws:sns:${AT}:news.fifo`] });
  sns.on(PublishCommand).resolves({ MessageId: 'm2' });
  const plain = await run({ type: 'sns', topicArn: `arn:aws:sns:${AT}:news` });
  expect(plain).toEqual({ kind: 'success', result: { messageId: 'm2' } });
  await run({ type: 'sns', topicArn: `arn:aws:sns:${AT}:news.fifo` });
  const [first, fifo] = sns.commandCalls(PublishCommand).map(({ args }) => args[0].input);
  expect(first).toEqual({
    TopicArn: `arn:aws:sns:${AT}:news`,
    Message: JSON.stringify(envelope),
    MessageAttributes: ATTRIBUTES,
  });
  expect(fifo).toMatchObject({ MessageGroupId: 'job', MessageDeduplicationId: expect.any(String) });
});

describe('an event bus', () => {
  const arn = `arn:aws:events:${AT}:event-bus/orders`;
  const run = awsRunner({ eventBusArns: [arn] });
  const target = { type: 'eventbridge', busName: 'orders', detailType: 'due', source: 'billing' } as const;

  it('gets an event whose detail is the envelope', async () => {
    events.on(PutEventsCommand).resolves({ FailedEntryCount: 0, Entries: [{ EventId: 'e1' }] });
    expect(await run(target)).toEqual({ kind: 'success', result: { eventId: 'e1' } });
    expect(events.commandCalls(PutEventsCommand)[0]?.args[0].input.Entries).toEqual([
      { EventBusName: arn, DetailType: 'due', Source: 'billing', Detail: JSON.stringify(envelope) },
    ]);
  });

  it.each([
    ['ThrottlingException', false],
    ['InternalFailure', false],
    ['ResourceNotFoundException', true],
  ])('that refuses the entry with %s fails the attempt', async (ErrorCode, nonRetryable) => {
    events.on(PutEventsCommand).resolves({ Entries: [{ ErrorCode, ErrorMessage: 'why' }] });
    expect(await run(target)).toMatchObject({ errorType: ErrorCode, errorMessage: 'why', nonRetryable });
  });
});

describe('a state machine', () => {
  const stateMachineArn = `arn:aws:states:${AT}:stateMachine:billing`;
  const run = awsRunner({ stateMachineArns: [stateMachineArn] });
  const target = { type: 'stepFunctions', stateMachineArn } as const;

  it('is started under a name that is the same for every attempt of a run, and of no other run', async () => {
    sfn.on(StartExecutionCommand).resolves({ executionArn: 'arn:1' });
    expect(await run(target)).toEqual({ kind: 'success', result: { executionArn: 'arn:1' } });
    const long = { ...execution, taskId: `a.${'b'.repeat(120)}` };
    await run(target, { execution: { ...execution, attempt: 3 } });
    await run(target, { execution: { ...execution, tenant: 'other' } });
    await run(target, { execution: { ...execution, idempotencyKey: 'job/2026-11-21T09:01:00.000Z' } });
    await run(target, { execution: long });
    const inputs = sfn.commandCalls(StartExecutionCommand).map(({ args }) => args[0].input);
    expect(inputs[0]).toMatchObject({ stateMachineArn, input: JSON.stringify(envelope) });
    const names = inputs.map(({ name }) => name ?? '');
    for (const name of names) expect(name).toMatch(/^[\w-]{34,80}$/);
    expect(names[1]).toBe(names[0]);
    expect(new Set(names).size).toBe(4);
  });

  it('that an earlier attempt has started is not started again', async () => {
    const exists = new ExecutionAlreadyExists({ message: 'there', $metadata: { httpStatusCode: 400 } });
    sfn.on(StartExecutionCommand).rejects(exists);
    expect(await run(target)).toMatchObject({ kind: 'success', result: { alreadyStarted: true } });
  });
});

describe('a service of AWS', () => {
  const topicArn = `arn:aws:sns:${AT}:news`;
  const run = awsRunner({ topicArns: [topicArn] });

  it.each([
    ['AuthorizationError', 403, true],
    ['NotFound', 404, true],
    ['InvalidParameter', 400, true],
    ['ThrottlingException', 400, false],
    ['TooManyRequestsException', 429, false],
    ['ResourceConflictException', 409, false],
    ['InternalError', 500, false],
    ['KmsThrottled', 400, false],
  ])('that answers %s (%i) fails the attempt; for good: %s', async (name, status, nonRetryable) => {
    sns.on(PublishCommand).rejects(refusal(name, status));
    expect(await run({ type: 'sns', topicArn })).toEqual({
      kind: 'failed',
      cause: 'error',
      errorType: name,
      errorMessage: `${name} happened`,
      nonRetryable,
      httpStatus: status,
      ...(nonRetryable && { unlessRuled: true }),
      ...(/Throttling|TooMany/.test(name) && { throttled: true }),
    });
  });

  it('that is away fails the attempt', async () => {
    sns.on(PublishCommand).rejects(Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }));
    expect(await run({ type: 'sns', topicArn })).toMatchObject({ kind: 'failed', nonRetryable: false });
  });

  it('is not called for what the deployment does not list', async () => {
    expect(await run({ type: 'sns', topicArn: `${topicArn}-2` })).toMatchObject({
      errorType: 'TargetNotAllowed',
      nonRetryable: true,
    });
    expect(sns.calls()).toHaveLength(0);
  });
});

describe('the secrets of targets', () => {
  it('are read once a minute, and the last one known serves while Secrets Manager is away', async () => {
    let nowMs = 0;
    const read = makeTargetSecrets({ monotonicMs: () => nowMs });
    secrets.on(GetSecretValueCommand).resolves({ SecretString: SIGNING_KEY });
    const known = { signingKeys: [SIGNING_KEY], headers: {} };
    expect(await read(SIGNING_SECRET)).toEqual(known);
    nowMs = 59_000;
    expect(await read(SIGNING_SECRET)).toEqual(known);
    expect(secrets.calls()).toHaveLength(1);
    nowMs = 61_000;
    secrets.on(GetSecretValueCommand).rejects(refusal('InternalServiceError', 500));
    expect(await read(SIGNING_SECRET)).toEqual(known);
    expect(secrets.calls()).toHaveLength(2);
    await expect(read(`${SIGNING_SECRET}2`)).rejects.toThrow('InternalServiceError');
  });
});
