import { afterEach, describe, expect, it } from 'vitest';
import type { Resolve } from '../../shared/adapters/targets/http-exchange.ts';
import { TargetSchema } from '../../shared/contract/target.ts';
import { type AllowedTargets, NO_TARGETS, targetProblems } from '../../shared/domain/allowed-targets.ts';
import type { HttpTarget } from '../../shared/domain/target.ts';
import { httpWorld } from '../shared/adapters/targets/target-world.ts';
import { openReceiver, type Receiver } from '../support/receiver.ts';
import { selfSigned } from '../support/self-signed.ts';

/**
 * What somebody who may create tasks could try with a webhook against the inside of a deployment. Redirects, bodies without
 * end and receivers that misbehave are in test/shared/adapters/targets/http-guards.test.ts.
 */
const INSIDE: Readonly<Record<string, readonly string[]>> = {
  loopback: ['127.0.0.1', '127.1', '127.255.255.254', '[::1]', '[0:0:0:0:0:0:0:1]', '[::]'],
  'loopback in other numbers': [
    '2130706433',
    '0x7f000001',
    '0x7f.1',
    '0177.0.0.1',
    '017700000001',
    '１２７.０.０.１',
    '127。0。0。1',
  ],
  'link-local, with the credentials of instances and containers': [
    '169.254.169.254',
    '169.254.170.2',
    '2852039166',
    '0xa9fea9fe',
    '0251.0376.0251.0376',
    '[fe80::1]',
    '[febf::1]',
    '[fd00:ec2::254]',
  ],
  private: [
    '10.0.0.1',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.0.1',
    '0x0a000001',
    '[fc00::1]',
    '[fd12:3456::1]',
  ],
  'of the carrier': ['100.64.0.1', '100.127.255.255'],
  'multicast and broadcast': ['224.0.0.1', '239.255.255.255', '255.255.255.255', '[ff02::1]'],
  'this host and reserved blocks': [
    '0.0.0.0',
    '0',
    '192.0.0.1',
    '192.0.2.1',
    '198.18.0.1',
    '203.0.113.1',
    '240.0.0.1',
  ],
  'IPv4 within IPv6': [
    '[::ffff:127.0.0.1]',
    '[::ffff:169.254.169.254]',
    '[::ffff:0:127.0.0.1]',
    '[::127.0.0.1]',
    '[64:ff9b::127.0.0.1]',
    '[64:ff9b::a9fe:a9fe]',
    '[64:ff9b:1::7f00:1]',
    '[2002:7f00:1::]',
    '[2002:a9fe:a9fe::1]',
    '[2001:0:7f00:1::1]',
  ],
};
const ALL = Object.entries(INSIDE).flatMap(([kind, hosts]) => hosts.map((host) => [host, kind] as const));

const allowing = (hosts: readonly string[]): AllowedTargets => ({
  ...NO_TARGETS,
  http: { hosts, allowPrivate: false, secretArns: [] },
});
const webhook = (url: string): HttpTarget => ({ type: 'http', url, method: 'POST', headers: {} });
const receivers: Receiver[] = [];
afterEach(() => Promise.all(receivers.splice(0).map((one) => one.close())));
const at =
  (...addresses: string[]): Resolve =>
  async () =>
    addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));

