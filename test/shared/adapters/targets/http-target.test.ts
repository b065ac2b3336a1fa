import { Webhook } from 'standardwebhooks';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type Answer, openReceiver, type Receiver } from '../../../support/receiver.ts';
import { selfSigned } from '../../../support/self-signed.ts';
import { execution, httpWorld, NOW_MS, OWN_SECRET, SIGNING_KEY } from './target-world.ts';

const receivers: Receiver[] = [];
afterEach(async () => {
  vi.useRealTimers();
  await Promise.all(receivers.splice(0).map((one) => one.close()));
});
async function receiver(answer?: Answer, tls?: { key: string; cert: string }): Promise<Receiver> {
  const one = await openReceiver(answer, tls);
  receivers.push(one);
  return one;
}
const answering =
  (status: number, body = '', headers: Record<string, string> = {}): Answer =>
  (response) =>
    response.writeHead(status, headers).end(body);

/** The library that receivers use checks the time of the signature against the clock. */
const verifierAt = (nowMs: number, key: string) => {
  vi.useFakeTimers({ now: nowMs, toFake: ['Date'] });
  return new Webhook(key);
};

describe('a webhook', () => {
  it('carries the run and its payload, signed so that the standard library accepts it', async () => {
    const { url, received } = await receiver();
    await httpWorld().send(`${url}/hook?x=1`, { headers: { 'X-Team': 'billing' } });
    const [got] = received;
    expect(got).toMatchObject({ method: 'POST', path: '/hook?x=1' });
    expect(got?.headers).toMatchObject({
      'content-type': 'application/json',
      'user-agent': 'escapement',
      'accept-encoding': 'identity',
      'x-team': 'billing',
      'webhook-id': execution.idempotencyKey,
      'webhook-timestamp': String(Math.floor(NOW_MS / 1_000)),
    });
    const verified = verifierAt(NOW_MS, SIGNING_KEY).verify(got?.body ?? '', got?.headers ?? {});
    expect(verified).toEqual({ v: 1, execution, payload: { to: 'a@b.c' } });
  });

  it('is signed with the key of the receiver where its secret has one, and with both while keys change', async () => {
    const keys = ['one', 'two'].map((text) => Buffer.alloc(32, text).toString('base64'));
    const { url, received } = await receiver();
    const world = httpWorld({ secrets: { [OWN_SECRET]: keys.map((key) => `whsec_${key}`).join('\n') } });
    await world.send(url, { secretId: 'own' });
    const [got] = received;
    expect(got?.headers['webhook-signature']?.split(' ')).toHaveLength(2);
    for (const key of keys)
      expect(() => verifierAt(NOW_MS, key).verify(got?.body ?? '', got?.headers ?? {})).not.toThrow();
    expect(() => verifierAt(NOW_MS, SIGNING_KEY).verify(got?.body ?? '', got?.headers ?? {})).toThrow();
  });

  it('gets credentials from its secret, which win over headers of the task', async () => {
    const { url, received } = await receiver();
    const secret = {
      headers: { Authorization: 'Bearer t0ken-of-the-receiver', 'x-api-key': 'from-the-secret' },
    };
    const world = httpWorld({ secrets: { [OWN_SECRET]: JSON.stringify(secret) } });
    await world.send(url, { secretId: OWN_SECRET, headers: { 'X-Api-Key': 'from-the-task' } });
    expect(received[0]?.headers).toMatchObject({
      authorization: 'Bearer t0ken-of-the-receiver',
      'x-api-key': 'from-the-secret',
    });
    const { headers = {}, body = '' } = received[0] ?? {};
    expect(() => verifierAt(NOW_MS, SIGNING_KEY).verify(body, headers)).not.toThrow();
  });

  it('with GET has no body and is signed all the same', async () => {
    const { url, received } = await receiver();
    await httpWorld().send(url, { method: 'GET' });
    const { headers = {}, body } = received[0] ?? {};
    expect(body).toBe('');
    expect(headers).not.toHaveProperty('content-type');
    expect(() => verifierAt(NOW_MS, SIGNING_KEY).verify('', headers)).not.toThrow();
  });

  it('goes over TLS to the name on the certificate, and to no other', async () => {
    const tls = selfSigned('hooks.example.test');
    const { port, received } = await receiver(answering(200), tls);
    // The resolver is the test's: the name leads here, which only a laptop may allow.
    const resolve = async () => [{ address: '127.0.0.1', family: 4 }];
    const world = httpWorld({ hosts: ['localhost:*'], resolve, ca: tls.cert });
    expect(await world.send(`https://localhost:${port}/`)).toMatchObject({
      kind: 'failed',
      errorType: 'ConnectionError',
      errorMessage: expect.stringMatching(/altnames|certificate/),
    });
    const own = selfSigned('localhost');
    const good = await receiver(answering(200), own);
    const trusting = httpWorld({ hosts: ['localhost:*'], resolve, ca: own.cert });
    expect(await trusting.send(`https://localhost:${good.port}/`)).toMatchObject({ kind: 'success' });
    expect(await httpWorld({ resolve }).send(`https://localhost:${good.port}/`)).toMatchObject({
      errorType: 'ConnectionError',
    });
    expect([received.length, good.received.length]).toEqual([0, 1]);
  });
});

