import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import handlers from '#handlers';
import { HandlerPool } from '../../../functions/handler-pool.ts';
import {
  checkPayload,
  type HandlerContext,
  makeRegistry,
  pendingSecondsOf,
} from '../../../shared/contract/handler.ts';
import { isNonRetryable, retryAfterSecondsOf } from '../../../shared/contract/handler-errors.ts';

const registry = makeRegistry(handlers);
const execution = {
  id: 'task~000001700000000000',
  idempotencyKey: 'task/2023-11-14T22:13:20.000Z',
  taskId: 'task',
  taskName: 'Task',
  tenant: 'root',
  attempt: 1,
  maxAttempts: 3,
  scheduledAt: '2023-11-14T22:13:20.000Z',
  trigger: 'schedule',
  queue: 'default',
};

const task = {
  id: 'task',
  name: 'Task',
  handler: 'demo.echo',
  queue: 'default',
  tags: [],
  timeoutSeconds: 60,
};

function handlerOf(name: string) {
  const handler = registry.get(name);
  if (!handler) throw new Error(`no handler ${name}`);
  return handler;
}

/** Calls a handler as its thread does: with the payload that its schema made. */
async function call(
  name: string,
  given: unknown = {},
  more: { attempt?: number; signal?: AbortSignal } = {},
) {
  const handler = handlerOf(name);
  const checked = await checkPayload(handler, given);
  if (!checked.ok) throw new Error(`refused: ${JSON.stringify(checked.errors)}`);
  const log = { debug: vi.fn(), info: vi.fn(), warn: vi.fn(), error: vi.fn() };
  const progress = vi.fn<HandlerContext<unknown>['progress']>(async () => {});
  const heartbeat = vi.fn(async () => {});
  const context = {
    payload: checked.payload,
    execution: { ...execution, attempt: more.attempt ?? 1 },
    task,
    previous: async () => null,
    upstream: async () => null,
    variables: async () => ({}),
    signal: more.signal ?? new AbortController().signal,
    log,
    progress,
    heartbeat,
    handOff: async () => 'a-token',
  };
  const result = await Promise.resolve()
    .then(() => handler.run(context))
    .then(
      (value) => ({ value, error: undefined }),
      (error: unknown) => ({ value: undefined, error }),
    );
  return { ...result, log, progress, heartbeat };
}
const accepts = async (name: string, payload: unknown) => (await checkPayload(handlerOf(name), payload)).ok;

it('registers the demo handlers', () => {
  expect([...registry.keys()].toSorted()).toEqual([
    'demo.batch',
    'demo.count',
    'demo.crash',
    'demo.echo',
    'demo.fail',
    'demo.hand-off',
    'demo.memory',
    'demo.send-email',
    'demo.sleep',
  ]);
});

describe('demo.echo', () => {
  it.each([[{ a: [1] }], ['text'], [null], [3]])('returns %j', async (payload) => {
    expect((await call('demo.echo', payload)).value).toEqual(payload);
  });
});

describe('demo.send-email', () => {
  it('refuses a payload without an address', async () => {
    expect(await accepts('demo.send-email', {})).toBe(false);
    expect(await accepts('demo.send-email', { to: 'nobody' })).toBe(false);
    expect(await accepts('demo.send-email', { to: 'a@b.co', subject: 'more is allowed' })).toBe(true);
  });

  it('logs instead of sending, with the idempotency key', async () => {
    const { value, log } = await call('demo.send-email', { to: 'a@b.co' });
    expect(value).toEqual({ sent: true, to: 'a@b.co' });
    expect(log.info).toHaveBeenCalledWith('E-mail sent', {
      to: 'a@b.co',
      idempotencyKey: execution.idempotencyKey,
    });
  });
});

describe('demo.fail', () => {
  it('fails on every attempt when no number is given', async () => {
    expect((await call('demo.fail', {}, { attempt: 99 })).error).toBeInstanceOf(Error);
  });

  it('fails on the first attempts, then returns the attempt', async () => {
    expect((await call('demo.fail', { times: 2 }, { attempt: 2 })).error).toBeInstanceOf(Error);
    expect((await call('demo.fail', { times: 2 }, { attempt: 3 })).value).toEqual({ attempt: 3 });
    expect((await call('demo.fail', { times: 0 }, { attempt: 1 })).value).toEqual({ attempt: 1 });
  });

  it('fails in the way it is told to', async () => {
    const plain = await call('demo.fail', { message: 'as told' });
    expect(plain.error).toHaveProperty('message', 'as told');
    expect(isNonRetryable(plain.error)).toBe(false);
    expect(isNonRetryable((await call('demo.fail', { nonRetryable: true })).error)).toBe(true);
    expect(retryAfterSecondsOf((await call('demo.fail', { retryAfterSeconds: 7 })).error)).toBe(7);
  });
});

