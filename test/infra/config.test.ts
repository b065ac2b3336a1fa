import { App } from 'aws-cdk-lib';
import { describe, expect, it } from 'vitest';
import { resolveConfig, settingsFromContext } from '../../infra/config.ts';

function problemsOf(settings: unknown): string[] {
  try {
    resolveConfig(settings);
  } catch (error) {
    return String(error).split('\n').slice(1);
  }
  return [];
}

describe('the configuration', () => {
  it('needs nothing: every setting has a default', () => {
    const config = resolveConfig({});
    expect(config).toMatchObject({
      name: 'escapement',
      shards: 4,
      lookAheadSeconds: 75,
      retentionDays: 30,
      architecture: 'arm64',
      data: { onDelete: 'retain', pointInTimeRecovery: true },
    });
    const retry = { strategy: 'exponential', limit: 5, baseSeconds: 10, maxSeconds: 3600, jitter: 'none' };
    const others = { timeoutSeconds: 60, maxReceiveCount: 20, retry };
    expect(config.queues).toEqual({
      high: { priority: 10, workers: 20, ...others },
      default: { priority: 5, workers: 20, ...others },
      low: { priority: 1, workers: 5, ...others },
    });
  });

  it('lays given queues over those that ship, and null takes one away', () => {
    const { queues } = resolveConfig({
      queues: { high: { workers: 50, retry: { limit: 0 } }, low: null, reports: { timeoutSeconds: 870 } },
    });
    expect(Object.keys(queues)).toEqual(['high', 'default', 'reports']);
    expect(queues.high).toMatchObject({ priority: 10, workers: 50, retry: { limit: 0, baseSeconds: 10 } });
    expect(queues.reports).toMatchObject({ priority: 5, workers: 20, timeoutSeconds: 870 });
  });

  it('recycles threads below the memory that their executor has', () => {
    expect(problemsOf({ queues: { low: { recycleAboveMb: 600 } } })).toContain(
      "  escapement.queues.low.recycleAboveMb: expected at most the executor's memory, 512",
    );
    const { queues } = resolveConfig({ queues: { low: { recycleAboveMb: 600, memoryMb: 1024 } } });
    expect(queues.low?.recycleAboveMb).toBe(600);
  });

  it('lists everything wrong at once, each with its place', () => {
    const problems = problemsOf({
      shards: 0,
      shard: 4,
      logRetentionDays: 4,
      retentionDays: '30',
      queues: {
        Reports: {},
        dispatch: {},
        inbox: {},
        'high-dlq': {},
        default: null,
        low: { workers: 1, maxReceiveCount: 9, retry: { baseSeconds: 100, maxSeconds: 10 } },
      },
      data: { onDelete: 'destroy', deletionProtection: true },
      api: { corsOrigins: ['*'] },
      events: {
        rules: {
          Upper: { pattern: { source: ['a'] }, trigger: 'x' },
          empty: { pattern: {}, trigger: '-', payload: { a: ['{{ ((( }}'] }, bus: 'a b' },
        },
      },
    });
    for (const place of [
      'escapement: Unrecognized key: "shard"',
      'escapement.shards:',
      'escapement.logRetentionDays:',
      'escapement.retentionDays:',
      'escapement.queues.Reports: expected ^[a-z]',
      'escapement.queues.dispatch: is the name of the queue between tick and dispatch',
      'escapement.queues.inbox: is the name of the queue of what comes in',
      'escapement.queues.high-dlq: ends like',
      'escapement.queues.default: cannot be taken away',
      'escapement.queues.low.workers:',
      'escapement.queues.low.maxReceiveCount:',
      'escapement.queues.low.retry.maxSeconds: expected at least baseSeconds',
      'escapement.data.deletionProtection: contradicts',
      'escapement.api.corsOrigins.0: expected an origin',
      'escapement.events.rules.Upper: expected ^[a-z]',
      'escapement.events.rules.empty.pattern: expected something that the event must have',
      'escapement.events.rules.empty.trigger: must be 1 to 128',
      'escapement.events.rules.empty.payload.a.0: template {{ ((( }}',
      'escapement.events.rules.empty.bus: expected the name or ARN',
    ]) {
      expect(problems.filter((problem) => problem.includes(place))).toHaveLength(1);
    }
    expect(problems).toHaveLength(19);
  });

  it('has an inbox where rules need one, and not unless asked for where there are none', () => {
    const rules = { orders: { pattern: { source: ['shop'] }, trigger: 'pack' } };
    expect(resolveConfig({}).events).toMatchObject({ inbox: false, rules: {} });
    expect(resolveConfig({ events: { inbox: true } }).events).toMatchObject({ inbox: true });
    expect(resolveConfig({ events: { rules } }).events).toMatchObject({
      inbox: true,
      rules: { orders: { bus: 'default', delaySeconds: 0 } },
    });
    expect(problemsOf({ events: { inbox: false, rules } })).toEqual([
      expect.stringContaining('escapement.events.inbox: cannot be false'),
    ]);
  });

  it.each([0, 59, 81, 300])(
    'refuses a look-ahead of %i s: the next tick or a writer would miss what is due',
    (s) => {
      expect(problemsOf({ lookAheadSeconds: s })).toHaveLength(1);
    },
  );

  it('refuses more event rules than fit into the environment of a function', () => {
    const rule = {
      pattern: { source: ['shop'] },
      trigger: 'pack',
      payload: { order: '{{ event.detail.id }}' },
    };
    const many = (count: number) => ({
      events: { rules: Object.fromEntries(Array.from({ length: count }, (_, i) => [`rule-${i}`, rule])) },
    });
    expect(problemsOf(many(10))).toEqual([]);
    expect(problemsOf(many(60)).join()).toContain('event rules included');
  });

  it('refuses more queues than fit into the environment of a function', () => {
    const many = (count: number) => ({
      queues: Object.fromEntries(Array.from({ length: count }, (_, i) => [`queue-${i}`, {}])),
    });
    expect(problemsOf(many(12))).toEqual([]);
    expect(problemsOf(many(60)).join()).toContain('escapement.queues: 63 queues need about');
  });
});

describe('the settings in the context', () => {
  const read = (context: Record<string, unknown>) => settingsFromContext(new App({ context }).node);

  it('are the object under "escapement" in cdk.json', () => {
    expect(read({ escapement: { shards: 8 }, other: 1 })).toEqual({ shards: 8 });
  });

  it('are empty when nobody set any', () => {
    expect(read({})).toEqual({});
  });

  it('can come as JSON from the command line', () => {
    expect(read({ escapement: '{"shards":8}' })).toEqual({ shards: 8 });
  });

  it('are overlaid by single settings from the command line', () => {
    const escapement = { shards: 2, queues: { high: { workers: 3, priority: 7 } } };
    const settings = read({
      escapement,
      'escapement.queues.high.workers': '50',
      'escapement.data.pointInTimeRecovery': 'false',
      'escapement.handlers': 'src/handlers.ts',
    });
    expect(settings).toEqual({
      shards: 2,
      queues: { high: { workers: 50, priority: 7 } },
      data: { pointInTimeRecovery: false },
      handlers: 'src/handlers.ts',
    });
    expect(escapement.queues.high.workers).toBe(3);
  });
});