describe('an address of the inside', () => {
  it.each(ALL)('is refused when the task is made, though it is listed: %s (%s)', (host) => {
    const url = `https://${host}/`;
    const listed = [new URL(url).hostname, `${new URL(url).hostname}:*`, host];
    expect(targetProblems(webhook(url), allowing(listed))).not.toEqual([]);
  });

  it.each(ALL)('is refused when the run is sent, though it is listed: %s (%s)', async (host) => {
    const world = httpWorld({ hosts: [`${new URL(`https://${host}/`).hostname}:*`], loopback: false });
    expect(await world.send(`https://${host}/`)).toMatchObject({ kind: 'failed', nonRetryable: true });
  });

  it.each(ALL)('is refused behind a listed name: %s (%s)', async (host) => {
    const address = new URL(`https://${host}/`).hostname.replaceAll(/[[\]]/g, '');
    const world = httpWorld({
      hosts: ['hooks.example.test'],
      loopback: false,
      resolve: at('93.184.216.34', address),
    });
    expect(await world.send('https://hooks.example.test/')).toMatchObject({ errorType: 'AddressRefused' });
  });
});

describe('a host that looks like a listed one', () => {
  it.each([
    ['a dot behind it', 'https://hooks.example.com./'],
    ['a user before it', 'https://hooks.example.com@evil.example/'],
    ['a user and a backslash', 'https://evil.example\\@hooks.example.com/'],
    ['its name as the beginning', 'https://hooks.example.com.evil.example/'],
    ['its name as the end', 'https://evilhooks.example.com/'],
    ['a letter of another alphabet', 'https://hооks.example.com/'],
    ['its punycode', 'https://xn--hks-8cdba.example.com/'],
    ['a fragment', 'https://evil.example/#hooks.example.com'],
    ['another port', 'https://hooks.example.com:8443/'],
    ['no TLS', 'http://hooks.example.com/'],
    ['a blank in it', 'https://evil.example%20.hooks.example.com/'],
  ])('is not it: %s', (_, url) => {
    const parsed = TargetSchema.safeParse({ type: 'http', url });
    if (!parsed.success || parsed.data.type !== 'http') return;
    expect(targetProblems(parsed.data, allowing(['hooks.example.com']))).not.toEqual([]);
  });

  it('is it in whatever case, which means nothing in a name', () => {
    expect(targetProblems(webhook('HTTPS://Hooks.EXAMPLE.com/'), allowing(['hooks.example.com']))).toEqual(
      [],
    );
  });

  it.each([
    'https://a:b@hooks.example.com/',
    'https://a@hooks.example.com/',
    'https://:b@hooks.example.com/',
  ])('takes no credentials along: %s', (url) =>
    expect(TargetSchema.safeParse({ type: 'http', url }).success).toBe(false),
  );
});

describe('a resolver that changes its answer', () => {
  it('is asked once for each attempt, and the connection goes where it was checked', async () => {
    const tls = selfSigned('hooks.example.test');
    const receiver = await openReceiver((response) => response.end(), tls);
    receivers.push(receiver);
    const asked: string[] = [];
    const answers = ['127.0.0.1', '169.254.169.254', '10.0.0.1'];
    const resolve: Resolve = async (name) => [
      { address: answers[asked.push(name) - 1] ?? '0.0.0.0', family: 4 },
    ];
    const world = httpWorld({ hosts: ['localhost:*'], loopback: true, resolve, ca: tls.cert });
    // The certificate is another name's: the name is checked, not only the address.
    expect(await world.send(`https://localhost:${receiver.port}/`)).toMatchObject({
      errorType: 'ConnectionError',
    });
    expect(asked).toHaveLength(1);
    expect(await world.send(`https://localhost:${receiver.port}/`)).toMatchObject({
      errorType: 'AddressRefused',
    });
    expect(receiver.received).toEqual([]);
  });
});

describe('a header of a target', () => {
  it.each([
    ['another line', { 'x-a': 'b\r\nX-Injected: 1' }],
    ['another request', { 'x-a': 'b\r\n\r\nGET / HTTP/1.1' }],
    ['a bare line feed', { 'x-a': 'b\nX-Injected: 1' }],
    ['a folded line', { 'x-a': 'b\r\n c' }],
    ['a NUL', { 'x-a': 'b\u0000' }],
    ['what Latin-1 makes of it', { 'x-a': 'b\u010a\u010dX-Injected: 1' }],
    ['a name with a line', { 'x-a: b\r\nx-injected': '1' }],
    ['a name with a colon', { 'x-a:': '1' }],
    ['no name', { '': '1' }],
    ['the framing', { 'Transfer-Encoding': 'chunked' }],
    ['the length', { 'content-length': '0' }],
    ['the host', { HOST: 'inside.example' }],
    ['the signature', { 'Webhook-Signature': 'v1,forged' }],
    ['a credential', { Authorization: 'Bearer x' }],
    ['a value without end', { 'x-a': 'b'.repeat(10_000) }],
  ])('cannot be %s', (_, headers) => {
    const parsed = TargetSchema.safeParse({ type: 'http', url: 'https://hooks.example.com/', headers });
    expect(parsed.success).toBe(false);
  });

  it('is never made of a template: what is between braces is sent as it stands', async () => {
    const receiver = await openReceiver();
    receivers.push(receiver);
    await httpWorld().send(receiver.url, { headers: { 'x-a': '{{ payload.to }}' } });
    expect(receiver.received).toMatchObject([{ headers: { 'x-a': '{{ payload.to }}' } }]);
  });
});
