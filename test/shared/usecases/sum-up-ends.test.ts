import { describe, expect, it } from 'vitest';
import { END_KINDS, type RunEnd } from '../../../shared/domain/run-end.ts';
import {
  INTERVALS,
  type Interval,
  LENGTH_MS,
  type Marks,
  startOf,
} from '../../../shared/domain/stats-time.ts';
import { summarize } from '../../../shared/domain/summary.ts';
import { sumUpEnds } from '../../../shared/usecases/sum-up-ends.ts';
import { makeSeededRandom } from '../../support/memory-clock.ts';
import { makeMemoryWorld } from '../../support/memory-world.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const T = Date.UTC(2026, 10, 21, 22, 57, 0);
const LONG_MS = 600_000;

const anEnd = (over: Partial<RunEnd> = {}): RunEnd => ({
  tenant: 'root',
  taskId: 'job',
  kind: 'success',
  durationMs: 100,
  ...over,
});

function makeWorld() {
  const world = makeMemoryWorld({ nowMs: T });
  let known: Marks | undefined;
  return {
    ...world,
    /** What a process does each minute; `fresh`: it has just begun and remembers nothing. */
    async sumUp({ fresh = false, remainingMs = LONG_MS } = {}) {
      known = await sumUpEnds(world, fresh ? undefined : known, () => remainingMs);
      return known;
    },
    end: (...ends: RunEnd[]) => world.stats.append({ minute: startOf('minute', world.clock.nowMs()), ends }),
  };
}
type World = ReturnType<typeof makeWorld>;

/** Every summary must be that of the ends within it, and nothing else may stand. */
function expectExact({ tables }: World, until: Record<Interval, number>, where = ''): void {
  const { batches, summaries, totals } = tables.stats;
  const all = batches.flatMap(({ minute, ends }) => ends.map((end) => ({ minute, end })));
  for (const interval of INTERVALS) {
    const groups = Map.groupBy(
      all.filter(({ minute }) => minute < until[interval]),
      ({ minute, end }) => `${end.tenant} ${startOf(interval, minute)}`,
    );
    const expected = new Map([...groups].map(([key, of]) => [key, summarize(of.map(({ end }) => end))]));
    const found = new Map(summaries[interval].map(({ tenant, at, summary }) => [`${tenant} ${at}`, summary]));
    expect(found, `${where} ${interval}`).toEqual(expected);
  }
  for (const [tenant, { summary }] of totals) {
    const of = all.filter(({ minute, end }) => end.tenant === tenant && minute < until.hour);
    const { tasks: _, ...expected } = summarize(of.map(({ end }) => end));
    expect(summary, `${where} total`).toEqual({ ...expected, tasks: [] });
  }
  const tenants = new Set(all.flatMap(({ minute, end }) => (minute < until.hour ? [end.tenant] : [])));
  expect(new Set(totals.keys()), where).toEqual(tenants);
}

