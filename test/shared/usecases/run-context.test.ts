import { describe, expect, it } from 'vitest';
import { scheduledOccurrence } from '../../../shared/domain/occurrence.ts';
import { makeSchedulerWorld, ok, T0 } from '../../support/scheduler-world.ts';

const MINUTE_MS = 60_000;

describe('the payload of a run', () => {
  it('is filled in from task, run, previous run and variables when the run starts', async () => {
    const world = makeSchedulerWorld();
    await world.variables.change('root', () => ({ region: 'eu' }));
    const payload = JSON.stringify({
      from: '{{ previous.result.cursor }}',
      text: '{{ task.name }} in {{ variables.region }} at {{ run.scheduledAt }}',
    });
    await world.addTask({ payload });
    let cursor = 0;
    world.handle(() => ok({ cursor: ++cursor }));
    await world.minutes(3);
    expect(world.runs.map((run) => run.payload)).toEqual(
      [null, 1, 2].map((from, minute) => ({
        from,
        text: `Job in eu at ${new Date(T0 + minute * MINUTE_MS).toISOString()}`,
      })),
    );
  });

  it('is filled in by a trigger too, and anew at each attempt', async () => {
    const world = makeSchedulerWorld();
    await world.addTask({ payload: '{"n":"{{ run.attempt }}"}' });
    world.handle(({ execution }) =>
      execution.attempt === 1
        ? { kind: 'failed', cause: 'error', errorType: 'E', errorMessage: 'm', nonRetryable: false }
        : ok(),
    );
    await world.hint(scheduledOccurrence(T0));
    await world.advance(10_000);
    await world.hint(scheduledOccurrence(T0), { receiveCount: 2 });
    expect(world.runs.map((run) => run.payload)).toEqual([{ n: 1 }, { n: 2 }]);
  });

  it('ends the run at once when a template fails', async () => {
    const world = makeSchedulerWorld();
    await world.addTask({ payload: '{"n":"{{ $number(task.name) }}"}' });
    await world.hint(scheduledOccurrence(T0));
    expect(world.runs).toEqual([]);
    expect(world.history()).toMatchObject([
      { status: 'dead', reason: 'nonRetryable', errorType: 'TemplateFailed', attempt: 1 },
    ]);
  });

  it('costs no read when there is no template, and one for each name', async () => {
    const reads = async (payload: string) => {
      const world = makeSchedulerWorld();
      await world.addTask({ payload, overlap: 'allow' });
      await world.hint(scheduledOccurrence(T0));
      await world.advance(MINUTE_MS);
      let count = 0;
      world.hooks.before = (operation) => {
        if (operation === 'executions.read' || operation === 'variables.read') count++;
      };
      await world.hint(scheduledOccurrence(T0 + MINUTE_MS));
      return count;
    };
    const plain = await reads('{"text":"previous variables"}');
    expect(await reads('{"n":"{{ run.attempt }}"}')).toBe(plain);
    expect(await reads('{"n":"{{ previous.result }}"}')).toBe(plain + 1);
    expect(await reads('{"n":"{{ variables.a }}"}')).toBe(plain + 1);
  });
});
