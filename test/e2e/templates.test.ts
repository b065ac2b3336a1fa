import { randomUUID } from 'node:crypto';
import { describe, expect } from 'vitest';
import { api, inSeconds, it } from './target.ts';

const variable = () => `e2e_${randomUUID().replaceAll('-', '')}`;

describe.concurrent('variables', () => {
  it('are set, read, listed and deleted', async ({ world }) => {
    const path = `/v1/variables/${variable()}`;
    await world.must(404, 'GET', path);
    expect(await world.must(200, 'PUT', path, { json: { value: { a: [1] } } })).toMatchObject({
      value: { a: [1] },
    });
    expect(await world.must(200, 'GET', path)).toMatchObject({ value: { a: [1] } });
    expect(await world.must(200, 'GET', '/v1/variables')).toMatchObject({
      items: expect.arrayContaining([expect.objectContaining({ value: { a: [1] } })]),
    });
    await world.must(204, 'DELETE', path);
    await world.must(404, 'DELETE', path);
  });

  it.each([
    ['a name with a hyphen', 'no-name', { value: 1 }],
    ['no value', 'fine', {}],
    ['a large value', 'fine', { value: 'x'.repeat(3_000) }],
  ])('refuse %s', async (_, name, json) => {
    expect((await api.call('PUT', `/v1/variables/${name}`, { json })).status).toBe(422);
  });
});

describe.concurrent('templates in a payload', () => {
  it('are filled in from variables, task and previous run', async ({ world }) => {
    const name = variable();
    await world.must(200, 'PUT', `/v1/variables/${name}`, { json: { value: 7 } });
    const task = await world.task({
      schedule: { kind: 'once', at: inSeconds(3_600) },
      payload: { n: `{{ variables.${name} }}`, id: '{{ task.id }}', last: '{{ previous.result.n + 1 }}' },
    });
    const first = await world.trigger(task.id);
    expect(await world.reached(first.id, 'success')).toMatchObject({
      result: { n: 7, id: task.id, last: null },
    });
    const second = await world.trigger(task.id);
    expect(await world.reached(second.id, 'success')).toMatchObject({ result: { last: 8 } });
    await world.must(204, 'DELETE', `/v1/variables/${name}`);
  });

  it('stand in for what the handler asks for, and are checked when they are filled in', async ({ world }) => {
    const schedule = { kind: 'once', at: inSeconds(3_600) };
    const payload = { to: '{{ task.name }}' };
    const task = await world.task({ schedule, handler: 'demo.send-email', payload });
    const run = await world.trigger(task.id);
    expect(await world.reached(run.id, 'dead')).toMatchObject({ reason: 'nonRetryable', attempt: 1 });
  });

  it('are refused at creation when they do not parse', async ({ world }) => {
    const json = {
      name: 'n',
      handler: 'demo.echo',
      payload: { deep: [{ text: 'x {{ 1 + }}' }] },
      schedule: { kind: 'now' },
    };
    const reply = await api.call('PUT', `/v1/tasks/${world.newId()}`, { json });
    expect(reply).toMatchObject({ status: 422, body: { errors: [{ path: 'payload.deep[0].text' }] } });
  });
});
