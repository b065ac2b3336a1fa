import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Execution } from '../../../shared/domain/execution.ts';
import { countedRun, ruleThatHolds, uncountedEnd } from '../../../shared/domain/stop-rules.ts';
import type { StopRules, TaskState } from '../../../shared/domain/task.ts';
import { aDefinition, aRun, aState, T0 } from '../../contracts/samples.ts';
import { applyChange } from '../../support/apply-change.ts';

const taskWith = (stop: StopRules, state: TaskState = aState()) => ({
  state,
  definition: aDefinition({ stop }),
});
const endedRun = (over: Partial<Execution>): Execution =>
  aRun({ status: 'success', tally: 'pending', finishedAt: T0 + 500, ...over });

/** Counts a run as the transaction would. */
function count(stop: StopRules, state: TaskState, run: Execution): { state: TaskState; run: Execution } {
  const change = countedRun(taskWith(stop, state), run, T0 + 1_000);
  const task = applyChange(state, change.task);
  const after = applyChange(run, change.run);
  if (!task.ok || !after.ok) throw new Error('refused');
  return { state: task.record, run: after.record };
}

describe('the rule that holds', () => {
  const tally = { runs: 3, successes: 2, failures: 1 };
  it.each<[StopRules, boolean, string | undefined]>([
    [{ afterRuns: 3 }, false, 'afterRuns'],
    [{ afterRuns: 4 }, false, undefined],
    [{ afterSuccesses: 2, afterRuns: 3 }, false, 'afterSuccesses'],
    [{ afterConsecutiveFailures: 1 }, false, 'afterConsecutiveFailures'],
    [{ afterConsecutiveFailures: 1, afterRuns: 3 }, false, 'afterRuns'],
    [{ when: 'x', afterRuns: 3 }, true, 'when'],
    [{ when: 'x' }, false, undefined],
    [{}, false, undefined],
  ])('%j, condition %s: %s', (stop, holds, rule) => {
    expect(ruleThatHolds(stop, tally, holds)).toBe(rule);
  });
});

describe('the end of a run', () => {
  it('is marked for tasks with stop rules only', () => {
    expect(uncountedEnd(aRun(), undefined, { success: true })).toEqual({});
    expect(uncountedEnd(aRun(), { afterRuns: 1 }, { success: false })).toEqual({ tally: 'pending' });
    expect(uncountedEnd(aRun(), { when: 'x' }, { success: true, holds: true })).toEqual({ tally: 'holds' });
  });

  it('counts once: what a person makes run again adds its success, and no second death', () => {
    expect(uncountedEnd(aRun({ counted: true }), { afterRuns: 9 }, { success: false })).toEqual({});
    const { state } = count({ afterRuns: 9 }, aState(), endedRun({ status: 'dead', letter: 'pending' }));
    expect(state.tally).toEqual({ runs: 1, successes: 0, failures: 1 });
    const again = count({ afterRuns: 9 }, state, endedRun({ counted: true, epoch: 1 }));
    expect(again.state.tally).toEqual({ runs: 1, successes: 1, failures: 0 });
  });

  it('rests where ended runs are once it is counted; a dead one stays for its letter', () => {
    expect(count({ afterRuns: 9 }, aState(), endedRun({})).run).toMatchObject({
      counted: true,
      index: { set: 'ended', at: T0 + 500 },
    });
    const index = { set: 'open', shard: 0, at: T0 + 60_000 } as const;
    const dead = endedRun({ status: 'dead', letter: 'pending', index });
    expect(count({ afterRuns: 9 }, aState(), dead).run).toMatchObject({ counted: true, index });
  });

  it.each([
    ['afterSuccesses', 'success', 'completed'],
    ['afterRuns', 'dead', 'completed'],
    ['afterConsecutiveFailures', 'dead', 'disabled'],
  ] as const)(
    'by %s ends the task: nothing is due any more, and nothing permitted before begins',
    (by, status, to) => {
      const { state, run } = count({ [by]: 1 }, aState(), endedRun({ status }));
      expect(state).toMatchObject({
        status: to,
        generation: 2,
        version: 2,
        stopped: { by, run: run.occurrence },
      });
      expect(state.pausedFrom).toBe(to === 'disabled' ? aState().nextRunAt : undefined);
      expect(state).not.toHaveProperty('nextRunAt');
      expect(state).not.toHaveProperty('index');
      expect(run).toMatchObject({ stopped: by, tally: 'untold', index: { set: 'open' } });
    },
  );

  it('completes a paused task, but does not disable it', () => {
    const { nextRunAt: _n, index: _i, ...paused } = aState({ status: 'paused' });
    expect(count({ afterRuns: 1 }, paused, endedRun({})).state.status).toBe('completed');
    const dead = endedRun({ status: 'dead' });
    expect(count({ afterConsecutiveFailures: 1 }, paused, dead).state.status).toBe('paused');
  });

  it('is counted in a task that has ended, which ends no second time', () => {
    const { nextRunAt: _n, index: _i, ...completed } = aState({ status: 'completed' });
    const after = count({ afterRuns: 1 }, completed, endedRun({}));
    expect(after.state).toMatchObject({ status: 'completed', version: 1, tally: { runs: 1 } });
    expect(after.run).not.toHaveProperty('stopped');
  });
});

