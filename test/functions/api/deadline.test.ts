import { describe, expect, it } from 'vitest';
import { makeApiWorld, TASK } from './api-world.ts';

describe('the deadline of a task', () => {
  it('is told unless its author says otherwise, and goes by a patch', async () => {
    const { create, call } = makeApiWorld();
    const task = await create({ deadline: { seconds: 300 } });
    expect(task.deadline).toEqual({ seconds: 300, notify: true });
    const patch = async (deadline: unknown) =>
      (await call({ method: 'PATCH', path: `/v1/tasks/${task.id}`, body: { deadline } })).body;
    expect(await patch({ notify: false })).toMatchObject({ deadline: { seconds: 300, notify: false } });
    expect(await patch(null)).not.toHaveProperty('deadline');
  });

  it.each([
    [{}, 'deadline.seconds'],
    [{ seconds: 0 }, 'deadline.seconds'],
    [{ seconds: 31 * 86_400 + 1 }, 'deadline.seconds'],
    [{ seconds: 5, notify: 'yes' }, 'deadline.notify'],
    [{ seconds: 5, email: 'a@b.c' }, 'deadline.email'],
  ])('%j is refused', async (deadline, path) => {
    const { call } = makeApiWorld();
    const { status, body } = await call({ method: 'POST', path: '/v1/tasks', body: { ...TASK, deadline } });
    expect(status).toBe(422);
    expect(body.errors).toMatchObject([{ path }]);
  });

  it('stands in the index of due tasks, also after an edit', async () => {
    const { create, call, tasks } = makeApiWorld();
    const task = await create({ deadline: { seconds: 300 } });
    const index = async () => (await tasks.readState({ tenant: 'root', taskId: task.id }))?.index;
    expect(await index()).toMatchObject({ deadlineSeconds: 300 });
    const patch = (body: object) => call({ method: 'PATCH', path: `/v1/tasks/${task.id}`, body });
    await patch({ deadline: { seconds: 60 } });
    expect(await index()).toMatchObject({ deadlineSeconds: 60 });
    await patch({ queue: 'low' });
    expect(await index()).toMatchObject({ deadlineSeconds: 60, queue: 'low' });
    await patch({ deadline: null });
    expect(await index()).not.toHaveProperty('deadlineSeconds');
  });
});
