import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { Resolve } from '../../../../shared/adapters/targets/http-exchange.ts';
import { eventually } from '../../../support/eventually.ts';
import { type Answer, openReceiver, type Receiver } from '../../../support/receiver.ts';
import { httpWorld } from './target-world.ts';

/** What a task could try against the inside of a deployment, and what a receiver could try against the executor. */
const receivers: Receiver[] = [];
const raw: { server: Server; sockets: Set<Socket> }[] = [];
afterEach(async () => {
  await Promise.all(receivers.splice(0).map((one) => one.close()));
  for (const { server, sockets } of raw.splice(0)) {
    for (const socket of sockets) socket.destroy();
    server.close();
  }
});
async function receiver(answer?: Answer): Promise<Receiver> {
  const one = await openReceiver(answer);
  receivers.push(one);
  return one;
}
/** A server that speaks whatever the test says. */
async function rawServer(speak: (socket: Socket) => void): Promise<{ url: string; open: () => number }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
    socket.once('data', () => speak(socket));
  });
  raw.push({ server, sockets });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return { url: `http://127.0.0.1:${port}`, open: () => sockets.size };
}
const resolvingTo =
  (...addresses: string[]): Resolve =>
  async () =>
    addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));

describe('a name of the list', () => {
  const hosts = ['hooks.example.test:*'];

  it.each([
    '127.0.0.1',
    '::1',
    '10.0.0.1',
    '169.254.169.254',
    '100.64.0.1',
    '224.0.0.1',
    '0.0.0.0',
    'fd00:ec2::254',
    'fe80::1',
    '::ffff:127.0.0.1',
    '64:ff9b::7f00:1',
    '2002:7f00:1::',
  ])('that resolves to %s is not called', async (address) => {
    const { port, connections } = await receiver();
    const world = httpWorld({ hosts, loopback: true, resolve: resolvingTo(address) });
    expect(await world.send(`https://hooks.example.test:${port}/`)).toMatchObject({
      kind: 'failed',
      errorType: 'AddressRefused',
      errorMessage: expect.stringContaining(address),
      nonRetryable: true,
    });
    expect(connections()).toBe(0);
  });

  it('is not called when only one of its addresses is wrong', async () => {
    const world = httpWorld({ hosts, resolve: resolvingTo('93.184.216.34', '127.0.0.1') });
    expect(await world.send('https://hooks.example.test:1/')).toMatchObject({ errorType: 'AddressRefused' });
  });

  it('is resolved once: what a resolver says after that changes nothing', async () => {
    const { port, received } = await receiver();
    const asked: string[] = [];
    const rebinding: Resolve = async (hostname) => {
      asked.push(hostname);
      return [{ address: asked.length === 1 ? '127.0.0.1' : '169.254.169.254', family: 4 }];
    };
    const world = httpWorld({ resolve: rebinding });
    expect(await world.send(`http://localhost:${port}/`)).toMatchObject({ kind: 'success' });
    expect([asked, received.length]).toEqual([['localhost'], 1]);
    expect(await world.send(`http://localhost:${port}/`)).toMatchObject({ errorType: 'AddressRefused' });
    expect(received).toHaveLength(1);
  });

  it('that does not resolve is tried again later', async () => {
    const failing: Resolve = () => Promise.reject(new Error('queryA ENOTFOUND hooks.example.test'));
    expect(await httpWorld({ hosts, resolve: failing }).send('https://hooks.example.test:1/')).toMatchObject({
      errorType: 'ConnectionError',
      errorMessage: expect.stringContaining('ENOTFOUND'),
      nonRetryable: false,
    });
    const empty = httpWorld({ hosts, resolve: async () => [] });
    expect(await empty.send('https://hooks.example.test:1/')).toMatchObject({ errorType: 'ConnectionError' });
  });

  it('is of the machine itself or link-local never, also where private addresses are allowed', async () => {
    const at = (address: string) =>
      httpWorld({ hosts, loopback: false, allowPrivate: true, resolve: resolvingTo(address) }).send(
        'https://hooks.example.test:1/',
        {},
        { timeoutMs: 200 },
      );
    expect(await at('127.0.0.1')).toMatchObject({ errorType: 'AddressRefused' });
    expect(await at('169.254.169.254')).toMatchObject({ errorType: 'AddressRefused' });
  });
});

describe('a host of the machine itself', () => {
  it.each([
    'https://127.0.0.1/',
    'https://2130706433/',
    'https://0177.0.0.1/',
    'https://0x7f.1/',
    'https://[::1]/',
    'https://[::ffff:127.0.0.1]/',
    'https://localhost/',
    'http://localhost/',
  ])('is refused in a deployment even if it is listed: %s', async (url) => {
    const listed = ['127.0.0.1:*', '[::1]:*', '[::ffff:7f00:1]:*', 'localhost:*'];
    const world = httpWorld({ hosts: listed, loopback: false });
    const result = await world.send(url);
    expect(result).toMatchObject({ kind: 'failed', nonRetryable: true });
    expect(['TargetNotAllowed', 'AddressRefused']).toContain('errorType' in result && result.errorType);
  });
});

