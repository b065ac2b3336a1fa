import { getEventListeners } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { HandlerPool, type HandlerPoolOptions } from '../../functions/handler-pool.ts';
import type { HandlerRequest, HandlerResult } from '../../shared/ports.ts';

const FIXTURE = new URL('./fixtures/handler-thread.ts', import.meta.url);
/** Far beyond what any test takes, so that only a test which means a deadline meets one. */
const AMPLE_MS = 60_000;

const pools: HandlerPool[] = [];
afterEach(async () => {
  await Promise.all(pools.splice(0).map((pool) => pool.close()));
});

function makePool(options: HandlerPoolOptions = {}) {
  const lines: Record<string, unknown>[] = [];
  const writeLine = (line: string) => lines.push(JSON.parse(line));
  const onUnstoppable = () => lines.push({ unstoppable: true });
  const pool = new HandlerPool({ threadUrl: FIXTURE, writeLine, onUnstoppable, ...options });
  pools.push(pool);
  const run = (handler: string, payload?: unknown, more: Partial<HandlerRequest> = {}) =>
    pool.run({ handler, payload, execution, task, timeoutMs: AMPLE_MS, ...more });
  return { pool, run, lines };
}

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
  handler: 'any',
  queue: 'default',
  tags: ['a'],
  timeoutSeconds: 60,
};

/** Runs a handler that reports 'started', and lets the caller act at that moment. */
function onStart(act: () => void): Pick<HandlerRequest, 'onProgress'> {
  return { onProgress: ({ message }) => message === 'started' && act() };
}
/** Blocks this thread without using the processor; the pool's threads go on. */
const standStill = (ms: number) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
const threadOf = (result: HandlerResult) => (result.kind === 'success' ? result.result : result);

describe('a thread whose memory passes the threshold', () => {
  const hoard = (pool: ReturnType<typeof makePool>, mb: number) => pool.run('hoard', mb);

  it('is recycled between runs, and says so', async () => {
    const pool = makePool({ size: 1, recycleAboveMb: 150 });
    const first = threadOf(await hoard(pool, 1));
    expect(threadOf(await hoard(pool, 1))).toBe(first);
    expect(pool.lines).toEqual([]);
    expect(threadOf(await hoard(pool, 200))).toBe(first);
    expect(pool.lines).toMatchObject([
      { level: 'INFO', recycleAboveMb: 150, handler: 'hoard', executionId: execution.id },
    ]);
    expect(pool.lines[0]?.memoryMb).toBeGreaterThan(150);
    expect(threadOf(await hoard(pool, 1))).not.toBe(first);
    expect(pool.lines).toHaveLength(1);
  });

  it('leaves its neighbours and those who wait alone', async () => {
    const pool = makePool({ size: 1, recycleAboveMb: 150 });
    const results = await Promise.all([hoard(pool, 200), hoard(pool, 200), hoard(pool, 1)]);
    expect(results.map(({ kind }) => kind)).toEqual(['success', 'success', 'success']);
    expect(new Set(results.map(threadOf)).size).toBe(3);
  });
});

describe('a handler that has to show signs of life', () => {
  const silent = { kind: 'failed', cause: 'timedOut', errorType: 'HeartbeatTimeout', nonRetryable: false };

  it('is stopped when it shows none in time, even in an endless loop', async () => {
    const { run } = makePool({ killMs: 300 });
    expect(await run('yield', undefined, { heartbeatMs: 50 })).toMatchObject(silent);
    expect(await run('endless-loop', undefined, { heartbeatMs: 50 })).toMatchObject(silent);
  });

  it('goes on as long as its signs are confirmed to allow, and no longer', async () => {
    const { run } = makePool();
    const confirm = (ms: number | undefined) => ({ heartbeatMs: 1_500, onHeartbeat: async () => ms });
    expect(await run('sign-then-wait', 2_000, confirm(AMPLE_MS))).toEqual({
      kind: 'success',
      result: 'waited',
    });
    expect(await run('sign-then-wait', AMPLE_MS, confirm(50))).toMatchObject(silent);
    expect(await run('sign-then-wait', AMPLE_MS, confirm(undefined))).toMatchObject(silent);
  });

  it('shows one by reporting progress', async () => {
    let signs = 0;
    const onHeartbeat = async () => {
      signs += 1;
      return AMPLE_MS;
    };
    await makePool().run('progress', undefined, { heartbeatMs: AMPLE_MS, onHeartbeat });
    expect(signs).toBe(1);
  });

  it('need not show any when nobody asks for them', async () => {
    expect(await makePool().run('sign-then-wait', 10)).toMatchObject({ kind: 'success' });
  });
});

