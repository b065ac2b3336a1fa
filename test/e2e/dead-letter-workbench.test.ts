import { describe, expect } from 'vitest';
import * as z from 'zod';
import type { ApiWorld } from '../support/api-world.ts';
import { readAll } from '../support/api-world.ts';
import { QueueDocument, type Run, RunDocument } from '../support/documents.ts';
import { eventually } from '../support/eventually.ts';
import { it } from './target.ts';

/** The tests of this file come one after another; what other tests leave in the queue has other messages. */
const LETTERS = '/v1/queues/low/dead-letters';

const Group = z.looseObject({
  fingerprint: z.string(),
  count: z.int(),
  tasks: z.int(),
  sample: z.looseObject({ executionId: z.string(), pattern: z.string() }),
});
const RedriveReply = z.looseObject({
  count: z.int(),
  canary: z.object({ id: z.string(), executionId: z.string(), waiting: z.int() }).nullable(),
});
const Canary = z.looseObject({ state: z.string(), waiting: z.int() });

describe('the workbench of dead letters', () => {
  it('makes three groups of twelve runs that died of three things', async ({ world }) => {
    const word = wordOf();
    const [one, two] = [await failing(world), await failing(world)];
    for (let i = 0; i < 5; i++) await trigger(world, one, { message: `${word}: order ${i} not found` });
    for (let i = 0; i < 4; i++)
      await trigger(world, i % 2 ? one : two, { message: `${word}: no mailbox "${i}@b.c"` });
    for (let i = 0; i < 3; i++) await trigger(world, two, { message: `${word}: gave up` });
    const groups = await groupsOf(world, word, 12);
    expect(groups.map(({ count, tasks, sample }) => [count, tasks, sample.pattern])).toEqual([
      [5, 1, `${word}: order <n> not found`],
      [4, 2, `${word}: no mailbox <text>`],
      [3, 1, `${word}: gave up`],
    ]);
  });

  it('lets a group go once its canary has succeeded', async ({ world }) => {
    const { runs, group } = await madeDead(world, 4, { times: 1 });
    const reply = await redrive(world, { fingerprint: group.fingerprint, canary: true });
    expect(reply).toMatchObject({ count: 1, canary: { waiting: 3 } });
    const done = await Promise.all(runs.map(({ id }) => world.reached(id, 'success', 90_000)));
    expect(done.map(({ attempt }) => attempt)).toEqual([2, 2, 2, 2]);
    await eventually(async () =>
      expect(await canaryOf(world, reply)).toMatchObject({ state: 'released', waiting: 0 }),
    );
    const first = done.find(({ id }) => id === reply.canary?.executionId);
    for (const other of done.filter((run) => run !== first))
      expect(Date.parse(other.startedAt ?? '')).toBeGreaterThanOrEqual(Date.parse(first?.finishedAt ?? ''));
  });

  it('holds a group whose canary dies again', async ({ world }) => {
    const { runs, group } = await madeDead(world, 3, {});
    const reply = await redrive(world, { fingerprint: group.fingerprint, canary: true });
    await eventually(async () =>
      expect(await canaryOf(world, reply)).toMatchObject({ state: 'held', waiting: 2, total: 2 }),
    );
    const now = await Promise.all(runs.map(({ id }) => world.run(id)));
    expect(now.map(({ status }) => status)).toEqual(['dead', 'dead', 'dead']);
    expect(now.map(({ attempt }) => attempt).toSorted()).toEqual([1, 1, 2]);
  });

  it('takes another payload for a retry, and refuses what the handler would', async ({ world }) => {
    const { runs } = await madeDead(world, 1, {});
    const [{ id } = { id: '' }] = runs;
    const retry = `/v1/executions/${id}/retry`;
    await world.must(422, 'POST', retry, { json: { payload: { times: 'once' } } });
    expect(await world.run(id)).toMatchObject({ status: 'dead', attempt: 1 });
    await world.must(202, 'POST', retry, { json: { payload: { times: 0 } } });
    expect(await world.reached(id, 'success')).toMatchObject({ attempt: 2, result: { attempt: 2 } });
  });

  it('patches the payloads of those it runs again', async ({ world }) => {
    const { runs } = await madeDead(world, 2, {});
    const ids = runs.map(({ id }) => id);
    await redrive(world, { ids, payloadPatch: { times: 0 } });
    await Promise.all(ids.map((id) => world.reached(id, 'success')));
  });

  it('puts away what was resolved, and what is ignored from then on', async ({ world }) => {
    const { word, task, runs, group } = await madeDead(world, 3, {});
    const { fingerprint } = group;
    const before = await deadLettersOf(world);
    const [{ id } = { id: '' }] = runs;
    await world.must(200, 'POST', `${LETTERS}/resolve`, { json: { ids: [id], note: 'by hand' } });
    expect(await world.run(id)).toMatchObject({
      status: 'dead',
      resolution: { kind: 'resolved', note: 'by hand' },
    });
    await groupsOf(world, word, 2);
    await eventually(async () => expect(await deadLettersOf(world)).toBe(before - 1));
    const resolved = await readAll(
      world,
      `${LETTERS}?resolution=resolved&fingerprint=${fingerprint}`,
      RunDocument,
    );
    expect(resolved.map((run) => run.id)).toEqual([id]);

    await world.must(200, 'POST', `${LETTERS}/ignore`, { json: { fingerprint, note: 'known' } });
    const later = await trigger(world, task, { message: `${word}: 4711` });
    await eventually(async () =>
      expect(await world.run(later.id)).toMatchObject({ resolution: { kind: 'ignored', note: 'known' } }),
    );
    await groupsOf(world, word, 0);

    const reopened = await world.must(200, 'POST', `${LETTERS}/reopen`, { json: { fingerprint } });
    expect(reopened).toMatchObject({ count: 4 });
    await groupsOf(world, word, 4);
  });
});

