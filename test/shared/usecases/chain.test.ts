import { describe, expect, it } from 'vitest';
import type { Execution } from '../../../shared/domain/execution.ts';
import { MAX_CHAIN_DEPTH } from '../../../shared/domain/limits.ts';
import { scheduledOccurrence } from '../../../shared/domain/occurrence.ts';
import { chainProblems } from '../../../shared/usecases/chain/refuse-cycles.ts';
import { playWithCrash } from '../../support/crashing.ts';
import { boom, definition, makeSchedulerWorld, ok, T0 } from '../../support/scheduler-world.ts';

const ONCE = { kind: 'once', at: T0 } as const;
const LATER = { kind: 'once', at: T0 + 86_400_000 } as const;
const links = { onSuccess: [{ taskId: 's' }], onFailure: [{ taskId: 'f' }], onDead: [{ taskId: 'd' }] };
const retry = { strategy: 'fixed', limit: 1, baseSeconds: 1, maxSeconds: 1, jitter: 'none' } as const;

async function makeWorld() {
  const world = makeSchedulerWorld();
  for (const taskId of ['s', 'f', 'd'])
    await world.addTask({ taskId, schedule: LATER, overlap: 'allow' }, T0 + 86_400_000);
  await world.addTask({ schedule: ONCE, timeoutSeconds: 5, retry, ...links });
  const of = (taskId: string): Execution[] => world.history().filter((run) => run.taskId === taskId);
  return { ...world, of };
}
const onlyJob =
  (result: (attempt: number) => ReturnType<typeof ok | typeof boom>) =>
  ({ execution }: { execution: { taskId: string; attempt: number } }) =>
    execution.taskId === 'job' ? result(execution.attempt) : ok();

