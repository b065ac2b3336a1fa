import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Change } from '../../../shared/domain/change.ts';
import type { Execution, ExecutionKey } from '../../../shared/domain/execution.ts';
import { CLOCK_SKEW_MS, KILL_MS } from '../../../shared/domain/limits.ts';
import { scheduledOccurrence } from '../../../shared/domain/occurrence.ts';
import type { ExecutionStore, HandlerRequest, HandlerResult } from '../../../shared/ports.ts';
import { runExecution } from '../../../shared/usecases/run-execution.ts';
import { sweepShard } from '../../../shared/usecases/sweep-shard.ts';
import { boom, makeSchedulerWorld, ok, T0 } from '../../support/scheduler-world.ts';

const STEP_MS = 500;

/** What becomes of a write while the handler is at work. */
const fate = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('done'), ms: fc.constant(0) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      /** `slow` both ways; `lost`: only the answer; `stuck`: reported as failed, and written all the same, later. */
      kind: fc.constantFrom('slow', 'lost', 'stuck', 'stuck', 'away'),
      ms: fc.constantFrom(500, 3_000, 6_000, 12_000, 20_000),
    }),
  },
);

/** Whatever a handler's signs, the store and the clocks of two hosts do. */
const scenario = fc.record({
  timeoutSeconds: fc.oneof(fc.integer({ min: 5, max: 120 }), fc.constant(120)),
  heartbeatSeconds: fc.oneof(fc.integer({ min: 5, max: 40 }), fc.constant(30)),
  /** Half seconds from each sign to the next; after the last there is silence. */
  gaps: fc.array(fc.oneof(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 6, max: 60 })), {
    maxLength: 20,
  }),
  endsAfter: fc.oneof(fc.integer({ min: 1, max: 300 }), fc.constant(300)),
  fates: fc.array(fate, { minLength: 1, maxLength: 5 }),
  skewMs: fc.integer({ min: -CLOCK_SKEW_MS, max: CLOCK_SKEW_MS }),
});
type Scenario = typeof scenario extends fc.Arbitrary<infer S> ? S : never;

const DANGERS: Scenario[] = [
  // A handler that counted from the answer, and not from before the write, would live too long.
  {
    timeoutSeconds: 120,
    heartbeatSeconds: 25,
    gaps: [6],
    endsAfter: 300,
    fates: [{ kind: 'slow', ms: 6_000 }],
    skewMs: -1_667,
  },
  // A write that got stuck comes through after a later one: it must not take the lease back.
  {
    timeoutSeconds: 120,
    heartbeatSeconds: 30,
    gaps: [1, 19],
    endsAfter: 90,
    fates: [
      { kind: 'stuck', ms: 20_000 },
      { kind: 'done', ms: 0 },
      { kind: 'done', ms: 0 },
    ],
    skewMs: -1,
  },
];

it('no lease ends while its handler lives, and every run whose handler ended is found', async () => {
  await fc.assert(fc.asyncProperty(scenario, play), { numRuns: 250, examples: DANGERS.map((one) => [one]) });
}, 120_000);

async function play(s: Scenario): Promise<void> {
  const w = makeSchedulerWorld();
  await w.addTask({
    schedule: { kind: 'once', at: T0 },
    timeoutSeconds: s.timeoutSeconds,
    heartbeatSeconds: Math.min(s.heartbeatSeconds, s.timeoutSeconds),
    retry: { strategy: 'fixed', limit: 0, baseSeconds: 1, maxSeconds: 1, jitter: 'none' },
  });
  const signs = new Set<number>();
  s.gaps.reduce((at, gap) => {
    signs.add(at + gap);
    return at + gap;
  }, 0);
  let alive = false;

  /** As the pool does it, at its slowest: dead KILL after its deadline, and deaf from the deadline on. */
  const asThePool = async (request: HandlerRequest): Promise<HandlerResult> => {
    alive = true;
    const now = () => w.clock.monotonicMs();
    const timeoutAt = now() + request.timeoutMs;
    let signDueAt = now() + (request.heartbeatMs ?? Number.POSITIVE_INFINITY);
    const deadline = () => Math.min(timeoutAt, signDueAt);
    for (let step = 1; step <= s.endsAfter && now() < deadline() + KILL_MS; step++) {
      await w.clock.sleep(Math.min(STEP_MS, deadline() + KILL_MS - now()));
      if (!signs.has(step) || now() >= deadline()) continue;
      void request.onHeartbeat?.().then((leftMs) => {
        if (leftMs !== undefined && now() < deadline()) signDueAt = now() + leftMs;
      });
    }
    alive = false;
    return now() < deadline() ? ok() : boom({ cause: 'timedOut' });
  };

  let writes = 0;
  w.hooks.before = async (operation, args) => {
    if (operation !== 'executions.update' || !alive) return;
    const { kind, ms } = s.fates[writes % s.fates.length] ?? { kind: 'done', ms: 0 };
    if (kind === 'slow') await w.clock.sleep(ms);
    if (kind === 'stuck') {
      const [key, change] = args as [ExecutionKey, Change<Execution>];
      void w.clock.sleep(ms).then(() => w.tables.executions.update(key, change));
    }
    if (kind === 'stuck' || kind === 'away') {
      writes++;
      throw new Error('away');
    }
  };
  w.hooks.after = async (operation) => {
    if (operation !== 'executions.update' || !alive) return;
    const { kind, ms } = s.fates[writes++ % s.fates.length] ?? { kind: 'done', ms: 0 };
    if (kind === 'slow') await w.clock.sleep(ms);
    if (kind === 'lost') throw new Error('the answer got lost');
  };

  const executor = {
    ...w.executor,
    clock: { ...w.clock, nowMs: () => w.clock.nowMs() + s.skewMs },
    handlers: { run: asThePool },
  };
  const run = runExecution(
    executor,
    { v: 1, kind: 'hint', tenant: 'root', taskId: 'job', occurrence: scheduledOccurrence(T0) },
    {
      queue: 'default',
      receiveCount: 1,
      maxReceiveCount: 20,
      remainingMs: () => 900_000,
      alongside: () => {},
    },
  );
  // The sweeper's own writes go to the table directly, so that what befalls a write befalls the executor's.
  const store = w.tables.executions;
  const executions: ExecutionStore = {
    ...w.executor.executions,
    read: async (key) => store.get(key),
    update: async (key, change) => store.update(key, change),
  };
  const { shardIndex: index, cursors, queueControls } = w;
  const sweeper = { ...w.executor, executions, index, cursors, queueControls };
  for (let ms = 0; ms < 240_000; ms += STEP_MS) {
    await w.advance(STEP_MS);
    await sweepShard(sweeper, { shard: 0, restore: false }, () => 60_000);
    if (alive) expect(w.history()[0]?.status).toBe('running');
  }
  await run;
  expect(['success', 'dead']).toContain(w.history()[0]?.status);
}