describe('a handler that hands its run off', () => {
  it('gets one token, however often it asks, and ends as pending', async () => {
    let asked = 0;
    const onHandOff = async () => `token-${++asked}`;
    const lines: unknown[] = [];
    const onProgress = (progress: object) => lines.push(progress);
    const ended = await makePool().run('hand-off', 30, { onHandOff, onProgress });
    expect(ended).toEqual({ kind: 'pending', timeoutSeconds: 30 });
    expect([asked, lines]).toEqual([1, [{ message: 'token-1 token-1' }]]);
  });

  it('is refused for good when it never asked for the token', async () => {
    expect(await makePool().run('pend-without-token')).toMatchObject({
      kind: 'failed',
      errorType: 'NoToken',
      nonRetryable: true,
    });
  });

  it('is told when there is no token, and may ask again', async () => {
    let asked = 0;
    const onHandOff = async () => {
      if (++asked === 1) throw new Error('the store is away');
      return 'second';
    };
    expect(await makePool().run('hand-off-again', undefined, { onHandOff })).toEqual({
      kind: 'success',
      result: ['no token: the store is away', 'second'],
    });
    expect(await makePool().run('hand-off', 30)).toMatchObject({
      errorMessage: 'no token: this run cannot be handed off',
      nonRetryable: false,
    });
  });
});

describe('results', () => {
  it('makes null of a handler that returns nothing', async () => {
    expect(await makePool().run('return', 'nothing')).toEqual({ kind: 'success', result: null });
  });

  it('keeps a run a success when its result is too large, and says how large it was', async () => {
    const result = { truncated: true, bytes: 20_002 };
    expect(await makePool().run('return', 'large')).toEqual({ kind: 'success', result });
  });

  it.each(['bigint', 'circular'])('refuses a result that is not JSON (%s) for good', async (kind) => {
    expect(await makePool().run('return', kind)).toMatchObject({
      kind: 'failed',
      cause: 'error',
      errorType: 'ResultNotSerializable',
      nonRetryable: true,
    });
  });
});

describe('refusals before the handler runs', () => {
  it('lists every fault of a payload with its path', async () => {
    const result = await makePool().run('strict', { to: 'nobody', list: [{ n: 1 }, { n: 'x' }] });
    expect(result).toMatchObject({ kind: 'failed', cause: 'error', nonRetryable: true });
    expect(result).toHaveProperty('errorType', 'PayloadInvalid');
    expect(result).toHaveProperty('errorMessage', expect.stringContaining('payload.to: '));
    expect(result).toHaveProperty('errorMessage', expect.stringContaining('payload.list[1].n: '));
  });

  it('names an unknown handler and does not retry it', async () => {
    expect(await makePool().run('no.such')).toMatchObject({
      errorType: 'UnknownHandler',
      errorMessage: expect.stringContaining('no.such'),
      nonRetryable: true,
    });
  });

  it('refuses a payload that cannot cross to a thread, and goes on with the thread', async () => {
    const { run } = makePool({ size: 1 });
    expect(await run('thread', () => 1)).toMatchObject({ errorType: 'PayloadInvalid', nonRetryable: true });
    expect(await run('thread')).toMatchObject({ kind: 'success' });
  });
});