/** Of letters only, so that it stays in the pattern. */
const wordOf = (): string =>
  `w${[...crypto.randomUUID()].map((digit) => 'ghijklmnopqrstuv-'['0123456789abcdef-'.indexOf(digit)] ?? '').join('')}`;

async function failing(world: ApiWorld): Promise<string> {
  const { id } = await world.task({
    handler: 'demo.fail',
    queue: 'low',
    overlap: 'allow',
    schedule: { kind: 'cron', expressions: ['0 0 1 1 *'] },
    retry: { strategy: 'fixed', limit: 0, baseSeconds: 1, maxSeconds: 1 },
  });
  return id;
}

async function trigger(world: ApiWorld, task: string, payload: object): Promise<Run> {
  return RunDocument.parse(await world.must(202, 'POST', `/v1/tasks/${task}/trigger`, { json: { payload } }));
}

/** So many runs of a new task that died of the same, which nothing else dies of. */
async function madeDead(world: ApiWorld, count: number, payload: object) {
  const word = wordOf();
  const task = await failing(world);
  const runs: Run[] = [];
  for (let i = 0; i < count; i++)
    runs.push(await trigger(world, task, { ...payload, message: `${word}: ${i}` }));
  const [group] = await groupsOf(world, word, count);
  if (!group) throw new Error('no group');
  return { word, task, runs, group };
}

/** Once they have so many runs together. */
const groupsOf = (world: ApiWorld, word: string, runs: number) =>
  eventually(
    async () => {
      const groups = (await readAll(world, `${LETTERS}/groups?limit=200`, Group)).filter(({ sample }) =>
        sample.pattern.startsWith(word),
      );
      expect(groups.reduce((sum, { count }) => sum + count, 0)).toBe(runs);
      return groups;
    },
    { timeoutMs: 30_000 },
  );

const redrive = async (world: ApiWorld, json: object) =>
  RedriveReply.parse(await world.must(200, 'POST', `${LETTERS}/redrive`, { json }));

const canaryOf = async (world: ApiWorld, { canary }: z.infer<typeof RedriveReply>) =>
  Canary.parse(await world.must(200, 'GET', `${LETTERS}/canaries/${canary?.id}`));

const deadLettersOf = async (world: ApiWorld): Promise<number> =>
  QueueDocument.parse(await world.must(200, 'GET', '/v1/queues/low')).deadLetters;