describe('a target that is not allowed any more when its run is due', () => {
  it('ends the run, which names the setting', async () => {
    const { url, connections } = await receiver();
    expect(await httpWorld({ hosts: [] }).send(url)).toMatchObject({
      kind: 'failed',
      errorType: 'TargetNotAllowed',
      errorMessage: expect.stringContaining('escapement.targets.http.hosts'),
      nonRetryable: true,
    });
    expect(connections()).toBe(0);
  });
});

describe('a redirect', () => {
  it.each([301, 302, 303, 307, 308])('of status %i is a failure and not followed', async (status) => {
    const secret = await receiver();
    const { url } = await receiver((response) =>
      response.writeHead(status, { location: `${secret.url}/latest/meta-data` }).end(),
    );
    expect(await httpWorld().send(url)).toMatchObject({
      kind: 'failed',
      errorType: 'HttpError',
      httpStatus: status,
      errorMessage: expect.stringMatching(new RegExp(`^${status} .*: redirects are not followed$`)),
      nonRetryable: true,
    });
    expect(secret.connections()).toBe(0);
  });
});

describe('a body', () => {
  it('beyond 16 KiB is cut, and its connection ended, though it would never end', async () => {
    const endless: Answer = (response) => {
      const pour = () => {
        while (!response.destroyed && response.write('x'.repeat(4_096)));
        if (!response.destroyed) response.once('drain', pour);
      };
      pour();
    };
    const { url, open } = await receiver(endless);
    const result = await httpWorld().send(url);
    expect(result).toMatchObject({ kind: 'success', result: { status: 200, truncated: true } });
    expect(Buffer.byteLength(JSON.stringify('result' in result && result.result))).toBeLessThanOrEqual(
      16_384,
    );
    expect(Buffer.byteLength(JSON.stringify('result' in result && result.result))).toBeGreaterThan(10_000);
    await eventually(() => expect(open()).toBe(0));
  });

  it('that grows when it is written as JSON still fits', async () => {
    const { url } = await receiver((response) => response.end('\u0001'.repeat(16_000)));
    const result = await httpWorld().send(url);
    expect(result).toMatchObject({ kind: 'success', result: { truncated: true } });
    expect(Buffer.byteLength(JSON.stringify('result' in result && result.result))).toBeLessThanOrEqual(
      16_384,
    );
  });

  it('that drips is ended with the time of the attempt', async () => {
    const { url, open } = await receiver((response) => {
      const timer = setInterval(() => response.write('.'), 20);
      response.on('close', () => clearInterval(timer));
    });
    expect(await httpWorld().send(url, {}, { timeoutMs: 300 })).toMatchObject({
      kind: 'failed',
      cause: 'timedOut',
      errorType: 'TimeoutError',
      errorMessage: 'Not done within 0.3 s',
      nonRetryable: false,
    });
    await eventually(() => expect(open()).toBe(0));
  });

  it('that ends before its time is no answer', async () => {
    const { url } = await rawServer((socket) => {
      socket.end('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf');
    });
    expect(await httpWorld().send(url)).toMatchObject({ errorType: 'ConnectionError', nonRetryable: false });
  });
});

describe('a receiver', () => {
  it.each<[string, (socket: Socket) => void]>([
    ['that says nothing', () => {}],
    ['whose headers never end', (socket) => socket.write('HTTP/1.1 200 OK\r\nx-a: ')],
  ])('%s is left when the time is over', async (_, speak) => {
    const { url, open } = await rawServer(speak);
    expect(await httpWorld().send(url, {}, { timeoutMs: 200 })).toMatchObject({ cause: 'timedOut' });
    await eventually(() => expect(open()).toBe(0));
  });

  it.each<[string, (socket: Socket) => void]>([
    ['that hangs up', (socket) => socket.destroy()],
    ['that speaks another language', (socket) => socket.end('220 mail.example.test ESMTP\r\n')],
    [
      'with headers beyond all bounds',
      (socket) => socket.write(`HTTP/1.1 200 OK\r\nx: ${'y'.repeat(99_999)}`),
    ],
    [
      'that switches protocols',
      (socket) =>
        socket.write('HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n'),
    ],
  ])('%s fails the attempt, and another may follow', async (_, speak) => {
    const { url, open } = await rawServer(speak);
    const result = await httpWorld().send(url);
    expect(result).toMatchObject({ kind: 'failed', errorType: 'ConnectionError', nonRetryable: false });
    await eventually(() => expect(open()).toBe(0));
  });

  it('that nobody runs is tried again', async () => {
    const gone = await receiver();
    await gone.close();
    expect(await httpWorld().send(gone.url)).toMatchObject({
      errorType: 'ConnectionError',
      errorMessage: expect.stringContaining('ECONNREFUSED'),
    });
  });

  it('is left when somebody asks the run to stop', async () => {
    const stop = new AbortController();
    const { url, open } = await receiver(() => stop.abort());
    expect(await httpWorld().send(url, {}, { signal: stop.signal })).toMatchObject({
      kind: 'failed',
      cause: 'aborted',
      errorType: 'AbortError',
    });
    await eventually(() => expect(open()).toBe(0));
    expect(await httpWorld().send(url, {}, { signal: stop.signal })).toMatchObject({ cause: 'aborted' });
  });

  it('is not called when no time is left', async () => {
    const { url, connections } = await receiver();
    expect(await httpWorld().send(url, {}, { timeoutMs: 0 })).toMatchObject({ cause: 'timedOut' });
    expect(connections()).toBe(0);
  });
});
