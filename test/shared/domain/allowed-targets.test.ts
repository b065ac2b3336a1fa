import { describe, expect, it } from 'vitest';
import {
  type AllowedTargets,
  busArnOf,
  NO_TARGETS,
  queueArnOf,
  secretArnOf,
  targetProblems,
} from '../../../shared/domain/allowed-targets.ts';
import type { HttpTarget, Target } from '../../../shared/domain/target.ts';

const AT = 'eu-west-1:123456789012';
const allowed: AllowedTargets = {
  http: {
    hosts: [
      'api.example.com',
      '*.example.org',
      'odd.example.net:8443',
      'any.example.net:*',
      '8.8.8.8',
      '10.0.0.7',
    ],
    allowPrivate: false,
    secretArns: [`arn:aws:secretsmanager:${AT}:secret:hooks/billing-AbCdEf`],
  },
  functionArns: [`arn:aws:lambda:${AT}:function:report`],
  queueArns: [`arn:aws:sqs:${AT}:work`, `arn:aws:sqs:us-east-1:123456789012:work`],
  topicArns: [`arn:aws:sns:${AT}:news`],
  eventBusArns: [
    `arn:aws:events:${AT}:event-bus/orders`,
    'arn:aws:events:us-east-1:123456789012:event-bus/twice',
    `arn:aws:events:${AT}:event-bus/twice`,
  ],
  stateMachineArns: [`arn:aws:states:${AT}:stateMachine:billing`],
  loopback: false,
};
const http = (url: string, over: Partial<HttpTarget> = {}): HttpTarget => ({
  type: 'http',
  url,
  method: 'POST',
  headers: {},
  ...over,
});
const refused = (target: Target, by: AllowedTargets = allowed) =>
  targetProblems(target, by).map(({ path, message }) => `${path}: ${message}`);

describe('a deployment that lists nothing', () => {
  it.each<Target>([
    http('https://api.example.com/'),
    { type: 'lambda', functionArn: `arn:aws:lambda:${AT}:function:report` },
    { type: 'sqs', queueUrl: 'https://sqs.eu-west-1.amazonaws.com/123456789012/work' },
    { type: 'sns', topicArn: `arn:aws:sns:${AT}:news` },
    { type: 'eventbridge', busName: 'orders', detailType: 'x', source: 'y' },
    { type: 'stepFunctions', stateMachineArn: `arn:aws:states:${AT}:stateMachine:billing` },
  ])('refuses $type, and allows what is listed', (target) => {
    const [problem = ''] = refused(target, NO_TARGETS);
    expect(problem).toMatch(/^target\.\w+: this deployment does not allow it: .* escapement\.targets\./);
    expect(refused(target)).toEqual([]);
  });
});

