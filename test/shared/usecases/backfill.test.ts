import { describe, expect, it } from 'vitest';
import handlers from '#handlers';
import { BackfillInputSchema } from '../../../shared/contract/backfill.ts';
import { makeRegistry } from '../../../shared/contract/handler.ts';
import type { Execution } from '../../../shared/domain/execution.ts';
import { executionId } from '../../../shared/domain/occurrence.ts';
import type { Principal } from '../../../shared/domain/principal.ts';
import { toIso } from '../../../shared/domain/time.ts';
import { abortBackfill, backfill, findBackfill } from '../../../shared/usecases/manage-runs/backfill.ts';
import { retryRun } from '../../../shared/usecases/manage-runs/steer-run.ts';
import { boom, makeSchedulerWorld, ok, T0 } from '../../support/scheduler-world.ts';

const MINUTE_MS = 60_000;
const admin: Principal = { tenant: 'root', role: 'admin', actor: 'token:test' };
const PAST = { from: toIso(T0 - 5 * MINUTE_MS), to: toIso(T0) };

/** A task of every minute that has never run: five occurrences lie behind. */
async function makeWorld(over: Parameters<ReturnType<typeof makeSchedulerWorld>['addTask']>[0] = {}) {
  const world = makeSchedulerWorld();
  const schedule = { kind: 'interval', seconds: 60, startAt: T0 - 5 * MINUTE_MS } as const;
  await world.addTask({ schedule, ...over }, T0 + 60 * MINUTE_MS);
  const deps = { ...world, handlers: makeRegistry(handlers), retentionMs: 86_400_000 };
  const start = (input: object = PAST) => backfill(deps, admin, 'job', BackfillInputSchema.parse(input));
  const filled = () => world.history().filter(({ trigger }) => trigger === 'backfill');
  return { ...world, deps, start, filled };
}
const NO_RETRY = { strategy: 'fixed', limit: 0, baseSeconds: 10, maxSeconds: 10, jitter: 'none' } as const;
const minuteOf = ({ scheduledAt }: Pick<Execution, 'scheduledAt'>) => (scheduledAt - T0) / MINUTE_MS;

describe('a backfill', () => {
  it('counts first, and makes nothing then', async () => {
    const world = await makeWorld();
    const counted = await world.start({ ...PAST, dryRun: true });
    expect(counted).toMatchObject({ id: null, occurrences: 5, created: 0 });
    expect(counted.missing.map((scheduledAt) => minuteOf({ scheduledAt }))).toEqual([-5, -4, -3, -2, -1]);
    expect(world.history()).toEqual([]);
  });

  it.each([1, 2, 5])('runs the missing ones in order, %i at a time', async (concurrency) => {
    const world = await makeWorld({ overlap: 'allow' });
    await world.start({ ...PAST, concurrency });
    let live = 0;
    let most = 0;
    world.handle(async () => {
      most = Math.max(most, ++live);
      await world.clock.sleep(0);
      live--;
      return ok();
    });
    await world.minutes(1);
    expect(world.filled().map(({ status }) => status)).toEqual(Array(5).fill('success'));
    expect(most).toBeLessThanOrEqual(concurrency);
    expect(world.runs.map(({ execution }) => execution.scheduledAt)).toEqual(
      [-5, -4, -3, -2, -1].map((minute) => toIso(T0 + minute * MINUTE_MS)),
    );
  });

  it('takes only what has no run that started or waits', async () => {
    const world = await makeWorld();
    await world.start();
    await world.minutes(1);
    expect(await world.start()).toMatchObject({ id: null, occurrences: 5, missing: [], created: 0 });
    expect(world.filled()).toHaveLength(5);
  });

  it('leaves out what the task itself is about to run', async () => {
    const world = await makeWorld();
    await world.tasks.update(
      { tenant: 'root', taskId: 'job' },
      { set: { nextRunAt: T0 - 2 * MINUTE_MS }, guard: { equals: { status: 'active' } } },
    );
    expect(await world.start({ ...PAST, dryRun: true })).toMatchObject({ occurrences: 3 });
  });

  it('goes on behind a run that dies', async () => {
    const world = await makeWorld();
    world.handle(({ execution }) =>
      execution.scheduledAt === PAST.from ? boom({ nonRetryable: true }) : ok(),
    );
    await world.start();
    await world.minutes(1);
    expect(world.filled().map(({ status }) => status)).toEqual(['dead', ...Array(4).fill('success')]);
  });

  it('goes on when a person revives one that the next has passed already', async () => {
    const world = await makeWorld({ overlap: 'queue', retry: { ...NO_RETRY, limit: 1 } });
    await world.start({ ...PAST, from: toIso(T0 - 2 * MINUTE_MS) });
    // The first dies at once, the second fails once and waits for its retry.
    world.handle(({ execution: { attempt } }) =>
      boom({ nonRetryable: world.runs.length === 1 && attempt === 1 }),
    );
    while (world.runs.length < 2) await world.deliver();
    const [first] = world.filled();
    world.handle(() => ok());
    if (first) await retryRun(world.deps, admin, executionId(first));
    await world.minutes(3);
    expect(world.filled().map(({ status }) => status)).toEqual(['success', 'success']);
  });

  it('goes on when the hint to the next one is lost', async () => {
    const world = await makeWorld();
    await world.start();
    await world.deliver();
    world.workQueues.queue('default').purge();
    await world.minutes(12);
    expect(world.filled().map(({ status }) => status)).toEqual(Array(5).fill('success'));
  });

  it('is not late: its runs tell no lateness', async () => {
    const world = await makeWorld();
    await world.start();
    await world.minutes(1);
    expect(world.filled().map(({ latenessMs }) => latenessMs)).toEqual(Array(5).fill(undefined));
  });

  it('is aborted: what has not begun never does', async () => {
    const world = await makeWorld();
    const { id } = await world.start();
    await world.deliver();
    const runs = await abortBackfill(world.deps, admin, 'job', id ?? '');
    expect(runs.map(({ status }) => status)).toEqual(['success', ...Array(4).fill('cancelled')]);
    await world.minutes(7);
    expect(world.runs).toHaveLength(1);
    expect(await findBackfill(world.deps, admin, 'job', id ?? '')).toHaveLength(5);
    expect(await world.start()).toMatchObject({ created: 4 });
  });

  it.each([
    ['a window that is not over', { ...PAST, to: toIso(T0 + 1) }, 'to', 'has passed'],
    ['a window that ends before it begins', { from: PAST.to, to: PAST.from }, 'to', 'after from'],
    ['more runs than the limit', { ...PAST, limit: 4 }, 'limit', '5 runs'],
    ['a window without end', { ...PAST, from: toIso(T0 - 20_000 * MINUTE_MS) }, 'to', 'more than 10000'],
  ])('refuses %s', async (_, input, path, message) => {
    const world = await makeWorld({ schedule: { kind: 'interval', seconds: 60, startAt: 0 } });
    const fault = await world.start(input).catch((error: unknown) => error);
    expect(fault).toMatchObject({
      code: 'validation-failed',
      details: { errors: [{ path, message: expect.stringContaining(message) }] },
    });
    expect(world.history()).toEqual([]);
  });

  it('is found under its own id only', async () => {
    const world = await makeWorld();
    const { id } = await world.start();
    for (const other of ['', 'nonsense', `${id?.slice(0, -26)}01ARZ3NDEKTSV4RRFFQ69G5FAV`])
      await expect(findBackfill(world.deps, admin, 'job', other)).rejects.toMatchObject({
        code: 'not-found',
      });
  });
});
