import { describe, expect, it } from 'vitest';
import { readEnv } from '../../../functions/env.ts';
import type { HouseFunction } from '../../../infra/constructs/function.ts';
import { deployment, logicalId } from '../deployment.ts';

const { template, scheduler } = deployment({
  shards: 8,
  retentionDays: 7,
  queues: { low: null, high: { recycleAboveMb: 300 } },
});

/** What CloudFormation makes of the variables, each reference replaced by the logical id that it names, or by a place that has the name of the queue. */
function environmentOf({ lambda }: HouseFunction): Record<string, string> {
  const id = logicalId(lambda);
  const variables: Record<string, unknown> =
    template.findResources('AWS::Lambda::Function')[id]?.Properties.Environment.Variables ?? {};
  return Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, textOf(value)]));
}

/** Names of the queues of the template by their logical id. */
const places = new Map(
  Object.entries(template.findResources('AWS::SQS::Queue')).map(([id, queue]) => [
    id,
    String(queue.Properties.QueueName),
  ]),
);

function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null) throw new Error(`unexpected ${value}`);
  if ('Ref' in value) return referred(String(value.Ref));
  if ('Fn::GetAtt' in value && Array.isArray(value['Fn::GetAtt'])) {
    const [id, attribute] = value['Fn::GetAtt'];
    return places.has(id) ? `arn:aws:sqs:${places.get(id)}` : `${id}.${attribute}`;
  }
  if ('Fn::Join' in value && Array.isArray(value['Fn::Join'])) {
    const [separator, parts] = value['Fn::Join'];
    return parts.map(textOf).join(separator);
  }
  throw new Error(`unexpected ${JSON.stringify(value)}`);
}

const referred = (id: string): string => (places.has(id) ? `https://sqs.test/${places.get(id)}` : id);

describe('the environment of a function', () => {
  it('can be read by the function', () => {
    const high = scheduler.executors.high;
    if (!high) throw new Error('no executor');
    const env = readEnv(
      ['ESCAPEMENT_QUEUE', 'ESCAPEMENT_QUEUES', 'ESCAPEMENT_RETENTION_DAYS'],
      environmentOf(high),
    );
    expect(env.ESCAPEMENT_QUEUE).toBe('high');
    expect(env.ESCAPEMENT_RETENTION_DAYS).toBe(7);
    expect(Object.keys(env.ESCAPEMENT_QUEUES)).toEqual(['high', 'default']);
    expect(env.ESCAPEMENT_QUEUES.default).toEqual({
      url: 'https://sqs.test/escapement-default',
      arn: 'arn:aws:sqs:escapement-default',
      dlqUrl: 'https://sqs.test/escapement-default-dlq',
      maxReceiveCount: 20,
    });
  });

  it('says above how much memory a handler thread is recycled, where the settings do', () => {
    const above = (name: string) => {
      const executor = scheduler.executors[name];
      return (
        executor &&
        readEnv(['ESCAPEMENT_RECYCLE_ABOVE_MB'], environmentOf(executor)).ESCAPEMENT_RECYCLE_ABOVE_MB
      );
    };
    expect([above('high'), above('default')]).toEqual([300, undefined]);
  });

  it('names the queues as they are named', () => {
    for (const [name, { queue, deadLetters }] of Object.entries(scheduler.workQueues)) {
      template.hasResourceProperties('AWS::SQS::Queue', { QueueName: `escapement-${name}` });
      template.hasResourceProperties('AWS::SQS::Queue', { QueueName: `escapement-${name}-dlq` });
      expect(places.get(logicalId(queue))).toBe(`escapement-${name}`);
      expect(places.get(logicalId(deadLetters))).toBe(`escapement-${name}-dlq`);
    }
  });

  it('tells the API the defaults of every queue', () => {
    const env = readEnv(
      ['ESCAPEMENT_QUEUE_DEFAULTS', 'ESCAPEMENT_SHARDS', 'ESCAPEMENT_VERSION'],
      environmentOf(scheduler.apiHandler),
    );
    expect(env.ESCAPEMENT_SHARDS).toBe(8);
    expect(env.ESCAPEMENT_VERSION).toMatch(/^\d+\.\d+\.\d+/);
    expect(env.ESCAPEMENT_QUEUE_DEFAULTS).toEqual({
      high: expect.objectContaining({ priority: 10, workers: 20, timeoutSeconds: 60 }),
      default: expect.objectContaining({
        retry: { strategy: 'exponential', limit: 5, baseSeconds: 10, maxSeconds: 3600, jitter: 'none' },
      }),
    });
  });

  it('tells the authorizer of an identity provider, if there is one', () => {
    const read = (fn: HouseFunction) => readEnv(['ESCAPEMENT_OIDC'], environmentOf(fn)).ESCAPEMENT_OIDC;
    expect(read(scheduler.authorizer)).toBeNull();
    const oidc = { issuer: 'https://id.example.com', audiences: ['jobs'], tenant: 'root' };
    // Of the console alone.
    const other = deployment({ auth: { oidc: { ...oidc, consoleClientId: 'console' } } });
    const text =
      other.template.findResources('AWS::Lambda::Function')[logicalId(other.scheduler.authorizer.lambda)]
        ?.Properties.Environment.Variables.ESCAPEMENT_OIDC;
    expect(readEnv(['ESCAPEMENT_OIDC'], { ESCAPEMENT_OIDC: text }).ESCAPEMENT_OIDC).toEqual({
      ...oidc,
      tenantClaim: 'tenant',
      roleClaim: 'role',
      roles: { viewer: 'viewer', operator: 'operator', admin: 'admin' },
    });
  });

  it('tells the API and the sweeper what feeds every queue', () => {
    for (const fn of [scheduler.apiHandler, scheduler.sweeper]) {
      const { ESCAPEMENT_EVENT_SOURCES: sources } = readEnv(['ESCAPEMENT_EVENT_SOURCES'], environmentOf(fn));
      expect(sources).toEqual({
        high: { id: expect.stringContaining('Workershigh'), workers: 20 },
        default: { id: expect.stringContaining('Workersdefault'), workers: 20 },
      });
    }
  });

  it('holds nothing but what the function needs', () => {
    expect(Object.keys(environmentOf(scheduler.authorizer))).toEqual([
      'ESCAPEMENT_TABLE',
      'ESCAPEMENT_ADMIN_TOKEN_SECRET_ARN',
      'ESCAPEMENT_OIDC',
    ]);
    expect(Object.keys(environmentOf(scheduler.tick))).not.toContain('ESCAPEMENT_QUEUES');
  });
});