describe('demo.sleep', () => {
  it('requires a number of seconds', async () => {
    expect(await accepts('demo.sleep', {})).toBe(false);
    expect(await accepts('demo.sleep', { seconds: -1 })).toBe(false);
  });

  it('reports progress, and beats when asked to', async () => {
    const quiet = await call('demo.sleep', { seconds: 0.05 });
    expect(quiet.value).toEqual({ sleptSeconds: 0.05 });
    expect(quiet.progress).toHaveBeenCalledWith(expect.objectContaining({ percent: expect.any(Number) }));
    expect(quiet.heartbeat).not.toHaveBeenCalled();
    expect((await call('demo.sleep', { seconds: 0.05, heartbeat: true })).heartbeat).toHaveBeenCalled();
  });

  it('stops when its signal aborts', async () => {
    const { error } = await call('demo.sleep', { seconds: 600 }, { signal: AbortSignal.timeout(20) });
    expect(error).toBeInstanceOf(Error);
  });
});

describe('demo.count', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'count-'));
  });
  afterEach(async () => {
    vi.unstubAllEnvs();
    await rm(folder, { recursive: true });
  });

  it('refuses for good when no file is named', async () => {
    vi.stubEnv('ESCAPEMENT_COUNT_FILE', undefined);
    const { error } = await call('demo.count', { key: 'k' });
    expect(isNonRetryable(error)).toBe(true);
    expect(error).toHaveProperty('message', expect.stringContaining('ESCAPEMENT_COUNT_FILE'));
  });

  it('appends one line a start', async () => {
    const file = join(folder, 'starts');
    vi.stubEnv('ESCAPEMENT_COUNT_FILE', file);
    await call('demo.count', { key: 'k' });
    await call('demo.count', { key: 'k' }, { attempt: 2 });
    expect(await readFile(file, 'utf8')).toBe(`${execution.id} 1\n${execution.id} 2\n`);
  });
});

describe('demo.crash', () => {
  const source = `
    import { crash } from ${JSON.stringify(new URL('../../../functions/handlers/crash.ts', import.meta.url))};
    const attempt = Number(process.argv[1]);
    console.log(JSON.stringify(crash.run({ payload: { times: 1 }, execution: { attempt } })));
  `;
  const runApart = async (attempt: number) => {
    const child = spawn(process.execPath, ['--input-type=module', '-e', source, '--', String(attempt)]);
    const [code, signal] = await once(child, 'exit');
    return { code, signal };
  };

  it('kills its process on the first attempt and returns on the next', async () => {
    expect(await runApart(1)).toEqual({ code: null, signal: 'SIGKILL' });
    expect(await runApart(2)).toEqual({ code: 0, signal: null });
  });

  it('crashes once when no number is given', async () => {
    const checked = await checkPayload(handlerOf('demo.crash'), {});
    expect(checked).toEqual({ ok: true, payload: { times: 1 } });
  });
});

describe('demo.batch', () => {
  it('counts items and failures', async () => {
    const payload = { items: 25, batchSize: 10, concurrency: 3, failEvery: 4 };
    const { value, progress } = await call('demo.batch', payload);
    expect(value).toEqual({ total: 25, fail: 6 });
    expect(progress).toHaveBeenLastCalledWith({ percent: 100, message: '25 done, 6 failed' });
  });

  it('accepts no items at all', async () => {
    expect((await call('demo.batch', { items: 0, batchSize: 5, concurrency: 1 })).value).toEqual({
      total: 0,
      fail: 0,
    });
  });

  it('stops between batches when its signal aborts', async () => {
    const stop = AbortSignal.abort(new Error('enough'));
    const { error } = await call('demo.batch', { items: 9, batchSize: 3, concurrency: 3 }, { signal: stop });
    expect(error).toHaveProperty('message', 'enough');
  });
});

it('is what the thread of the executor serves', async () => {
  const threadUrl = new URL('../../../functions/handler-thread.ts', import.meta.url);
  const pool = new HandlerPool({ threadUrl });
  const payload = { deep: [{ a: null }] };
  const result = await pool.run({ handler: 'demo.echo', payload, execution, task, timeoutMs: 60_000 });
  await pool.close();
  expect(result).toEqual({ kind: 'success', result: payload });
});

describe('demo.memory', () => {
  it('takes as much as it is told, unless it is stopped', async () => {
    expect((await call('demo.memory', { megabytes: 3 })).value).toEqual({ megabytes: 3 });
    expect(
      (await call('demo.memory', { megabytes: 3 }, { signal: AbortSignal.abort() })).error,
    ).toBeDefined();
  });
});

describe('demo.hand-off', () => {
  it('shows its token and is pending for as long as it was told', async () => {
    const { value, progress } = await call('demo.hand-off', { timeoutSeconds: 90 });
    expect(pendingSecondsOf(value)).toBe(90);
    expect(progress).toHaveBeenCalledWith({ message: 'a-token' });
    expect(await accepts('demo.hand-off', { timeoutSeconds: 604_801 })).toBe(false);
  });
});
