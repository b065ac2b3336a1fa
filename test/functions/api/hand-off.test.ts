import { describe, expect, it } from 'vitest';
import type { Execution } from '../../../shared/domain/execution.ts';
import { claimedExecution } from '../../../shared/domain/execution-births.ts';
import { handedOff, hashOf, makeToken, tokenGiven } from '../../../shared/domain/hand-off.ts';
import { executionId, scheduledOccurrence } from '../../../shared/domain/occurrence.ts';
import { type Call, makeApiWorld } from './api-world.ts';

/** A pending run, as an executor leaves it behind. */
async function makeHandOff(tenant = 'root') {
  const w = makeApiWorld();
  const { id: taskId } = await w.create();
  const nowMs = w.clock.nowMs();
  const task = await w.tasks.read({ tenant: 'root', taskId });
  if (!task) throw new Error('no task');
  const key = { tenant: 'root', taskId, occurrence: scheduledOccurrence(nowMs) };
  const claim = { owner: 'me', startedAt: nowMs, leaseUntil: nowMs + 70_000, missed: 0 };
  const run = claimedExecution(task, key, claim);
  await w.executions.insert(run);
  const token = makeToken(tenant, 'secret');
  const given = await w.executions.update(key, tokenGiven(run, 'me', hashOf(token)));
  const pending = given.ok
    ? await w.executions.update(key, handedOff(given.record, { owner: 'me', nowMs, seconds: 600 }))
    : given;
  if (!pending.ok) throw new Error('not handed off');
  const post = (action: string, body: unknown, role: Call['role'] = null) =>
    w.call({ method: 'POST', path: `/v1/executions/${executionId(run)}/${action}`, body, role });
  return { ...w, run: pending.record as Execution, token, post };
}

describe('a run that was handed off', () => {
  it('is shown as running and pending', async () => {
    const { call, run } = await makeHandOff();
    const { body } = await call({ path: `/v1/executions/${executionId(run)}`, role: 'viewer' });
    expect(body).toMatchObject({
      status: 'running',
      pending: true,
      pendingUntil: '2026-11-21T09:10:00.000Z',
      finishedAt: null,
    });
    expect(JSON.stringify(body)).not.toMatch(/secret|tokenHash|handOff/);
  });

  it.each<[string, object, object]>([
    ['complete', { result: { n: 1 } }, { status: 'success', result: { n: 1 }, pending: false }],
    ['complete', {}, { status: 'success', result: null }],
    ['fail', { error: { type: 'Busy', message: 'no' } }, { status: 'retrying', errorMessage: 'no' }],
    ['heartbeat', { progress: { percent: 5 } }, { status: 'running', progress: { percent: 5 } }],
  ])('takes %s %j from whoever holds its token, without a credential', async (action, body, becomes) => {
    const { post, token } = await makeHandOff();
    const answer = await post(action, { token, ...body });
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject(becomes);
  });

  it('shows a large result when it is told it', async () => {
    const { post, token } = await makeHandOff();
    const result = 'x'.repeat(10_000);
    expect((await post('complete', { token, result })).body.result).toBe(result);
  });

  it.each(['viewer', 'operator', 'admin', null] as const)(
    'is closed to role %s without the token, and open to it with the token',
    async (role) => {
      const { post, token } = await makeHandOff();
      for (const body of [
        { token: 'x' },
        { token: makeToken('root', 'guess') },
        { token: makeToken('b', 'secret') },
      ])
        expect((await post('complete', body, role)).status).toBe(401);
      expect((await post('heartbeat', { token }, role)).status).toBe(200);
    },
  );

  it('answers 409 to another word than the first, and 200 to the same', async () => {
    const { post, token } = await makeHandOff();
    await post('complete', { token, result: 1 });
    expect((await post('complete', { token, result: 1 })).status).toBe(200);
    const { status, body } = await post('complete', { token, result: 2 });
    expect([status, body.code]).toEqual([409, 'state-conflict']);
  });

  it.each<[string, object, string[]]>([
    ['complete', {}, ['token']],
    ['complete', { token: 't', result: 'x'.repeat(16_383) }, ['result']],
    ['complete', { token: 't', colour: 1 }, ['colour']],
    ['fail', { token: 't' }, ['error']],
    ['fail', { token: 't', error: {} }, ['error.type', 'error.message']],
    [
      'fail',
      { token: 't', error: { type: '', message: 'm', retryAfterSeconds: 43_201 } },
      ['error.type', 'error.retryAfterSeconds'],
    ],
    ['heartbeat', { token: 't', progress: { percent: 101 } }, ['progress.percent']],
  ])('refuses %s %j', async (action, body, paths) => {
    const { post } = await makeHandOff();
    const answer = await post(action, body);
    expect(answer.status).toBe(422);
    expect(answer.body.errors.map(({ path }: { path: string }) => path)).toEqual(paths);
  });

  it('names the method that there is, to anybody', async () => {
    const { call, run } = await makeHandOff();
    const answer = await call({ path: `/v1/executions/${executionId(run)}/complete`, role: null });
    expect([answer.status, answer.headers.allow]).toEqual([405, 'POST']);
    expect((await call({ method: 'POST', path: '/v1/executions/x/complete', role: null })).status).toBe(400);
  });

  it('counts in the metrics', async () => {
    const { post, token, metrics } = await makeHandOff();
    await post('complete', { token });
    expect(metrics.counted).toMatchObject({ succeeded: 1, flushes: 1 });
  });
});

it('the description says that the token is all that is needed', async () => {
  const { body } = await makeApiWorld().call({ path: '/v1/openapi.json', role: null });
  const operation = body.paths['/v1/executions/{id}/complete'].post;
  expect(operation.security).toEqual([]);
  expect(operation.description).toContain('token of a hand-off');
  expect(operation.requestBody.content['application/json'].schema).toEqual({
    $ref: '#/components/schemas/CompleteInput',
  });
});