describe('a host', () => {
  it.each([
    'https://api.example.com',
    'https://API.example.com:443/path?query',
    'https://a.example.org/',
    'https://a.b.example.org/',
    'https://odd.example.net:8443/',
    'https://any.example.net:1/',
    'https://any.example.net/',
    'https://8.8.8.8/',
    'https://134744072/',
  ])('is allowed as it is listed: %s', (url) => {
    expect(refused(http(url))).toEqual([]);
  });

  it.each([
    'https://api.example.com:8443/',
    'https://api.example.com./',
    'https://api.example.com.evil.test/',
    'https://evil.test/?api.example.com',
    'https://evil.test/#api.example.com',
    'https://evil.test\\@api.example.com/',
    'https://xapi.example.com/',
    'https://example.org/',
    'https://badexample.org/',
    'https://odd.example.net/',
    'https://*.example.org@evil.test/',
    'https://127.0.0.1/',
    'https://[::1]/',
    'https://localhost/',
  ])('is refused otherwise: %s', (url) => {
    expect(refused(http(url))[0]).toContain('escapement.targets.http.hosts');
  });

  it('is refused without TLS', () => {
    expect(refused(http('http://api.example.com/'))).toEqual(['target.url: must begin with https://']);
    expect(refused(http('http://127.0.0.1/'))).toEqual(['target.url: must begin with https://']);
  });

  it('is refused at an address that is not public, though it is listed', () => {
    expect(refused(http('https://10.0.0.7/'))).toEqual(['target.url: 10.0.0.7 is not a public address']);
    const inside = { ...allowed, http: { ...allowed.http, allowPrivate: true } };
    expect(refused(http('https://10.0.0.7/'), inside)).toEqual([]);
  });

  it('of this machine is allowed on the embedded engine, when it is listed', () => {
    const engine = (...hosts: string[]) => ({ ...allowed, loopback: true, http: { ...allowed.http, hosts } });
    expect(refused(http('http://127.0.0.1:8080/'), engine('127.0.0.1:8080'))).toEqual([]);
    expect(refused(http('http://[::1]:8080/'), engine('[::1]:*'))).toEqual([]);
    expect(refused(http('http://localhost:1/'), engine('localhost:*'))).toEqual([]);
    expect(refused(http('http://localhost:2/'), engine('localhost:1'))[0]).toContain('http.hosts');
    expect(refused(http('http://127.0.0.1:8080/'), engine())[0]).toContain('http.hosts');
    expect(refused(http('http://127.0.0.2/'), engine('127.0.0.2:*'))).toEqual([
      'target.url: must begin with https://',
    ]);
    expect(refused(http('http://api.example.com/'), engine('api.example.com:*'))).toEqual([
      'target.url: must begin with https://',
    ]);
  });
});

describe('a secret', () => {
  it('goes by its ARN or its name', () => {
    const [arn = ''] = allowed.http.secretArns;
    expect(secretArnOf(arn, allowed)).toBe(arn);
    expect(secretArnOf('hooks/billing', allowed)).toBe(arn);
    expect(secretArnOf('hooks', allowed)).toBeUndefined();
    expect(refused(http('https://api.example.com', { secretId: 'other' }))[0]).toContain('http.secretArns');
  });
});

describe('a queue', () => {
  it.each([
    ['https://sqs.eu-west-1.amazonaws.com/123456789012/work', 'eu-west-1'],
    ['https://sqs.us-east-1.amazonaws.com/123456789012/work', 'us-east-1'],
    ['http://127.0.0.1:40123/123456789012/work', 'eu-west-1'],
  ])('is found by its URL: %s', (url, region) => {
    expect(queueArnOf(url, allowed)).toBe(`arn:aws:sqs:${region}:123456789012:work`);
  });

  it.each([
    'https://sqs.eu-west-2.amazonaws.com/123456789012/work',
    'https://sqs.eu-west-1.amazonaws.com/210987654321/work',
    'https://sqs.eu-west-1.amazonaws.com/123456789012/work2',
    'https://sqs.eu-west-1.amazonaws.com/123456789012/work/',
    'https://evil.test/x?/123456789012/work/x',
    'arn:aws:sqs:eu-west-1:123456789012:work',
  ])('is not found by %s', (url) => {
    expect(queueArnOf(url, allowed)).toBeUndefined();
  });
});

describe('an event bus', () => {
  it('goes by its name where only one has it, else by its ARN', () => {
    expect(busArnOf('orders', allowed)).toBe(`arn:aws:events:${AT}:event-bus/orders`);
    expect(busArnOf('twice', allowed)).toBeUndefined();
    expect(busArnOf(`arn:aws:events:${AT}:event-bus/twice`, allowed)).toContain(AT);
    expect(busArnOf('rders', allowed)).toBeUndefined();
  });
});

it('one function does not allow its versions and aliases, nor the other way round', () => {
  const lambda = (functionArn: string): Target => ({ type: 'lambda', functionArn });
  expect(refused(lambda(`arn:aws:lambda:${AT}:function:report:live`))).toHaveLength(1);
  expect(refused(lambda(`arn:aws:lambda:${AT}:function:reports`))).toHaveLength(1);
});
