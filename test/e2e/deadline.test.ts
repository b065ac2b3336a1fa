import { describe, expect } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { it, ms } from './target.ts';

const NOW = { kind: 'now' };

describe.concurrent('a run that has not finished by the deadline of its task', () => {
  it('is late for ever, though it ends well', async ({ world }) => {
    const task = await world.task({
      handler: 'demo.sleep',
      payload: { seconds: 3 },
      schedule: NOW,
      deadline: { seconds: 1 },
    });
    expect(task.deadline).toEqual({ seconds: 1, notify: true });
    const [run] = await world.ended(task.id);
    expect(run?.status).toBe('success');
    expect(ms(String(run?.lateSince)) - ms(run?.scheduledAt)).toBe(1_000);
  });

  it('is found while it is still running', { timeout: 180_000 }, async ({ world }) => {
    const task = await world.task({
      handler: 'demo.sleep',
      payload: { seconds: 150 },
      schedule: NOW,
      timeoutSeconds: 200,
      deadline: { seconds: 1 },
    });
    const run = await eventually(
      async () => {
        const [seen] = await world.runs(task.id);
        if (seen?.lateSince == null) throw new Error('not late yet');
        return seen;
      },
      { timeoutMs: 150_000 },
    );
    expect(run.status).toBe('running');
    await world.must(202, 'POST', `/v1/executions/${run.id}/cancel`);
    expect(await world.reached(run.id, 'cancelled', 30_000)).toMatchObject({ lateSince: run.lateSince });
  });

  it('is not said of one that is in time', async ({ world }) => {
    const task = await world.task({ schedule: NOW, deadline: { seconds: 60 } });
    const [run] = await world.ended(task.id);
    expect(run).toMatchObject({ status: 'success', lateSince: null });
  });
});