describe('errors cross the boundary as bounded data', () => {
  it.each([
    ['string', 'Error', 'just text'],
    ['undefined', 'Error', 'undefined was thrown'],
    ['object', 'Error', 'An object was thrown: {"code":7}'],
    ['circular', 'Error', 'An object was thrown: it cannot be shown'],
    ['hostile', 'Error', 'An object was thrown: it cannot be shown'],
    ['subclass', 'HttpError', '503'],
    ['cause', 'TypeError', 'fetch failed (cause: connect ECONNREFUSED)'],
  ])('%s', async (kind, errorType, errorMessage) => {
    const expected = { kind: 'failed', cause: 'error', errorType, errorMessage, nonRetryable: false };
    expect(await makePool().run('throw', kind)).toEqual(expected);
  });

  it('carry the status of an answer, and that it was a throttle', async () => {
    expect(await makePool().run('throw', 'http')).toMatchObject({
      errorType: 'HttpError',
      httpStatus: 429,
      throttled: true,
      retryAfterSeconds: 9,
    });
  });

  it.each(['throw', 'return'])('a run is put off by what a handler may %s', async (how) => {
    const snoozed = { kind: 'snoozed', seconds: 30, reason: 'not yet' };
    expect(await makePool().run(how, 'snooze')).toEqual(snoozed);
  });

  it('cuts a long message to 2000 characters', async () => {
    const result = await makePool().run('throw', 'long');
    expect(result.kind === 'failed' && result.errorMessage.length).toBe(2_000);
  });

  it('carries what NonRetryableError and RetryAfterError mean', async () => {
    const { run } = makePool();
    expect(await run('throw', 'nonRetryable')).toMatchObject({ errorMessage: 'give up', nonRetryable: true });
    expect(await run('throw', 'retryAfter')).toMatchObject({
      errorType: 'RetryAfterError',
      errorMessage: 'busy',
      nonRetryable: false,
      retryAfterSeconds: 90,
    });
  });
});

describe('deadline', () => {
  const timedOut = { kind: 'failed', cause: 'timedOut', errorType: 'TimeoutError', nonRetryable: false };

  it.each([
    ['yields by throwing', 'yield'],
    ['returns a value after the abort', 'return-late'],
    ['looks at its signal between heartbeats', 'breathing-loop'],
    ['ignores its signal', 'ignore-signal'],
    ['loops for ever without a pause', 'endless-loop'],
  ])('reports a handler that %s as timed out, within the kill time', async (_, handler) => {
    const { run, lines } = makePool({ killMs: 3_000 });
    await run('thread'); // the thread is up, so that the handler itself meets the deadline
    const startedAt = performance.now();
    expect(await run(handler, undefined, { timeoutMs: 100 })).toMatchObject(timedOut);
    expect(performance.now() - startedAt).toBeLessThan(100 + 3_000);
    expect(lines).toEqual([]);
  });

  it('stays timed out when somebody cancels after the deadline', async () => {
    const stop = new AbortController();
    const more = { timeoutMs: 100, signal: stop.signal, onProgress: () => stop.abort() };
    expect(await makePool().run('linger', undefined, more)).toMatchObject(timedOut);
  });

  it('ends the thread, not the process, when the process stood still over the deadline', async () => {
    const { run, lines } = makePool({ killMs: 2_000 });
    await run('thread');
    const result = run('endless-loop', undefined, { timeoutMs: 50 });
    standStill(2_200);
    expect(await result).toMatchObject(timedOut);
    expect(lines).toEqual([]);
  });

  it('tells how much time there was', async () => {
    const result = await makePool().run('yield', undefined, { timeoutMs: 199.6 });
    expect(result).toMatchObject({ errorMessage: 'Not done within 0.2 s' });
  });

  it('counts the wait for a thread', async () => {
    const { run } = makePool({ size: 1 });
    const busy = run('yield', undefined, { timeoutMs: 1_000 });
    expect(await run('thread', undefined, { timeoutMs: 50 })).toMatchObject(timedOut);
    expect(await busy).toMatchObject(timedOut);
  });

  it('accepts an answer that came in time, though the process was too busy to look', async () => {
    const { run } = makePool();
    await run('thread');
    await new Promise(setImmediate); // from here the event loop comes to its timers first
    const answer = run('thread', undefined, { timeoutMs: 50 });
    standStill(500);
    expect(await answer).toMatchObject({ kind: 'success' });
  });

  it('refuses to begin without any time left', async () => {
    expect(await makePool().run('thread', undefined, { timeoutMs: 0 })).toMatchObject(timedOut);
  });

  it('asks for the end of the process when a native call cannot be interrupted', async () => {
    let asked = 0;
    const { run } = makePool({ killMs: 300, onUnstoppable: () => asked++ });
    await run('thread');
    expect(await run('native-block', undefined, { timeoutMs: 50 })).toMatchObject(timedOut);
    expect(asked).toBe(1);
  });
});

