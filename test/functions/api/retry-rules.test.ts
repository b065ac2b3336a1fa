import { describe, expect, it } from 'vitest';
import { makeApiWorld, TASK } from './api-world.ts';

const RULES = [
  { match: { httpStatus: [503, '4xx'], errorType: 'Http*' }, then: 'retry', baseSeconds: 2, limit: 8 },
  { match: { cause: 'throttled' }, then: 'snooze' },
  { match: {}, then: 'stop' },
];

describe('retry rules of a task', () => {
  it('are kept as they were written, and survive a round trip', async () => {
    const { create, call } = makeApiWorld();
    const task = await create({ retry: { rules: RULES } });
    expect(task.retry).toMatchObject({ limit: 5, rules: RULES });
    const again = await call({ method: 'PUT', path: `/v1/tasks/${task.id}`, body: task });
    expect(again.body).toMatchObject({ version: 1, retry: { rules: RULES } });
  });

  it('go by a patch, by null or by an empty list', async () => {
    const { create, call } = makeApiWorld();
    const patch = (id: string, rules: unknown) =>
      call({ method: 'PATCH', path: `/v1/tasks/${id}`, body: { retry: { rules } } });
    const task = await create({ retry: { rules: RULES } });
    expect((await patch(task.id, null)).body.retry).not.toHaveProperty('rules');
    expect((await patch(task.id, [])).body.retry).toMatchObject({ rules: [] });
  });

  it('are refused with everything wrong at once', async () => {
    const { call } = makeApiWorld();
    const rules = [
      { match: { httpStatus: [99, '6xx'] }, then: 'retry' },
      { match: { cause: 'bad luck' }, then: 'retry' },
      { match: {}, then: 'stop', limit: 3 },
      { match: {}, then: 'wait' },
      { then: 'stop' },
    ];
    const { status, body } = await call({
      method: 'POST',
      path: '/v1/tasks',
      body: { ...TASK, retry: { rules } },
    });
    expect(status).toBe(422);
    const paths = body.errors.map(({ path }: { path: string }) => path);
    expect(paths).toEqual(
      expect.arrayContaining([
        'retry.rules[0].match.httpStatus[0]',
        'retry.rules[0].match.httpStatus[1]',
        'retry.rules[1].match.cause',
        'retry.rules[2].limit',
        'retry.rules[3].then',
        'retry.rules[4].match',
      ]),
    );
  });

  it('are at most ten, and a cap of theirs is not below their base', async () => {
    const { call } = makeApiWorld();
    const post = async (rules: unknown[]) =>
      (await call({ method: 'POST', path: '/v1/tasks', body: { ...TASK, retry: { rules } } })).body.errors;
    expect(await post(Array.from({ length: 11 }, () => RULES[1]))).toMatchObject([{ path: 'retry.rules' }]);
    expect(await post([{ match: {}, then: 'retry', maxSeconds: 5 }])).toEqual([
      { path: 'retry.rules[0].maxSeconds', message: 'must not be below baseSeconds (10)' },
    ]);
  });
});