describe('a chain', () => {
  it('triggers one run for a success, and one for each attempt that failed', async () => {
    const world = await makeWorld();
    world.handle(onlyJob((attempt) => (attempt === 1 ? boom() : ok({ file: 'a' }))));
    await world.minutes(3);
    expect(world.of('job')).toMatchObject([{ status: 'success', attempt: 2 }]);
    expect(world.of('s')).toMatchObject([
      { status: 'success', trigger: 'event', upstream: { taskId: 'job', outcome: 'success', depth: 1 } },
    ]);
    expect(world.of('f')).toMatchObject([
      { status: 'success', upstream: { outcome: 'failure', attempt: 1 } },
    ]);
    expect(world.of('d')).toEqual([]);
    expect(world.of('job')[0]).not.toHaveProperty('aftermath');
    expect(world.of('job')[0]?.index).toMatchObject({ set: 'ended' });
  });

  it('triggers one run when a run gives up, and again when a person’s retry does', async () => {
    const world = await makeWorld();
    world.handle(onlyJob(() => boom()));
    await world.minutes(3);
    expect([world.of('s').length, world.of('f').length, world.of('d').length]).toEqual([0, 2, 1]);
  });

  it('hands on the result, and what went wrong, to templates', async () => {
    const world = makeSchedulerWorld();
    const payload =
      '{"from":"{{ upstream.taskId }}","file":"{{ upstream.result.file }}","why":"{{ upstream.errorMessage }}"}';
    await world.addTask({ taskId: 's', schedule: LATER, payload: '{"own":true}' }, T0 + 86_400_000);
    await world.addTask({ schedule: ONCE, onSuccess: [{ taskId: 's', payload }, { taskId: 's' }] });
    world.handle(() => ok({ file: 'a.csv' }));
    await world.minutes(3);
    const payloads = world.runs.filter(({ execution }) => execution.taskId === 's').map((run) => run.payload);
    expect(payloads).toHaveLength(2);
    expect(payloads).toContainEqual({ from: 'job', file: 'a.csv', why: null });
    expect(payloads).toContainEqual({ own: true });
  });

  it('writes down that a paused task was passed over, and leaves one that is gone', async () => {
    const world = await makeWorld();
    const change = (taskId: string, status: 'paused' | 'deleted') =>
      world.tasks.update({ tenant: 'root', taskId }, { set: { status }, guard: {} });
    await change('s', 'paused');
    await change('f', 'deleted');
    world.handle(onlyJob((attempt) => (attempt === 1 ? boom() : ok())));
    await world.minutes(3);
    expect(world.of('s')).toMatchObject([{ status: 'skipped', reason: 'paused', trigger: 'event' }]);
    expect(world.of('f')).toEqual([]);
    expect(world.lines).toContainEqual(expect.objectContaining({ message: 'the task to trigger is gone' }));
  });

  it('ends a circle that two edits at once have closed', async () => {
    const world = makeSchedulerWorld();
    await world.addTask({ schedule: ONCE, overlap: 'allow', onSuccess: [{ taskId: 'job' }] });
    await world.minutes(3);
    expect(world.history()).toHaveLength(MAX_CHAIN_DEPTH + 1);
  });

  it('costs nothing where there is none', async () => {
    const operations = async (over: object) => {
      const world = makeSchedulerWorld();
      await world.addTask({ taskId: 's', schedule: LATER }, T0 + 86_400_000);
      await world.addTask(over);
      const seen: string[] = [];
      world.hooks.before = (operation) => {
        seen.push(operation);
      };
      await world.hint(scheduledOccurrence(T0));
      return seen;
    };
    const plain = await operations({});
    expect(plain.filter((operation) => /insert|update/.test(operation))).toHaveLength(3);
    expect((await operations({ onSuccess: [{ taskId: 's' }] })).length).toBeGreaterThan(plain.length);
  });

  it.each(['before', 'after'] as const)(
    'triggers each outcome once, also when a process dies %s any request',
    async (side) => {
      for (let crashAt = 1; crashAt <= 120; crashAt++) {
        const world = await makeWorld();
        world.handle(onlyJob((attempt) => (attempt === 1 ? boom() : ok())));
        await playWithCrash(world, { crashAt, side, minutes: 8, stepMs: 2_000 });
        const [job] = world.of('job');
        const where = `crash ${side} request ${crashAt}: ${job?.status}`;
        const failures = job?.attempts?.filter(({ status }) => status === 'failed').length ?? 0;
        expect(job?.status, where).toMatch(/success|dead/);
        expect(world.of('s').length, where).toBe(job?.status === 'success' ? 1 : 0);
        expect(world.of('f').length, where).toBe(failures);
        expect(world.of('d').length, where).toBe(job?.status === 'dead' ? 1 : 0);
        expect(
          world.history().every(({ status }) => /success|dead/.test(status)),
          where,
        ).toBe(true);
        expect(job, where).not.toHaveProperty('aftermath');
      }
    },
  );
});

describe('links of a task', () => {
  it('are refused when they lead nowhere or back, with the way', async () => {
    const world = makeSchedulerWorld();
    await world.addTask({ taskId: 'c', onDead: [{ taskId: 'a' }] });
    await world.addTask({ taskId: 'b', onFailure: [{ taskId: 'c' }] });
    await world.addTask({ taskId: 'free' });
    const a = definition({
      taskId: 'a',
      onSuccess: [{ taskId: 'free' }, { taskId: 'b' }],
      onDead: [{ taskId: 'a' }, { taskId: 'nobody' }],
    });
    expect(await chainProblems(world.tasks, a)).toEqual([
      { path: 'onSuccess[1].taskId', message: 'would lead back to this task: a → b → c → a' },
      { path: 'onDead[0].taskId', message: 'would lead back to this task: a → a' },
      { path: 'onDead[1].taskId', message: 'there is no task nobody' },
    ]);
  });

  it('are no concern of tasks that stand in a circle of their own', async () => {
    const world = makeSchedulerWorld();
    await world.addTask({ taskId: 'x', onSuccess: [{ taskId: 'y' }] });
    await world.addTask({ taskId: 'y', onSuccess: [{ taskId: 'x' }] });
    const a = definition({ taskId: 'a', onSuccess: [{ taskId: 'x' }] });
    expect(await chainProblems(world.tasks, a)).toEqual([]);
  });
});