describe('cancel', () => {
  const aborted = { kind: 'failed', cause: 'aborted', errorType: 'AbortError' };

  it('reports a handler that yields as aborted', async () => {
    const stop = new AbortController();
    const more = { signal: stop.signal, ...onStart(() => stop.abort()) };
    expect(await makePool().run('yield', undefined, more)).toMatchObject(aborted);
  });

  it('ends a handler that ignores it', async () => {
    const stop = new AbortController();
    const more = { signal: stop.signal, ...onStart(() => stop.abort()) };
    expect(await makePool({ killMs: 300 }).run('ignore-signal', undefined, more)).toMatchObject(aborted);
  });

  it('loses to a handler that succeeds all the same', async () => {
    const stop = new AbortController();
    const more = { signal: stop.signal, ...onStart(() => stop.abort()) };
    const expected = { kind: 'success', result: { reason: 'AbortError' } };
    expect(await makePool().run('return-late', undefined, more)).toEqual(expected);
  });

  it('does not begin a run that was cancelled before', async () => {
    expect(await makePool().run('thread', undefined, { signal: AbortSignal.abort() })).toMatchObject(aborted);
  });

  it('takes a waiting run out of the line', async () => {
    const { run } = makePool({ size: 1 });
    const stop = new AbortController();
    const first = run('yield', undefined, { timeoutMs: 500 });
    const second = run('thread', undefined, { signal: stop.signal });
    stop.abort();
    expect(await second).toMatchObject(aborted);
    await first;
  });

  it('leaves no listener behind', async () => {
    const stop = new AbortController();
    await makePool().run('thread', undefined, { signal: stop.signal });
    expect(getEventListeners(stop.signal, 'abort')).toEqual([]);
  });
});

describe('crashes', () => {
  it.each([
    ['process.exit', 'exit', 'exited with code 3'],
    ['an error in a stray callback', 'stray-error', 'nobody caught me'],
    ['a rejection that nobody awaits', 'stray-rejection', 'nobody awaited me'],
  ])('reports %s as a crash that may be retried', async (_, handler, text) => {
    expect(await makePool().run(handler)).toEqual({
      kind: 'failed',
      cause: 'crashed',
      errorType: 'HandlerCrashed',
      errorMessage: expect.stringContaining(text),
      nonRetryable: false,
    });
  });

  it('reports a full heap as a crash, and spares the neighbour', async () => {
    const { run } = makePool({ resourceLimits: { maxOldGenerationSizeMb: 32 } });
    const stop = new AbortController();
    const neighbour = run('return-late', undefined, { signal: stop.signal });
    expect(await run('out-of-memory')).toMatchObject({
      cause: 'crashed',
      errorType: 'OutOfMemory',
      errorMessage: expect.stringContaining('memory'),
    });
    stop.abort();
    expect(await neighbour).toMatchObject({ kind: 'success' });
  });

  it('says why when the handlers cannot be loaded', async () => {
    const threadUrl = new URL('./fixtures/broken-thread.ts', import.meta.url);
    expect(await makePool({ threadUrl }).run('any')).toMatchObject({
      cause: 'crashed',
      errorMessage: expect.stringContaining('no such secret at start'),
    });
  });

  it('is not misled by what a handler posts on its own port', async () => {
    expect(await makePool().run('post-garbage')).toEqual({ kind: 'success', result: 'fine' });
  });
});

