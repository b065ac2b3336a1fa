import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { GetQueueUrlCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { eventually } from '../../support/eventually.ts';
import { openReceiver, type Receiver } from '../../support/receiver.ts';
import { openCli } from '../../support/spawn-cli.ts';
import { type OwnEngine, startOwnEngine } from './own-engine.ts';

/**
 * Secrets are planted wherever a deployment has one, everything that can fail is made to fail with them, and then they are
 * searched for in all that comes out.
 */
const AT = 'us-east-1:000000000000';
const SECRET_ARN = `arn:aws:secretsmanager:${AT}:secret:hooks/billing-AbCdEf`;
const word = () => `canary${randomBytes(16).toString('hex')}`;
const PLANTED = {
  adminToken: `esc_test_${word()}`,
  headerOfSecret: word(),
  signingKey: randomBytes(32).toString('base64'),
  payload: word(),
  variable: word(),
  result: word(),
  note: word(),
};
const NewToken = z.object({ token: z.string() });
const quick = { strategy: 'fixed', limit: 0 };
const NOW = { kind: 'now' };

describe('a secret', () => {
  let receiver: Receiver;
  let engine: OwnEngine;
  let viewer = '';
  const made: { token: string }[] = [];
  const ids: string[] = [];

  beforeAll(async () => {
    // It sends back whatever it got, as some do, and fails.
    receiver = await openReceiver((response, { path, headers, body }) =>
      response.writeHead(path === '/ok' ? 200 : 500).end(JSON.stringify({ headers, body })),
    );
    engine = await startOwnEngine({
      ESCAPEMENT_TOKEN: PLANTED.adminToken,
      ESCAPEMENT_TARGETS: JSON.stringify({
        http: { hosts: [`127.0.0.1:${receiver.port}`], secretArns: [SECRET_ARN] },
      }),
    });
    const folder = join(engine.process.dataDir, 'secrets');
    mkdirSync(folder, { recursive: true });
    const text = {
      signingKey: PLANTED.signingKey,
      headers: { authorization: `Bearer ${PLANTED.headerOfSecret}` },
    };
    writeFileSync(join(folder, encodeURIComponent('hooks/billing')), JSON.stringify(text));
    const { world } = engine;
    for (const role of ['viewer', 'operator'])
      made.push(NewToken.parse(await world.must(201, 'POST', '/v1/tokens', { json: { role, name: role } })));
    viewer = made[0]?.token ?? '';
    await world.must(200, 'PUT', '/v1/variables/apiKey', { json: { value: PLANTED.variable } });
    const hook = (path: string) => ({ type: 'http', url: receiver.url + path, secretId: 'hooks/billing' });
    const payload = { password: PLANTED.payload, key: '{{ variables.apiKey }}' };
    for (const fields of [
      { target: hook('/ok'), payload },
      { target: hook('/fails'), payload },
      { handler: 'demo.fail', payload: { times: 99, message: 'x' } },
    ]) {
      const task = await world.task({ schedule: NOW, retry: quick, ...fields });
      const [run] = await world.ended(task.id);
      ids.push(task.id, run?.id ?? '');
    }
    // Refused in every way, each with something that must not be repeated.
    const bad = (token: string) => ({ authorization: `Bearer ${token}` });
    for (const token of [`${PLANTED.adminToken}x`, `esc_01JD0000000000000000000000_${PLANTED.note}`])
      await engine.process.api('GET', '/v1/tasks', undefined, bad(token));
    await engine.process.api('POST', '/v1/executions/x~001795264316317/complete', {
      token: PLANTED.note,
      result: 1,
    });
    await engine.process.api('PUT', '/v1/tasks/refused', {
      name: 1,
      payload: { password: PLANTED.payload },
      handler: 'demo.nobody',
    });
  });
  afterAll(async () => {
    await engine?.dispose();
    await receiver?.close();
  });

  const secrets = (but: (keyof typeof PLANTED)[] = []): string[] =>
    [
      ...Object.entries(PLANTED)
        .filter(([name]) => !but.some((one) => one === name))
        .map(([, value]) => value),
      ...made.map(({ token }) => token),
    ].filter(Boolean);
  const expectNone = (where: string, text: string, but: (keyof typeof PLANTED)[] = []) => {
    for (const secret of secrets(but)) expect(text.includes(secret), `${secret} in ${where}`).toBe(false);
  };

  it('reaches the receiver it is for', () => {
    const got = receiver.received.map(({ headers, body }) => JSON.stringify(headers) + body).join();
    for (const secret of [PLANTED.headerOfSecret, PLANTED.payload, PLANTED.variable])
      expect(got).toContain(secret);
    expect(got).not.toContain(PLANTED.signingKey);
  });

  it('is in no log', async () => {
    const folder = join(engine.process.dataDir, 'logs');
    const files = readdirSync(folder);
    expect(files.length).toBeGreaterThan(3);
    for (const file of files) expectNone(file, readFileSync(join(folder, file), 'utf8'));
    // The engine says the administrator's token to whoever started it, once, if it made it.
    expectNone('the output of the engine', engine.process.output());
  });

  it('is in no answer but that of the resource that holds it', async () => {
    const asViewer = { authorization: `Bearer ${viewer}` };
    const text = async (path: string, headers = asViewer) =>
      JSON.stringify((await engine.process.api('GET', path, undefined, headers)).body);
    for (const path of [
      '/v1/openapi.json',
      '/docs',
      '/v1/health',
      '/v1/handlers',
      '/v1/queues',
      '/v1/stats',
      '/v1/metrics',
      '/v1/me',
      '/console/',
      '/console/settings.json',
      '/v1/nothing',
    ])
      expectNone(path, await text(path));
    for (const path of ['/v1/audit', '/v1/tokens'])
      expectNone(path, await text(path, { authorization: `Bearer ${PLANTED.adminToken}` }));
    // A receiver that sends back what it got is a result or an error like any other; credentials are taken out of both.
    for (const path of [
      '/v1/executions',
      '/v1/queues/default/dead-letters',
      '/v1/queues/default/dead-letters/groups',
    ])
      expectNone(path, await text(path), ['payload', 'variable']);
    const tasks = await text(`/v1/tasks/${ids[0]}`);
    expect(tasks).toContain(PLANTED.payload);
    expectNone('/v1/tasks/{id}', tasks, ['payload']);
    for (const why of [`/v1/tasks/${ids[2]}/why`, `/v1/executions/${ids[3]}/why`])
      expectNone(why, await text(why), ['payload', 'variable']);
  });

  it('is in no letter', async () => {
    const sqs = engine.openSqs();
    const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: 'escapement-default-dlq' }));
    await eventually(async () => {
      const { Messages = [] } = await sqs.send(
        new ReceiveMessageCommand({
          QueueUrl,
          MaxNumberOfMessages: 10,
          VisibilityTimeout: 0,
          MessageAttributeNames: ['All'],
        }),
      );
      expect(Messages.length).toBeGreaterThan(0);
      expectNone('a letter', JSON.stringify(Messages), ['payload', 'variable']);
    });
  });

  it('is in nothing that the command line prints', async () => {
    const asViewer = openCli(undefined, { ESCAPEMENT_URL: engine.process.url, ESCAPEMENT_TOKEN: viewer });
    const asNobody = openCli(undefined, {
      ESCAPEMENT_URL: engine.process.url,
      ESCAPEMENT_TOKEN: PLANTED.note,
    });
    try {
      for (const args of [
        ['tasks', 'list'],
        ['runs', 'list'],
        ['queues', 'list'],
        ['dead-letters', 'list', 'default'],
      ]) {
        const { code, out, err } = await asViewer.run(...args);
        expect(code, err).toBe(0);
        expectNone(`escapement ${args.join(' ')}`, out + err, ['payload', 'variable']);
      }
      const { code, out, err } = await asNobody.run('tasks', 'list');
      expect(code).toBe(3);
      expectNone('a refusal', out + err);
    } finally {
      asViewer.dispose();
      asNobody.dispose();
    }
  });
});
