import { describe, expect, it } from 'vitest';
import { makeApiWorld, TASK } from './api-world.ts';

describe('stop rules of a task', () => {
  it('are shown as written, with what was counted', async () => {
    const { create, call } = makeApiWorld();
    const stop = { afterRuns: 100, afterConsecutiveFailures: 5, when: 'result.done = true' };
    const task = await create({ stop });
    expect(task).toMatchObject({ stop, stopCounts: { runs: 0, successes: 0, consecutiveFailures: 0 } });
    expect(task).not.toHaveProperty('stopped');
    const again = await call({ method: 'PUT', path: `/v1/tasks/${task.id}`, body: task });
    expect(again.body).toMatchObject({ version: 1, stop });
    const gone = await call({ method: 'PATCH', path: `/v1/tasks/${task.id}`, body: { stop: null } });
    expect(gone.body).not.toHaveProperty('stop');
    expect(gone.body).not.toHaveProperty('stopCounts');
  });

  it.each([
    [{}, 'stop', 'at least one rule'],
    [{ afterRuns: 0 }, 'stop.afterRuns', '>=1'],
    [{ afterSuccesses: 1.5 }, 'stop.afterSuccesses', 'int'],
    [{ when: 'result.(' }, 'stop.when', 'not JSONata'],
    [{ when: '$match(result, /a+/)' }, 'stop.when', 'regular expressions'],
    [{ afterRuns: 1, after: 3 }, 'stop.after', 'unknown field'],
  ])('%j is refused', async (stop, path, message) => {
    const { call } = makeApiWorld();
    const { status, body } = await call({ method: 'POST', path: '/v1/tasks', body: { ...TASK, stop } });
    expect(status).toBe(422);
    expect(body.errors).toMatchObject([{ path, message: expect.stringContaining(message) }]);
  });
});

describe('a task that a stop rule has ended', () => {
  const stopped = async (status: 'completed' | 'disabled') => {
    const world = makeApiWorld();
    const task = await world.create({ stop: { afterRuns: 2, afterConsecutiveFailures: 2 } });
    const key = { tenant: 'root', taskId: task.id };
    const state = await world.tasks.readState(key);
    const by = status === 'completed' ? 'afterRuns' : 'afterConsecutiveFailures';
    await world.tasks.update(key, {
      set: {
        status,
        version: 2,
        tally: { runs: 2, successes: 0, failures: 2 },
        stopped: { by, at: state?.createdAt ?? 0, run: '001795251600000' },
      },
      remove: ['nextRunAt', 'index'],
      guard: {},
    });
    const patch = async (body: object) =>
      (await world.call({ method: 'PATCH', path: `/v1/tasks/${task.id}`, body })).body;
    return { ...world, task, patch };
  };

  it('says by which rule and which run', async () => {
    const { call, task } = await stopped('completed');
    expect((await call({ path: `/v1/tasks/${task.id}` })).body).toMatchObject({
      status: 'completed',
      nextRunAt: null,
      stopped: { by: 'afterRuns', at: '2026-11-21T09:00:00.000Z', executionId: `${task.id}~001795251600000` },
    });
  });

  it('goes on when its rules change, and counts anew', async () => {
    const { patch } = await stopped('completed');
    expect(await patch({ name: 'Another name' })).toMatchObject({ status: 'completed' });
    const goes = await patch({ stop: { afterRuns: 5 } });
    expect(goes).toMatchObject({ status: 'active', stopCounts: { runs: 0 } });
    expect(goes.nextRunAt).not.toBeNull();
    expect(goes).not.toHaveProperty('stopped');
  });

  it('goes on when somebody resumes it after failures, which are counted from there', async () => {
    const { call, task } = await stopped('disabled');
    const resumed = await call({ method: 'POST', path: `/v1/tasks/${task.id}/resume` });
    expect(resumed.body).toMatchObject({
      status: 'active',
      stopCounts: { runs: 2, consecutiveFailures: 0 },
    });
    expect(resumed.body).not.toHaveProperty('stopped');
  });

  it('keeps its count over an edit that concerns something else', async () => {
    const { patch } = await stopped('disabled');
    expect(await patch({ tags: ['x'] })).toMatchObject({ stopCounts: { runs: 2, consecutiveFailures: 2 } });
    expect(await patch({ schedule: { kind: 'interval', seconds: 60 } })).toMatchObject({
      status: 'disabled',
      stopCounts: { runs: 0, consecutiveFailures: 0 },
    });
  });
});
