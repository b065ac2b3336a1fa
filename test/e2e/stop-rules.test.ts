import { describe, expect } from 'vitest';
import type { ApiWorld } from '../support/api-world.ts';
import { eventually } from '../support/eventually.ts';
import { it } from './target.ts';

const EVERY_SECOND = { kind: 'interval', seconds: 1 };

const reaches = (world: ApiWorld, taskId: string, status: string) =>
  eventually(
    async () => {
      const task = await world.read(taskId);
      if (task.status !== status) throw new Error(`expected ${status}, got ${task.status}`);
      return task;
    },
    { timeoutMs: 60_000 },
  );

describe.concurrent('a repeating task', () => {
  it('ends when its condition on the result holds', async ({ world }) => {
    const due = Date.now() + 3_000;
    const task = await world.task({
      handler: 'demo.echo',
      payload: { done: `{{ $toMillis(run.scheduledAt) > ${due} }}` },
      schedule: EVERY_SECOND,
      stop: { when: 'result.done = true' },
    });
    const ended = await reaches(world, task.id, 'completed');
    const runs = await world.ended(task.id, 2);
    expect(ended).toMatchObject({ nextRunAt: null, stopped: { by: 'when', executionId: runs[0]?.id } });
    expect(runs.map(({ stopped }) => stopped)).toEqual(['when', ...runs.slice(1).map(() => null)]);
    expect(runs.map(({ result }) => result)).toEqual([
      { done: true },
      ...runs.slice(1).map(() => ({ done: false })),
    ]);
  });

  it('ends after so many runs, and not one more', async ({ world }) => {
    const task = await world.task({ schedule: EVERY_SECOND, stop: { afterRuns: 3 } });
    const ended = await reaches(world, task.id, 'completed');
    expect(ended).toMatchObject({ stopCounts: { runs: 3, successes: 3, consecutiveFailures: 0 } });
    const runs = await world.runs(task.id);
    expect(runs.filter(({ status }) => status === 'success')).toHaveLength(3);
    expect(runs[0]).toMatchObject({ stopped: 'afterRuns' });
  });

  it('is disabled when its runs die in a row, and goes on when somebody resumes it', async ({ world }) => {
    const task = await world.task({
      handler: 'demo.fail',
      schedule: EVERY_SECOND,
      retry: { limit: 0 },
      stop: { afterConsecutiveFailures: 2 },
    });
    const disabled = await reaches(world, task.id, 'disabled');
    expect(disabled).toMatchObject({
      nextRunAt: null,
      stopped: { by: 'afterConsecutiveFailures' },
      stopCounts: { runs: 2, consecutiveFailures: 2 },
    });
    const resumed = await world.must(200, 'POST', `/v1/tasks/${task.id}/resume`);
    expect(resumed).toMatchObject({ status: 'active', stopCounts: { runs: 2, consecutiveFailures: 0 } });
    expect(await reaches(world, task.id, 'disabled')).toMatchObject({ stopCounts: { runs: 4 } });
  });
});
