import { describe, expect } from 'vitest';
import { pageOf, TaskDocument, VersionDocument } from '../support/documents.ts';
import { api, inSeconds, it, ms } from './target.ts';

const LATER = { kind: 'once', at: inSeconds(7_200) };
const daily = { kind: 'cron', expressions: ['0 9 * * 1-5'], timezone: 'Europe/Paris', jitterSeconds: 0 };

describe.concurrent('tasks', () => {
  it('are created with an id of the server, its place and every default shown', async () => {
    const reply = await api.call('POST', '/v1/tasks', {
      json: {
        name: 'Nightly report',
        handler: 'demo.send-email',
        payload: { to: 'a@b.example' },
        schedule: daily,
      },
    });
    expect(reply.status).toBe(201);
    const task = TaskDocument.parse(reply.body);
    expect(task.id).toMatch(/^[0-9A-HJKMNP-TV-Z]{26}$/);
    expect(reply.headers.get('location')).toMatch(new RegExp(`/v1/tasks/${task.id}$`));
    expect(reply.headers.get('etag')).toBe(`"${task.version}"`);
    expect(task).toMatchObject({
      name: 'Nightly report',
      payload: { to: 'a@b.example' },
      schedule: daily,
      status: 'active',
      queue: 'default',
      tags: [],
      overlap: 'forbid',
      misfire: 'fireOnce',
      misfireGraceSeconds: 300,
      catchUpLimit: 10,
      system: false,
      lastRun: null,
    });
    expect(await api.call('GET', `/v1/tasks/${task.id}`)).toMatchObject({ status: 200, body: task });
    expect((await api.call('DELETE', `/v1/tasks/${task.id}`)).status).toBe(204);
  });

  it('are created once under one Idempotency-Key', async ({ world }) => {
    const headers = { 'Idempotency-Key': world.newId() };
    const json = { name: 'Once', handler: 'demo.echo', schedule: LATER };
    const first = TaskDocument.parse(await world.must(201, 'POST', '/v1/tasks', { headers, json }));
    const second = TaskDocument.parse(await world.must(201, 'POST', '/v1/tasks', { headers, json }));
    expect(second.id).toBe(first.id);
    const other = await api.call('POST', '/v1/tasks', { headers, json: { ...json, name: 'Twice' } });
    expect(other).toMatchObject({ status: 409, body: { code: 'idempotency-conflict' } });
    await world.must(204, 'DELETE', `/v1/tasks/${first.id}`);
  });

  it('are created once even when requests with one Idempotency-Key race', async ({ world }) => {
    const headers = { 'Idempotency-Key': world.newId() };
    const json = { name: 'Race', handler: 'demo.echo', schedule: LATER };
    const replies = await Promise.all(
      Array.from({ length: 8 }, () => world.must(201, 'POST', '/v1/tasks', { headers, json })),
    );
    const ids = new Set(replies.map((body) => TaskDocument.parse(body).id));
    expect(ids.size).toBe(1);
    for (const id of ids) await world.must(204, 'DELETE', `/v1/tasks/${id}`);
  });

  it('are declared by PUT: made, then replaced, and left alone when nothing changed', async ({ world }) => {
    const path = `/v1/tasks/${world.newId()}`;
    const json = {
      name: 'Declared',
      description: 'first',
      handler: 'demo.echo',
      schedule: LATER,
      tags: ['a'],
    };
    const made = TaskDocument.parse(await world.must(201, 'PUT', path, { json }));
    const same = TaskDocument.parse(await world.must(200, 'PUT', path, { json }));
    expect(same).toMatchObject({ version: made.version, updatedAt: made.updatedAt });
    const { description: _, ...without } = json;
    const replaced = await world.must(200, 'PUT', path, { json: { ...without, tags: ['b'] } });
    expect(replaced).toMatchObject({ tags: ['b'], version: made.version + 1 });
    expect(replaced).not.toHaveProperty('description');
    const sentBack = await world.must(200, 'PUT', path, { json: replaced });
    expect(sentBack).toMatchObject({ version: made.version + 1 });
  });

  it('are replaced only at the version that If-Match names', async ({ world }) => {
    const task = await world.task({ schedule: LATER });
    const path = `/v1/tasks/${task.id}`;
    const headers = { 'If-Match': `"${task.version}"` };
    const patched = await world.must(200, 'PATCH', path, { json: { name: 'New' }, headers });
    expect(patched).toMatchObject({ name: 'New', version: task.version + 1 });
    for (const [method, suffix, call] of [
      ['PATCH', '', { json: { name: 'Lost update' } }],
      ['PUT', '', { json: { name: 'Lost update', handler: 'demo.echo', schedule: LATER } }],
      ['POST', '/pause', {}],
      ['DELETE', '', {}],
    ] as const)
      await world.must(412, method, path + suffix, { ...call, headers });
    expect(await world.read(task.id)).toMatchObject({ name: 'New', status: 'active' });
    await world.must(200, 'PATCH', path, { json: { name: 'Newer' }, headers: { 'If-Match': '*' } });
  });

  it('are made by PUT only if absent when If-None-Match says so', async ({ world }) => {
    const path = `/v1/tasks/${world.newId()}`;
    const call = {
      json: { name: 'New', handler: 'demo.echo', schedule: LATER },
      headers: { 'If-None-Match': '*' },
    };
    await world.must(201, 'PUT', path, call);
    await world.must(412, 'PUT', path, call);
  });

  it('are patched by field, and null takes a field back to its default', async ({ world }) => {
    const task = await world.task({
      schedule: LATER,
      description: 'Something',
      payload: { keep: 1, drop: 2 },
      retry: { limit: 9 },
      tags: ['x'],
    });
    const path = `/v1/tasks/${task.id}`;
    const patched = TaskDocument.parse(
      await world.must(200, 'PATCH', path, {
        json: { description: null, payload: { drop: null, add: 3 }, tags: null, timeoutSeconds: 7 },
        headers: { 'content-type': 'application/merge-patch+json' },
      }),
    );
    expect(patched).toMatchObject({ payload: { keep: 1, add: 3 }, tags: [], timeoutSeconds: 7 });
    expect(patched.payload).not.toHaveProperty('drop');
    expect(patched).not.toHaveProperty('description');
    expect(patched.retry.limit).toBe(9);
    expect(patched.nextRunAt).toBe(task.nextRunAt);
  });

  it('move their next run with a new schedule', async ({ world }) => {
    const task = await world.task({ schedule: LATER });
    const json = { schedule: { kind: 'once', at: inSeconds(2) } };
    await world.must(200, 'PATCH', `/v1/tasks/${task.id}`, { json });
    const [run] = await world.ended(task.id);
    expect(run).toMatchObject({ status: 'success', scheduledAt: json.schedule.at });
    expect(await world.read(task.id)).toMatchObject({ status: 'completed' });
  });

  it('run again when a completed one gets a new schedule', async ({ world }) => {
    const task = await world.task({ schedule: { kind: 'now' } });
    await world.ended(task.id);
    await world.must(200, 'PATCH', `/v1/tasks/${task.id}`, {
      json: { schedule: { kind: 'once', at: inSeconds(1) } },
    });
    const runs = await world.ended(task.id, 2);
    expect(runs.map(({ status }) => status)).toEqual(['success', 'success']);
  });

  it('are paused and resumed as often as one likes', async ({ world }) => {
    const task = await world.task({ schedule: daily });
    const path = `/v1/tasks/${task.id}`;
    for (let times = 0; times < 2; times++)
      expect(await world.must(200, 'POST', `${path}/pause`)).toMatchObject({
        status: 'paused',
        nextRunAt: null,
      });
    expect(await world.must(200, 'GET', `${path}/upcoming`)).toEqual({ items: [] });
    for (let times = 0; times < 2; times++)
      expect(await world.must(200, 'POST', `${path}/resume`)).toMatchObject({
        status: 'active',
        nextRunAt: task.nextRunAt,
      });
  });

  it('show what comes next', async ({ world }) => {
    const startAt = inSeconds(3_600);
    const task = await world.task({ schedule: { kind: 'interval', seconds: 60, startAt } });
    const items = [0, 60_000, 120_000].map((ms) => new Date(Date.parse(startAt) + ms).toISOString());
    expect(await world.must(200, 'GET', `/v1/tasks/${task.id}/upcoming?count=3`)).toEqual({ items });
  });

  it('keep what they said before, and take it back', async ({ world }) => {
    const task = await world.task({ schedule: LATER, payload: { round: 1 } });
    const path = `/v1/tasks/${task.id}`;
    await world.must(200, 'PATCH', path, { json: { payload: { round: 2 } } });
    const read = async () =>
      pageOf(VersionDocument).parse(await world.must(200, 'GET', `${path}/versions`)).items;
    const [now, before] = await read();
    expect(now).toMatchObject({ version: 2, definition: { payload: { round: 2 } } });
    expect(before).toMatchObject({ version: 1, definition: { payload: { round: 1 } } });
    await world.must(200, 'PUT', path, { json: before?.definition ?? {} });
    expect((await read()).map(({ definition }) => definition.payload)).toEqual([
      { round: 1 },
      { round: 2 },
      { round: 1 },
    ]);
  });

  it('are gone when deleted, do not run any more, and their id can be used again', async ({ world }) => {
    const at = inSeconds(10);
    const task = await world.task({ schedule: { kind: 'once', at } });
    const path = `/v1/tasks/${task.id}`;
    await world.must(204, 'DELETE', path);
    for (const [method, suffix] of [
      ['GET', ''],
      ['DELETE', ''],
      ['POST', '/pause'],
      ['POST', '/trigger'],
      ['GET', '/executions'],
    ] as const)
      expect((await api.call(method, path + suffix)).status).toBe(404);
    const witness = await world.task({
      schedule: { kind: 'once', at: new Date(ms(at) + 1_000).toISOString() },
    });
    await world.ended(witness.id, 1, 60_000);

    const json = { name: 'Again', handler: 'demo.echo', schedule: LATER };
    await world.must(201, 'PUT', path, { json });
    expect(await world.runs(task.id)).toEqual([]);
  });

  it('keep texts of every alphabet', async ({ world }) => {
    const name = 'Rapport 日報 🚀 "quoted" \\ back';
    const payload = { ключ: ['é', '\u0000', '\u2028', '𝒳'], nested: { __proto__x: 1 }, zero: 0, no: null };
    const task = await world.task({ name, payload, schedule: { kind: 'now' } });
    expect(task).toMatchObject({ name, payload });
    const [run] = await world.ended(task.id);
    expect(run).toMatchObject({ taskName: name, result: payload });
  });
});