describe('an answer', () => {
  it('is kept: status, some headers, and the body as what it is', async () => {
    const json = await receiver(
      answering(201, '{"id":7}', {
        'content-type': 'application/json; charset=utf-8',
        'x-request-id': 'r1',
        'set-cookie': 'a=b',
      }),
    );
    expect(await httpWorld().send(json.url)).toEqual({
      kind: 'success',
      result: {
        status: 201,
        headers: {
          'content-type': 'application/json; charset=utf-8',
          'x-request-id': 'r1',
          date: expect.any(String),
        },
        body: { id: 7 },
      },
    });
    const text = await receiver(answering(200, 'grüezi'));
    expect(await httpWorld().send(text.url)).toMatchObject({ result: { body: 'grüezi' } });
    const broken = await receiver(answering(200, '{', { 'content-type': 'application/json' }));
    expect(await httpWorld().send(broken.url)).toMatchObject({ result: { body: '{' } });
    const none = await receiver(answering(204));
    expect(await httpWorld().send(none.url)).toMatchObject({ result: { status: 204, body: '' } });
  });

  it.each([
    [400, true],
    [401, true],
    [404, true],
    [408, false],
    [410, true],
    [425, false],
    [429, false],
    [500, false],
    [502, false],
    [503, false],
  ])('of %i fails the attempt; for good: %s', async (status, nonRetryable) => {
    const { url } = await receiver(answering(status, 'why  \n it failed\u0000\u001b[31m'));
    const result = await httpWorld().send(url);
    expect(result).toMatchObject({
      kind: 'failed',
      cause: 'error',
      errorType: 'HttpError',
      httpStatus: status,
      nonRetryable,
    });
    expect(result).toMatchObject({
      errorMessage: expect.stringMatching(new RegExp(`^${status} [A-Z].*: why it failed`)),
    });
    expect(JSON.stringify(result)).not.toMatch(/\\u00/);
  });

  it('is success only where the task expects that status', async () => {
    const accepted = await receiver(answering(202));
    expect(await httpWorld().send(accepted.url, { expectStatus: 200 })).toMatchObject({
      kind: 'failed',
      httpStatus: 202,
      nonRetryable: false,
    });
    expect(await httpWorld().send(accepted.url, { expectStatus: [200, 202] })).toMatchObject({
      kind: 'success',
    });
    const missing = await receiver(answering(404));
    expect(await httpWorld().send(missing.url, { expectStatus: 404 })).toMatchObject({ kind: 'success' });
  });

  it.each([
    ['120', 120],
    ['0', 0],
    ['Sat, 21 Nov 2026 09:01:00 GMT', 60],
    ['Sat, 21 Nov 2020 09:01:00 GMT', 0],
    ['999999999', 43_200],
    ['soon', undefined],
  ])('that says Retry-After: %s is retried then', async (retryAfter, seconds) => {
    for (const status of [429, 503]) {
      const { url } = await receiver(
        answering(status, '', { 'retry-after': retryAfter, date: 'Sat, 21 Nov 2026 09:00:00 GMT' }),
      );
      const result = await httpWorld().send(url);
      expect('retryAfterSeconds' in result ? result.retryAfterSeconds : undefined).toBe(seconds);
    }
    const other = await receiver(
      answering(500, '', { 'retry-after': retryAfter, date: 'Sat, 21 Nov 2026 09:00:00 GMT' }),
    );
    expect(await httpWorld().send(other.url)).not.toHaveProperty('retryAfterSeconds');
  });

  it('never shows a secret, though the receiver echoes what it got', async () => {
    const token = 'canary"t0ken/4711';
    const echo: Answer = (response, { headers }, index) => {
      const body = JSON.stringify({
        headers,
        cut: 'x'.repeat(index === 3 ? 16_300 : 0),
        auth: headers.authorization,
      });
      response.writeHead(index === 2 ? 500 : 200, {
        'content-type': 'application/json',
        'x-request-id': token.slice(0),
      });
      response.end(body);
    };
    const { url, received } = await receiver(echo);
    const secret = JSON.stringify({ headers: { authorization: `Bearer ${token}` } });
    const world = httpWorld({ secrets: { [OWN_SECRET]: secret } });
    for (let index = 1; index <= 3; index++) {
      const told = JSON.stringify(await world.send(url, { secretId: 'own' }));
      expect(received.at(-1)?.headers.authorization).toBe(`Bearer ${token}`);
      expect(told).not.toContain('4711');
      expect(told).not.toContain('canary');
    }
  });
});

describe('a secret that is no such secret', () => {
  it.each(['', 'hunter2', '{"headers":{"host":"evil"}}', '{"token":"x"}', '{"headers":{"a":"b\\nc"}}', '[]'])(
    'ends the run without saying what it holds: %s',
    async (text) => {
      const { url, received } = await receiver();
      const result = await httpWorld({ secrets: { [OWN_SECRET]: text } }).send(url, { secretId: 'own' });
      expect(result).toMatchObject({ kind: 'failed', errorType: 'SecretInvalid', nonRetryable: true });
      if (text.length > 2) expect(JSON.stringify(result)).not.toContain(JSON.stringify(text).slice(1, -1));
      expect(received).toEqual([]);
    },
  );
});