describe('what ended is summed up', () => {
  it('by the minute, once the minute is closed', async () => {
    const w = makeWorld();
    await w.end(anEnd(), anEnd({ kind: 'dead' }), anEnd({ tenant: 'acme' }));
    await w.advance(119_000);
    await w.sumUp();
    expect(w.tables.stats.summaries.minute).toEqual([]);
    await w.advance(1_000);
    await w.sumUp();
    expect(w.tables.stats.summaries.minute).toHaveLength(2);
    expectExact(w, { minute: T + MINUTE_MS, hour: 0, day: 0 });
  });

  it('to hours, days and totals, also when nothing ends any more', async () => {
    const w = makeWorld();
    for (let minute = 0; minute < 130; minute++) {
      if (minute % 3 === 0) await w.end(anEnd({ durationMs: minute * 100, taskId: `task-${minute % 7}` }));
      await w.sumUp();
      await w.advance(MINUTE_MS);
    }
    // The last look was a minute ago, and the minute before it was not closed yet.
    const now = T + 128 * MINUTE_MS;
    expectExact(w, { minute: now, hour: startOf('hour', now), day: startOf('day', now) });
    for (let hour = 0; hour < 26; hour++) {
      await w.advance(HOUR_MS);
      await w.sumUp();
    }
    const later = w.clock.nowMs();
    expectExact(w, { minute: later, hour: later, day: startOf('day', later) });
    expect(w.tables.stats.marks).toEqual({ minutes: expect.any(Number) });
  });

  it('after days in which nobody did', async () => {
    const w = makeWorld();
    for (let n = 0; n < 30; n++) {
      await w.end(anEnd({ tenant: n % 2 === 0 ? 'root' : 'acme' }));
      await w.advance(47 * MINUTE_MS);
    }
    await w.advance(24 * HOUR_MS);
    await w.sumUp();
    const now = w.clock.nowMs();
    expectExact(w, { minute: now, hour: now, day: startOf('day', now) });
  });

  it('as far as time is left, and further at the next time', async () => {
    const w = makeWorld();
    for (let n = 0; n < 10; n++) {
      await w.end(anEnd());
      await w.advance(MINUTE_MS);
    }
    await w.advance(5 * MINUTE_MS);
    let looks = 0;
    await sumUpEnds(w, undefined, () => (looks++ < 2 ? LONG_MS : 0));
    const some = w.tables.stats.summaries.minute.length;
    expect(some).toBeGreaterThan(0);
    expect(some).toBeLessThan(10);
    await w.sumUp();
    expectExact(w, { minute: w.clock.nowMs(), hour: startOf('hour', w.clock.nowMs()), day: 0 });
  });

  it('and where nothing ended, nothing is written and one look a minute is all', async () => {
    const w = makeWorld();
    await w.end(anEnd());
    for (let hour = 0; hour < 27; hour++) {
      await w.advance(HOUR_MS);
      await w.sumUp();
    }
    const asked: string[] = [];
    w.hooks.before = (operation) => void asked.push(operation);
    for (let minute = 0; minute < 60; minute++) {
      await w.advance(MINUTE_MS);
      await w.sumUp();
    }
    expect(asked).toEqual(Array.from({ length: 60 }, () => 'stats.batches'));
  });

  it('by two at the same time as by one', async () => {
    const w = makeWorld();
    const known: (Marks | undefined)[] = [undefined, undefined];
    const random = makeSeededRandom(3);
    // Whoever asks first is not answered first.
    w.hooks.after = async () => {
      for (let turns = Math.floor(random.next() * 5); turns > 0; turns--) await Promise.resolve();
    };
    for (let minute = 0; minute < 70; minute++) {
      await w.end(anEnd({ durationMs: minute }));
      await w.advance(MINUTE_MS);
      const both = known.map((marks, at) =>
        sumUpEnds(w, minute % 5 === at ? undefined : marks, () => LONG_MS),
      );
      for (const [at, marks] of (await Promise.all(both)).entries()) known[at] = marks;
    }
    const now = w.clock.nowMs();
    expectExact(w, {
      minute: now - MINUTE_MS,
      hour: startOf('hour', now - MINUTE_MS),
      day: startOf('day', now - MINUTE_MS),
    });
  });
});

/**
 * A process may die before or after any request. Whoever comes next finds the marks as they were: nothing is counted
 * twice in a summary or a total, and nothing is missing.
 */
describe('wherever the process dies', () => {
  const STEPS = [1, 1, 2, 5, 60, 3, 1, 700, 800, 1, 90];

  async function play(crashAt: number, side: 'before' | 'after') {
    const w = makeWorld();
    const random = makeSeededRandom(11);
    const some = <V>(of: readonly V[]): V => of[Math.floor(random.next() * of.length)] as V;
    let operations = 0;
    let die = () => {};
    let died = false;
    for (const minutes of STEPS) {
      w.hooks[side] = undefined;
      for (let n = 0; n < 4; n++)
        await w.end(
          anEnd({
            tenant: some(['root', 'acme']),
            taskId: some(['a', 'b', 'c']),
            kind: some(END_KINDS),
            durationMs: n,
          }),
        );
      await w.advance(minutes * MINUTE_MS);
      const dead = new Promise<void>((resolve) => {
        die = resolve;
      });
      w.hooks[side] = () => {
        if (++operations !== crashAt) return;
        died = true;
        die();
        return new Promise<never>(() => {});
      };
      const fresh = died;
      died = false;
      await Promise.race([w.sumUp({ fresh }), dead]);
    }
    w.hooks[side] = undefined;
    await w.advance(3 * MINUTE_MS);
    await w.sumUp({ fresh: true });
    return { w, operations };
  }

  it.each(['before', 'after'] as const)('%s a request', async (side) => {
    const { operations } = await play(Number.POSITIVE_INFINITY, side);
    expect(operations).toBeGreaterThan(80);
    for (let crashAt = 1; crashAt <= operations; crashAt++) {
      const { w } = await play(crashAt, side);
      const now = startOf('minute', w.clock.nowMs() - MINUTE_MS);
      const over = (interval: Interval) => startOf(interval, now);
      expectExact(w, { minute: now, hour: over('hour'), day: over('day') }, `crash ${side} ${crashAt}:`);
    }
  });
});

it('an interval is as long as it says', () => {
  expect(LENGTH_MS).toEqual({ minute: MINUTE_MS, hour: HOUR_MS, day: 24 * HOUR_MS });
});
