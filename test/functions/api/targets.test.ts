import { describe, expect, it } from 'vitest';
import { makeApiWorld, TASK } from './api-world.ts';

const queueUrl = 'https://sqs.eu-west-1.amazonaws.com/123456789012/work';
const targets = {
  queueArns: ['arn:aws:sqs:eu-west-1:123456789012:work'],
  http: { hosts: ['hooks.example.com'], allowPrivate: false, secretArns: [] },
};
const { handler: _, ...NO_HANDLER } = TASK;
const webhook = { type: 'http', url: 'https://hooks.example.com/due' };
const put = (body: object) => ({ method: 'PUT', path: '/v1/tasks/job', body: { ...NO_HANDLER, ...body } });
const patch = (body: object) => ({ method: 'PATCH', path: '/v1/tasks/job', body });

describe('a task with a target', () => {
  it('shows the target, complete, and no handler; sending that back changes nothing', async () => {
    const { call } = makeApiWorld({ targets });
    const made = await call(put({ target: webhook, payload: { any: ['thing'] } }));
    expect(made.status).toBe(201);
    expect(made.body.target).toEqual({ ...webhook, method: 'POST', headers: {} });
    expect(made.body).not.toHaveProperty('handler');
    const again = await call({ method: 'PUT', path: '/v1/tasks/job', body: made.body });
    expect([again.status, again.body]).toEqual([200, made.body]);
  });

  it('is found in the list by target:<type>', async () => {
    const { call, create } = makeApiWorld({ targets });
    await create();
    await call(put({ target: { type: 'sqs', queueUrl } }));
    const { body } = await call({ path: '/v1/tasks', query: 'handler=target:sqs' });
    expect(body.items.map(({ id }: { id: string }) => id)).toEqual(['job']);
  });

  it('can be changed member by member, and as a whole by naming another type', async () => {
    const { call } = makeApiWorld({ targets });
    await call(put({ target: webhook }));
    const changed = await call(patch({ target: { method: 'PUT', headers: { 'x-a': '1' } } }));
    expect(changed.body.target).toEqual({ ...webhook, method: 'PUT', headers: { 'x-a': '1' } });
    const moved = await call(patch({ target: { type: 'sqs', queueUrl } }));
    expect(moved.body.target).toEqual({ type: 'sqs', queueUrl });
  });

  it('can be given a handler in its place, and the other way round', async () => {
    const { call } = makeApiWorld({ targets });
    await call(put({ target: webhook }));
    expect((await call(patch({ handler: 'demo.echo' }))).status).toBe(422);
    const handled = await call(patch({ target: null, handler: 'demo.echo' }));
    expect([handled.body.handler, handled.body.target]).toEqual(['demo.echo', undefined]);
    const sent = await call(patch({ target: webhook, handler: null }));
    expect([sent.body.handler, sent.body.target.type]).toEqual([undefined, 'http']);
  });

  it('can be triggered with any payload', async () => {
    const { call } = makeApiWorld({ targets });
    await call(put({ target: webhook }));
    const trigger = { method: 'POST', path: '/v1/tasks/job/trigger' };
    expect((await call({ ...trigger, body: { payload: [1, 2] } })).status).toBe(202);
    expect((await call({ ...trigger, body: { payload: 'x'.repeat(128 * 1024) } })).status).toBe(422);
  });
});

describe('refused', () => {
  it.each([
    ['both a handler and a target', { handler: 'demo.echo', target: webhook }, 'target', /either/],
    ['neither', {}, 'handler', /required, unless/],
    ['a handler with the name of a target', { handler: 'target:http' }, 'handler', /registered/],
    [
      'a host that is not listed',
      { target: { type: 'http', url: 'https://evil.example.com' } },
      'target.url',
      /escapement\.targets\.http\.hosts/,
    ],
    [
      'a queue that is not listed',
      { target: { type: 'sqs', queueUrl: `${queueUrl}2` } },
      'target.queueUrl',
      /escapement\.targets\.queueArns/,
    ],
    ['signs of life', { target: webhook, heartbeatSeconds: 10 }, 'heartbeatSeconds', /timeoutSeconds/],
    ['a template that does not parse', { target: webhook, payload: '{{ ( }}' }, 'payload', /./],
    [
      'a credential',
      { target: { ...webhook, headers: { authorization: 'x' } } },
      'target.headers.authorization',
      /secretId/,
    ],
  ])('is %s, with the place and what to do', async (_what, body, path, message) => {
    const { call } = makeApiWorld({ targets });
    const answer = await call(put(body));
    expect([answer.status, answer.body.code]).toEqual([422, 'validation-failed']);
    expect(answer.body.errors).toEqual([{ path, message: expect.stringMatching(message) }]);
  });
});