describe('counting', () => {
  it('is refused when the task or its counts changed since they were read, or the run was counted', () => {
    const stop = { afterRuns: 9 };
    const change = countedRun(taskWith(stop), endedRun({}), T0);
    for (const over of [
      { version: 2 },
      { status: 'paused' },
      { tally: { runs: 1, successes: 1, failures: 0 } },
    ])
      expect(applyChange({ ...aState(), ...over } as TaskState, change.task).ok).toBe(false);
    const { tally: _, ...settled } = endedRun({ counted: true });
    expect(applyChange(settled, change.run).ok).toBe(false);
    expect(applyChange(endedRun({ epoch: 1 }), change.run).ok).toBe(false);
  });

  it('of any sequence of ends gives their numbers, and stops at the first that fulfils a rule', () => {
    const rules = fc.record(
      {
        afterRuns: fc.integer({ min: 1, max: 6 }),
        afterSuccesses: fc.integer({ min: 1, max: 6 }),
        afterConsecutiveFailures: fc.integer({ min: 1, max: 4 }),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(rules, fc.array(fc.boolean(), { maxLength: 12 }), (stop, successes) => {
        let state = aState();
        let stoppedAt: number | undefined;
        for (const [at, success] of successes.entries()) {
          const run = endedRun({
            status: success ? 'success' : 'dead',
            occurrence: String(at).padStart(15, '0'),
          });
          const after = count(stop, state, run);
          state = after.state;
          if (after.run.stopped) {
            stoppedAt = at;
            break;
          }
        }
        const upTo = (end: number) => successes.slice(0, end + 1);
        const holdsAt = (end: number) => {
          const seen = upTo(end);
          const streak = seen.length - 1 - seen.lastIndexOf(true);
          return (
            seen.length >= (stop.afterRuns ?? Number.POSITIVE_INFINITY) ||
            seen.filter(Boolean).length >= (stop.afterSuccesses ?? Number.POSITIVE_INFINITY) ||
            streak >= (stop.afterConsecutiveFailures ?? Number.POSITIVE_INFINITY)
          );
        };
        const expected = successes.findIndex((_, at) => holdsAt(at));
        expect(stoppedAt ?? -1).toBe(expected);
        const last = stoppedAt ?? successes.length - 1;
        expect(state.tally?.runs ?? 0).toBe(last + 1);
        expect(state.tally?.successes ?? 0).toBe(upTo(last).filter(Boolean).length);
      }),
    );
  });
});
