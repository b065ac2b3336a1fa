import { describe, expect } from 'vitest';
import * as z from 'zod';
import { type ApiWorld, readAll } from '../support/api-world.ts';
import { QueueDocument, type Run, RunDocument } from '../support/documents.ts';
import { eventually } from '../support/eventually.ts';
import { it } from './target.ts';

/** A queue of its own, for other tests make letters too. The tests of this file come one after another. */
const QUEUE = 'high';
const LETTERS = `/v1/queues/${QUEUE}/dead-letters`;

const RedriveReply = z.looseObject({
  count: z.int(),
  items: z.array(z.looseObject({ id: z.string(), ok: z.boolean() })),
});

describe('dead letters', () => {
  it('are listed and counted with their queue', async ({ world }) => {
    const before = await deadLettersOf(world);
    const { dead } = await makeDead(world);
    const letters = await eventually(async () => {
      const found = await readAll(world, `${LETTERS}?limit=200`, RunDocument);
      expect(found.map(({ id }) => id)).toContain(dead.id);
      return found;
    });
    expect(letters.find(({ id }) => id === dead.id)).toMatchObject({
      status: 'dead',
      attempt: 3,
      queue: QUEUE,
    });
    expect(await deadLettersOf(world)).toBe(before + 1);
  });

  it('run again once when redriven by id', async ({ world }) => {
    const { taskId, dead } = await makeDead(world);
    await listed(world, dead);
    const reply = await redrive(world, { ids: [dead.id] });
    expect(reply).toMatchObject({ count: 1, items: [{ id: dead.id, ok: true }] });

    const run = await world.reached(dead.id, 'success');
    expect(run).toMatchObject({ attempt: 4, result: { attempt: 4 }, idempotencyKey: dead.idempotencyKey });
    expect(await world.runs(taskId)).toHaveLength(1);
    expect(await readAll(world, `${LETTERS}?limit=200`, RunDocument)).not.toContainEqual(
      expect.objectContaining({ id: dead.id }),
    );

    const repeated = await redrive(world, { ids: [dead.id] });
    expect(repeated).toMatchObject({ count: 0, items: [{ id: dead.id, ok: false }] });
    expect(await world.run(dead.id)).toMatchObject({ status: 'success', attempt: 4 });
  });

  it('run again all of them when none is named', async ({ world }) => {
    const [one, other] = await Promise.all([makeDead(world), makeDead(world)]);
    await Promise.all([listed(world, one.dead), listed(world, other.dead)]);
    const reply = await redrive(world, undefined);
    expect(reply.items.filter(({ ok }) => ok).map(({ id }) => id)).toEqual(
      expect.arrayContaining([one.dead.id, other.dead.id]),
    );
    await Promise.all([world.reached(one.dead.id, 'success'), world.reached(other.dead.id, 'success')]);
  });

  it('are thrown away only when the queue is named once more, and can be retried even then', async ({
    world,
  }) => {
    const { dead } = await makeDead(world);
    await listed(world, dead);
    await world.must(422, 'POST', `${LETTERS}/purge`, { json: { confirm: 'default' } });
    const purged = await world.must(200, 'POST', `${LETTERS}/purge`, { json: { confirm: QUEUE } });
    expect(purged).toMatchObject({ count: expect.any(Number) });
    await eventually(async () => expect(await deadLettersOf(world)).toBe(0));
    expect(await world.run(dead.id)).toMatchObject({ status: 'dead' });
    await world.must(202, 'POST', `/v1/executions/${dead.id}/retry`);
    await world.reached(dead.id, 'success');
  });
});

/** Dies after three attempts and succeeds on the fourth. */
async function makeDead(world: ApiWorld): Promise<{ taskId: string; dead: Run }> {
  const task = await world.task({
    handler: 'demo.fail',
    payload: { times: 3 },
    queue: QUEUE,
    schedule: { kind: 'now' },
    retry: { strategy: 'fixed', limit: 2, baseSeconds: 1, maxSeconds: 1 },
  });
  const [dead] = await world.ended(task.id, 1, 30_000);
  expect(dead).toMatchObject({ status: 'dead', attempt: 3 });
  return { taskId: task.id, dead: RunDocument.parse(dead) };
}

/** The letter goes out after the death has been written. */
const listed = (world: ApiWorld, { id }: Run) =>
  eventually(async () => {
    const letters = await readAll(world, `${LETTERS}?limit=200`, RunDocument);
    expect(letters.map((letter) => letter.id)).toContain(id);
  });

const redrive = async (world: ApiWorld, json: object | undefined) =>
  RedriveReply.parse(await world.must(200, 'POST', `${LETTERS}/redrive`, json === undefined ? {} : { json }));

const deadLettersOf = async (world: ApiWorld): Promise<number> =>
  QueueDocument.parse(await world.must(200, 'GET', `/v1/queues/${QUEUE}`)).deadLetters;
