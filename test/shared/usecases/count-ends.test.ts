import { describe, expect, it } from 'vitest';
import type { EndKind, RunEnd } from '../../../shared/domain/run-end.ts';
import { boom, makeSchedulerWorld, ok, type SchedulerWorld, T0 } from '../../support/scheduler-world.ts';

const once = { kind: 'once', at: T0 } as const;

async function ended(w: SchedulerWorld): Promise<RunEnd[]> {
  await w.ends.flush();
  return w.tables.stats.batches.flatMap(({ ends }) => ends);
}
const kinds = async (w: SchedulerWorld): Promise<EndKind[]> => (await ended(w)).map(({ kind }) => kind);

describe('what ended is counted', () => {
  it('once for each run, with how long it took and how late it began', async () => {
    const w = makeSchedulerWorld();
    await w.addTask({ schedule: once });
    w.handle(async () => {
      await w.advance(2_000);
      return ok();
    });
    await w.advance(500);
    await w.hint(String(T0).padStart(15, '0'));
    expect(await ended(w)).toEqual([
      { tenant: 'root', taskId: 'job', kind: 'success', durationMs: 2_000, latenessMs: 500 },
    ]);
  });

  it('for each attempt that failed, and the last one as the death of its run', async () => {
    const w = makeSchedulerWorld();
    await w.addTask({ schedule: once });
    w.handle(() => boom());
    await w.minutes(3);
    expect(await kinds(w)).toEqual(['failed', 'failed', 'dead']);
    expect((await ended(w)).map(({ latenessMs }) => latenessMs !== undefined)).toEqual([false, false, true]);
  });

  it('not when a handler only puts its run off', async () => {
    const w = makeSchedulerWorld();
    await w.addTask({ schedule: once });
    w.handle(({ execution }) =>
      execution.attempt === 1 ? { kind: 'snoozed', seconds: 5, reason: 'not yet' } : ok(),
    );
    await w.minutes(2);
    expect(await kinds(w)).toEqual(['success']);
  });

  it('when the sweeper ends the attempt of a process that vanished, of which nobody knows how long it took', async () => {
    const w = makeSchedulerWorld();
    await w.addTask({ schedule: once, retry: { ...fixed, limit: 0 } });
    w.handle(() => new Promise<never>(() => {}));
    void w.hint(String(T0).padStart(15, '0'));
    await w.advance(120_000);
    await w.sweep();
    expect(await ended(w)).toEqual([
      { tenant: 'root', taskId: 'job', kind: 'dead', latenessMs: expect.any(Number) },
    ]);
  });
  const fixed = { strategy: 'fixed', baseSeconds: 1, maxSeconds: 1, jitter: 'none' } as const;

  it('when an occurrence is skipped', async () => {
    const w = makeSchedulerWorld();
    await w.addTask({ schedule: once, misfire: 'skip' });
    await w.advance(3_600_000);
    await w.hint(String(T0).padStart(15, '0'));
    expect(await kinds(w)).toEqual(['skipped']);
  });

  it('when a deadline was missed, once, with the end of the run', async () => {
    const w = makeSchedulerWorld();
    await w.addTask({ schedule: once, timeoutSeconds: 300, deadline: { seconds: 60, notify: true } });
    w.handle(async () => {
      await w.advance(90_000);
      await w.sweep();
      return ok();
    });
    await w.hint(String(T0).padStart(15, '0'));
    expect(await kinds(w)).toEqual(['success', 'late']);
  });

  it('not for the canary', async () => {
    const w = makeSchedulerWorld();
    await w.addTask({ schedule: once, handler: 'escapement.canary' });
    await w.minutes(2);
    expect(w.history()).toMatchObject([{ status: 'success' }]);
    expect(await ended(w)).toEqual([]);
  });

  it('once, when the answer to the write got lost and the SDK asked again', async () => {
    const w = makeSchedulerWorld();
    await w.addTask({ schedule: once });
    let lost = 0;
    w.hooks.after = (operation, [, change]) => {
      const isEnd = operation === 'executions.update' && JSON.stringify(change).includes('"success"');
      if (isEnd && lost++ === 0) throw new Error('the answer got lost');
    };
    const run = w.hint(String(T0).padStart(15, '0'));
    await w.advance(5_000);
    await run;
    expect(lost).toBe(2);
    expect(await kinds(w)).toEqual(['success']);
  });

  it('in one item for all of a batch, and none for nothing', async () => {
    const w = makeSchedulerWorld();
    for (let n = 0; n < 10; n++) await w.addTask({ schedule: once, taskId: `job-${n}` });
    await w.ends.flush();
    expect(w.tables.stats.batches).toEqual([]);
    await w.minutes(2);
    await w.ends.flush();
    await w.ends.flush();
    expect(w.tables.stats.batches).toHaveLength(1);
    expect(w.tables.stats.batches[0]?.ends).toHaveLength(10);
  });

  it('or not at all when it cannot be written, which harms no run', async () => {
    const w = makeSchedulerWorld();
    await w.addTask({ schedule: once });
    await w.minutes(2);
    w.hooks.before = () => {
      throw new Error('away');
    };
    await w.ends.flush();
    expect(w.lines.at(-1)).toMatchObject({ level: 'warn', message: 'ends not counted' });
    w.hooks.before = undefined;
    expect(await ended(w)).toEqual([]);
  });
});