describe('threads', () => {
  it('reuses the thread of a run that ended by itself, well or badly', async () => {
    const { run } = makePool();
    const first = threadOf(await run('thread'));
    await run('throw', 'string');
    expect(threadOf(await run('thread'))).toBe(first);
  });

  it.each([
    ['timed out', 'yield', { timeoutMs: 100 }],
    ['crashed', 'exit', {}],
  ])('never reuses the thread of a run that %s', async (_, handler, more) => {
    const { run } = makePool({ size: 1 });
    const first = threadOf(await run('thread'));
    await run(handler, undefined, more);
    expect(threadOf(await run('thread'))).not.toBe(first);
  });

  it('runs as many at a time as it has threads, the others after them', async () => {
    const { run } = makePool({ size: 2 });
    const stop = new AbortController();
    const ended: string[] = [];
    let started = 0;
    const bothStarted = Promise.withResolvers<void>();
    const count = onStart(() => ++started === 2 && bothStarted.resolve());
    const held = () =>
      run('return-late', undefined, { signal: stop.signal, ...count }).then(() => ended.push('held'));
    const all = [held(), held(), run('thread').then(() => ended.push('waiting'))];
    await bothStarted.promise;
    stop.abort();
    await Promise.all(all);
    expect(ended.toSorted()).toEqual(['held', 'held', 'waiting']);
    expect(ended[0]).toBe('held');
  });
});

describe('what a handler says while it runs', () => {
  it('passes progress on, bounded', async () => {
    const reports: unknown[] = [];
    await makePool().run('progress', undefined, { onProgress: (progress) => reports.push(progress) });
    expect(reports).toEqual([{ percent: 100, message: `${'m'.repeat(255)}…` }, {}, { percent: 40 }]);
  });

  it('does not ascribe to a run what an earlier one on its thread left behind', async () => {
    const reports: unknown[] = [];
    const { run } = makePool({ size: 1 });
    await run('leave-work');
    await run('yield', undefined, { timeoutMs: 300, onProgress: (progress) => reports.push(progress) });
    expect(reports).toEqual([{ message: 'started' }]);
  });

  it('survives a caller that fails to take progress', async () => {
    const onProgress = () => {
      throw new Error('cannot take it');
    };
    const { run, lines } = makePool();
    expect(await run('progress', undefined, { onProgress })).toMatchObject({ kind: 'success' });
    expect(lines).toContainEqual(expect.objectContaining({ level: 'WARN', error: 'cannot take it' }));
  });

  it('writes log lines that carry the execution and cannot replace it', async () => {
    const { run, lines } = makePool();
    await run('log');
    const [said, long] = lines;
    expect(said).toMatchObject({ level: 'INFO', message: 'said', handler: 'log', kept: 1, attempt: 1 });
    expect(said).toMatchObject({ executionId: execution.id, long: `${'v'.repeat(255)}…` });
    expect(String(long?.message)).toHaveLength(2_000);
  });
});

describe('close', () => {
  it('reports running, waiting and later runs as aborted', async () => {
    const { pool, run } = makePool({ size: 1 });
    const started = Promise.withResolvers<void>();
    const running = run('ignore-signal', undefined, onStart(started.resolve));
    const waiting = run('thread');
    await started.promise;
    await pool.close();
    expect(await Promise.all([running, waiting, run('thread')])).toEqual(
      Array.from({ length: 3 }, () => expect.objectContaining({ kind: 'failed', cause: 'aborted' })),
    );
  });
});

describe('what a handler looks at', () => {
  it('is read when it asks, and only then; a read that fails is an error it may catch', async () => {
    const reads: string[] = [];
    const surroundings = {
      previous: async () => null,
      upstream: async () => {
        throw new Error('the table is away');
      },
      variables: async () => {
        reads.push('variables');
        return { region: 'eu' };
      },
    };
    const { run } = makePool();
    expect(await run('thread', undefined, { surroundings })).toMatchObject({ kind: 'success' });
    expect(reads).toEqual([]);
    expect(threadOf(await run('look-around', undefined, { surroundings }))).toEqual([
      'task',
      null,
      'upstream could not be read: the table is away',
      { region: 'eu' },
      { region: 'eu' },
    ]);
    expect(reads).toEqual(['variables']);
  });
});
