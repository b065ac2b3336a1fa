import { describe, expect, expectTypeOf, it } from 'vitest';
import { resolveConfig, type SchemaInput } from '../../infra/config.ts';
import type { SchedulerProps } from '../../infra/scheduler-props.ts';
import { documented } from './documented-settings.ts';

const at = (value: unknown, path: string): unknown =>
  path
    .split('.')
    .reduce<unknown>((inner, key) => (inner instanceof Object ? Reflect.get(inner, key) : undefined), value);

const CERTIFICATE = 'arn:aws:acm:eu-west-1:123456789012:certificate/0a1b2c3d';
const PROVIDER = { issuer: 'https://id.example.com', audiences: ['jobs'] };
const required = {
  events: { rules: { sample: { pattern: { source: ['shop'] }, trigger: 'pack' } } },
  queues: { sample: {} },
  auth: { oidc: PROVIDER },
  api: { domain: { domainName: 'jobs.example.com', certificateArn: CERTIFICATE } },
  vpc: { vpcId: 'vpc-0123', subnetIds: ['subnet-0123'] },
} satisfies SchedulerProps;

/** Each setting present, which the compiler checks, and unlike its default, which a test does. */
type Complete<T> = T extends readonly unknown[] | string | number | boolean | null
  ? T
  : { [K in keyof T]-?: Complete<Exclude<T[K], undefined>> };
const everything: Complete<SchedulerProps> = {
  name: 'jobs',
  shards: 8,
  lookAheadSeconds: 70,
  queues: {
    sample: {
      priority: 9,
      workers: 7,
      timeoutSeconds: 100,
      retry: {
        strategy: 'fixed',
        limit: 2,
        baseSeconds: 3,
        maxSeconds: 4,
        jitter: 'full',
        rules: [{ match: { httpStatus: ['5xx'] }, then: 'retry', limit: 9 }],
      },
      maxReceiveCount: 50,
      memoryMb: 1024,
      recycleAboveMb: 300,
    },
  },
  retentionDays: 7,
  audit: { retentionDays: 90 },
  logRetentionDays: 14,
  auth: {
    adminTokenSecretArn: 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:admin-AbCdEf',
    oidc: {
      issuer: 'https://login.example.com',
      audiences: ['console'],
      consoleClientId: 'console',
      jwksUri: 'https://id.example.com/keys',
      tenantClaim: 'org',
      tenant: 'acme',
      roleClaim: 'groups',
      roles: { ops: 'operator' },
    },
  },
  api: {
    requestsPerSecond: 10,
    burst: 20,
    routes: { 'GET /v1/tasks': { requestsPerSecond: 3, burst: 6 } },
    corsOrigins: ['https://console.example.com'],
    domain: { domainName: 'jobs.example.com', certificateArn: CERTIFICATE, defaultEndpoint: false },
  },
  data: {
    onDelete: 'destroy',
    deletionProtection: false,
    pointInTimeRecovery: false,
    warmThroughput: { readUnitsPerSecond: 20_000, writeUnitsPerSecond: 8_000 },
  },
  kmsKeyArn: 'arn:aws:kms:eu-west-1:123456789012:key/0a1b2c3d',
  vpc: {
    vpcId: 'vpc-0123',
    subnetIds: ['subnet-0123'],
    securityGroupIds: ['sg-0123'],
    functions: 'all',
  },
  targets: {
    http: {
      hosts: ['api.example.com'],
      allowPrivate: true,
      secretArns: ['arn:aws:secretsmanager:eu-west-1:123456789012:secret:token-AbCdEf'],
      signingSecretArn: 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:signing-AbCdEf',
    },
    functionArns: ['arn:aws:lambda:eu-west-1:123456789012:function:report:live'],
    queueArns: ['arn:aws:sqs:eu-west-1:123456789012:work.fifo'],
    topicArns: ['arn:aws:sns:eu-west-1:123456789012:news'],
    eventBusArns: ['arn:aws:events:eu-west-1:123456789012:event-bus/orders'],
    stateMachineArns: ['arn:aws:states:eu-west-1:123456789012:stateMachine:billing'],
  },
  handlers: 'src/handlers.ts',
  functionMemoryMb: 256,
  architecture: 'x86_64',
  logLevel: 'WARN',
  sourceMaps: true,
  tracing: true,
  canary: false,
  console: false,
  events: {
    enabled: false,
    success: true,
    inbox: true,
    rules: {
      sample: {
        bus: 'shop',
        pattern: { source: ['shop'] },
        trigger: 'pack',
        payload: 'detail',
        delaySeconds: 60,
      },
    },
  },
  stats: { enabled: false, minuteRetentionDays: 1, hourRetentionDays: 7, dayRetentionDays: 30 },
  alarms: {
    enabled: false,
    email: 'ops@example.com',
    topicArn: 'arn:aws:sns:eu-west-1:123456789012:alarms',
    runbookUrl: 'https://example.com/operations.md',
    latenessSeconds: 10,
    backlogSeconds: 60,
    failurePercent: 10,
    failureMinimum: 5,
  },
  dashboard: false,
};

/** Without readonly and without what is only allowed to be left out. */
type Plain<T> = T extends readonly (infer E)[]
  ? Plain<E>[]
  : T extends object
    ? { -readonly [K in keyof T]-?: Plain<Exclude<T[K], undefined>> }
    : T;

describe('the props of the construct', () => {
  const defaults = resolveConfig(required);
  const settings = documented();

  it('are what the schema takes, no more and no less', () => {
    expectTypeOf<Plain<SchedulerProps>>().toEqualTypeOf<Plain<SchemaInput>>();
  });

  it.each(settings)('$path is documented with its default', ({ path, stated }) => {
    expect(stated, 'a setting without @default').toBeDefined();
    const value = at(defaults, path);
    if (stated === '- required') expect(value ?? at(everything, path)).toBeDefined();
    else if (stated?.startsWith('- ')) {
      const isWorkedOut = ['queues.sample.priority', 'queues.sample.workers', 'events.inbox'].includes(path);
      expect(value === undefined || typeof value === 'object' || isWorkedOut).toBe(true);
    } else expect(JSON.stringify(value)).toBe(stated?.replaceAll("'", '"'));
  });

  it('win over every default', () => {
    expect(resolveConfig(everything)).toMatchObject(everything);
    const leaves = settings.filter(({ path, stated }) => {
      const isLeaf = !(at(everything, path) instanceof Object) || Array.isArray(at(everything, path));
      // With rules there is nothing to decide about the inbox.
      return isLeaf && stated !== '- required' && path !== 'events.inbox';
    });
    expect(leaves.length).toBeGreaterThan(30);
    for (const { path } of leaves) {
      expect(JSON.stringify(at(everything, path)), path).not.toBe(JSON.stringify(at(defaults, path)));
    }
  });
});
