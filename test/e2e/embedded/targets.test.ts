import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CreateQueueCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Run } from '../../support/documents.ts';
import { eventually } from '../../support/eventually.ts';
import { openReceiver, type Receiver } from '../../support/receiver.ts';
import { type OwnEngine, startOwnEngine } from './own-engine.ts';

const AT = 'us-east-1:000000000000';
const SECRET_ARN = `arn:aws:secretsmanager:${AT}:secret:hooks/billing-AbCdEf`;
const NOW = { kind: 'now' };
const quick = { strategy: 'fixed', limit: 1, baseSeconds: 1, maxSeconds: 1 };

describe('targets', () => {
  let receiver: Receiver;
  let engine: OwnEngine;
  beforeAll(async () => {
    receiver = await openReceiver((response, { path, headers }) => {
      if (path === '/missing') return response.writeHead(404).end('no such hook');
      if (path === '/redirect') return response.writeHead(302, { location: '/ok' }).end();
      const first = receiver.received.filter((one) => one.path === path).length === 1;
      if (path === '/busy' && first) return response.writeHead(503, { 'retry-after': '2' }).end();
      if (path === '/slow') return response.write('.');
      response.writeHead(200, { 'content-type': 'application/json' });
      return response.end(JSON.stringify({ thanks: true, heard: headers.authorization }));
    });
    engine = await startOwnEngine({
      ESCAPEMENT_TARGETS: JSON.stringify({
        http: { hosts: [`127.0.0.1:${receiver.port}`], secretArns: [SECRET_ARN] },
        functionArns: [`arn:aws:lambda:${AT}:function:report`],
        queueArns: [`arn:aws:sqs:${AT}:e2e-target`],
        topicArns: [`arn:aws:sns:${AT}:news`],
        eventBusArns: [`arn:aws:events:${AT}:event-bus/escapement`],
        stateMachineArns: [`arn:aws:states:${AT}:stateMachine:billing`],
      }),
    });
  });
  afterAll(async () => {
    await engine?.dispose();
    await receiver?.close();
  });
  const at = (path: string) => receiver.received.filter((one) => one.path === path);
  const webhook = (path: string, over: object = {}) => ({ type: 'http', url: receiver.url + path, ...over });
  const ended = async (fields: object): Promise<Run> => {
    const task = await engine.world.task({ schedule: NOW, retry: quick, ...fields });
    const [run] = await engine.world.ended(task.id);
    if (!run) throw new Error('no run');
    return run;
  };

  it('a webhook arrives signed, with the run and its payload, and its answer is the result', async () => {
    const run = await ended({
      target: webhook('/ok', { headers: { 'x-team': 'billing' } }),
      payload: { n: 7 },
    });
    expect(run).toMatchObject({
      status: 'success',
      attempt: 1,
      result: { status: 200, headers: { 'content-type': 'application/json' }, body: { thanks: true } },
    });
    const [got, ...more] = at('/ok');
    expect(more).toEqual([]);
    const key = readFileSync(join(engine.process.dataDir, 'webhook-signing-key'), 'utf8');
    expect(new Webhook(key).verify(got?.body ?? '', got?.headers ?? {})).toMatchObject({
      v: 1,
      execution: { id: run.id, idempotencyKey: run.idempotencyKey, taskId: run.taskId, attempt: 1 },
      payload: { n: 7 },
    });
    expect(got?.headers).toMatchObject({ 'webhook-id': run.idempotencyKey, 'x-team': 'billing' });
  });

  it('an answer of 503 is retried when it says, under the same webhook-id', async () => {
    const run = await ended({ target: webhook('/busy') });
    expect(run).toMatchObject({ status: 'success', attempt: 2 });
    expect(run.attempts[0]).toMatchObject({ status: 'failed', errorType: 'HttpError', errorMessage: /^503/ });
    const [first, second] = run.attempts;
    const gapMs = Date.parse(second?.startedAt ?? '') - Date.parse(first?.finishedAt ?? '');
    expect(gapMs).toBeGreaterThanOrEqual(2_000);
    const ids = at('/busy').map(({ headers }) => headers['webhook-id']);
    expect(ids).toEqual([run.idempotencyKey, run.idempotencyKey]);
  });

  it('answers that will not change end the run at once', async () => {
    const missing = await ended({ target: webhook('/missing') });
    expect(missing).toMatchObject({ status: 'dead', reason: 'nonRetryable', attempt: 1 });
    expect(missing.errorMessage).toBe('404 Not Found: no such hook');
    const redirect = await ended({ target: webhook('/redirect') });
    expect(redirect).toMatchObject({ status: 'dead', attempt: 1 });
    expect(redirect.errorMessage).toContain('redirects are not followed');
  });

  it('an answer that does not end is left when the attempt is over its time', async () => {
    const run = await ended({ target: webhook('/slow'), timeoutSeconds: 1, retry: { limit: 0 } });
    expect(run).toMatchObject({ status: 'dead', reason: 'timedOut' });
    await eventually(() => expect(at('/slow')).toHaveLength(1));
  });

  it('credentials come from a secret and are shown nowhere', async () => {
    const folder = join(engine.process.dataDir, 'secrets');
    mkdirSync(folder, { recursive: true });
    const secret = { headers: { authorization: 'Bearer canary-t0ken-4711' } };
    writeFileSync(join(folder, encodeURIComponent('hooks/billing')), JSON.stringify(secret));
    const run = await ended({ target: webhook('/ok', { secretId: 'hooks/billing' }) });
    expect(at('/ok').at(-1)?.headers.authorization).toBe('Bearer canary-t0ken-4711');
    expect(run).toMatchObject({ status: 'success', result: { body: { heard: '***' } } });
    const log = readFileSync(join(engine.process.dataDir, 'logs', 'SchedulerExecutordefault.log'), 'utf8');
    expect(log + engine.process.output()).not.toContain('4711');
  });

  it('a queue gets the run', async () => {
    const sqs = engine.openSqs();
    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'e2e-target' }));
    const run = await ended({ target: { type: 'sqs', queueUrl: QueueUrl }, payload: { n: 8 } });
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl, MessageAttributeNames: ['All'], WaitTimeSeconds: 5 }),
    );
    expect(Messages).toHaveLength(1);
    expect(run).toMatchObject({ status: 'success', result: { messageId: Messages[0]?.MessageId } });
    expect(JSON.parse(Messages[0]?.Body ?? '')).toMatchObject({
      execution: { id: run.id },
      payload: { n: 8 },
    });
    expect(Messages[0]?.MessageAttributes?.idempotencyKey?.StringValue).toBe(run.idempotencyKey);
  });

  it('an event bus gets an event', async () => {
    const target = { type: 'eventbridge', busName: 'escapement', detailType: 'report.due', source: 'e2e' };
    const run = await ended({ target });
    expect(run).toMatchObject({ status: 'success', result: { eventId: expect.any(String) } });
    await eventually(() => {
      const events = readFileSync(join(engine.process.dataDir, 'logs', 'events.log'), 'utf8');
      expect(events).toContain(JSON.stringify(run.idempotencyKey));
    });
  });

  it.each([
    { type: 'lambda', functionArn: `arn:aws:lambda:${AT}:function:report` },
    { type: 'sns', topicArn: `arn:aws:sns:${AT}:news` },
    { type: 'stepFunctions', stateMachineArn: `arn:aws:states:${AT}:stateMachine:billing` },
  ])('$type says that the embedded engine has no such service', async (target) => {
    const run = await ended({ target });
    expect(run).toMatchObject({ status: 'dead', reason: 'nonRetryable', attempt: 1 });
    expect(run.errorMessage).toContain('The embedded engine does not serve');
  });

  it.each([
    [{ type: 'http', url: 'http://127.0.0.1:9/' }, 'target.url'],
    [{ type: 'http', url: 'https://example.com/' }, 'target.url'],
    [{ type: 'http', url: 'https://169.254.169.254/latest/meta-data/' }, 'target.url'],
    [{ type: 'sqs', queueUrl: `http://127.0.0.1/000000000000/escapement-default` }, 'target.queueUrl'],
  ])('what the deployment does not list is refused at creation: %j', async (target, path) => {
    const { status, body } = await engine.process.api('POST', '/v1/tasks', {
      name: 'No',
      target,
      schedule: NOW,
    });
    expect(status).toBe(422);
    expect(body).toMatchObject({
      errors: [{ path, message: expect.stringContaining('escapement.targets') }],
    });
  });
});
