import { describe, expect, expectTypeOf, it } from 'vitest';
import * as z from 'zod';
import type * as handlerModule from '../../../shared/contract/handler.ts';
import {
  checkPayload,
  defineHandler,
  HttpError,
  isHandler,
  makeRegistry,
  NonRetryableError,
  RetryAfterError,
  SnoozeError,
} from '../../../shared/contract/handler.ts';
import type * as errorsModule from '../../../shared/contract/handler-errors.ts';
import {
  httpStatusOf,
  isNonRetryable,
  isThrottle,
  retryAfterSecondsOf,
  snoozeOf,
} from '../../../shared/contract/handler-errors.ts';

const valid = { name: 'my.handler', description: 'Does it.', payload: z.unknown(), run: () => null };

/** A second copy of the module, as a bundle may hold one. */
const loadCopy = async (): Promise<typeof handlerModule & typeof errorsModule> => ({
  ...(await import(new URL('../../../shared/contract/handler.ts?copy', import.meta.url).href)),
  ...(await import(new URL('../../../shared/contract/handler-errors.ts?copy', import.meta.url).href)),
});

describe('defineHandler', () => {
  it('infers the payload from the schema, after its defaults and transforms', () => {
    defineHandler({
      ...valid,
      payload: z.object({ to: z.string(), times: z.int().default(1) }),
      run({ payload, signal }) {
        expectTypeOf(payload).toEqualTypeOf<{ to: string; times: number }>();
        expectTypeOf(signal).toEqualTypeOf<AbortSignal>();
      },
    });
  });

  it.each(['a', '0', 'billing.invoice_v2-eu', `a${'b'.repeat(127)}`])('accepts the name %s', (name) => {
    expect(defineHandler({ ...valid, name }).name).toBe(name);
  });

  it.each(['', '.a', 'A', 'a b', 'a/b', `a${'b'.repeat(128)}`])('refuses the name "%s"', (name) => {
    expect(() => defineHandler({ ...valid, name })).toThrow(TypeError);
  });

  it('refuses an empty description, and names the handler', () => {
    expect(() => defineHandler({ ...valid, description: ' ' })).toThrow('my.handler: description');
  });
});

describe('makeRegistry', () => {
  it('finds handlers by name', () => {
    const handler = defineHandler(valid);
    expect(makeRegistry([handler]).get('my.handler')).toBe(handler);
  });

  it('refuses two handlers of one name', () => {
    expect(() => makeRegistry([defineHandler(valid), defineHandler(valid)])).toThrow(
      'Two handlers are named my.handler',
    );
  });

  it('refuses what defineHandler did not make, and says where it stands', () => {
    expect(() => makeRegistry([defineHandler(valid), { ...valid, name: 'b' }])).toThrow('handlers[1]');
    expect(() => makeRegistry([null])).toThrow('handlers[0]');
  });

  it('refuses a module that exports no array', () => {
    expect(() => makeRegistry({ default: [] })).toThrow('array of handlers');
  });
});

describe('checkPayload', () => {
  const handler = defineHandler({
    ...valid,
    payload: z.object({ to: z.string(), list: z.array(z.object({ n: z.int() })).default([]) }),
  });

  it('returns what the schema made of the payload', async () => {
    expect(await checkPayload(handler, { to: 'a', extra: 1 })).toEqual({
      ok: true,
      payload: { to: 'a', list: [] },
    });
  });

  it('lists all faults with their paths', async () => {
    const checked = await checkPayload(handler, { list: [{ n: 1 }, { n: 'x' }] });
    const paths = checked.ok ? [] : checked.errors.map(({ path }) => path);
    expect(paths).toEqual(['payload.to', 'payload.list[1].n']);
  });

  it('reports a schema that throws as a fault of the payload', async () => {
    const schema = z.unknown().transform(() => {
      throw new Error('broken');
    });
    const throwing = defineHandler({ ...valid, payload: schema });
    expect(await checkPayload(throwing, 1)).toEqual({
      ok: false,
      errors: [{ path: 'payload', message: "the handler's schema threw: broken" }],
    });
  });

  it('awaits an asynchronous schema', async () => {
    const slow = defineHandler({ ...valid, payload: z.string().refine(async (text) => text === 'a') });
    expect((await checkPayload(slow, 'a')).ok).toBe(true);
    expect((await checkPayload(slow, 'b')).ok).toBe(false);
  });
});

describe('errors with a meaning', () => {
  it('are known by their mark, not by name or text', () => {
    const impostor = Object.assign(new Error('NonRetryableError'), { name: 'NonRetryableError' });
    expect(isNonRetryable(new NonRetryableError('x'))).toBe(true);
    expect(isNonRetryable(impostor)).toBe(false);
    expect(retryAfterSecondsOf(Object.assign(new Error('x'), { seconds: 3 }))).toBeUndefined();
  });

  it('keep the cause', () => {
    const cause = new Error('below');
    expect(new NonRetryableError('x', { cause }).cause).toBe(cause);
  });

  it('are reported by the name of the class that was thrown', () => {
    class CardDeclined extends NonRetryableError {}
    class BankIsClosed extends RetryAfterError {}
    const anonymous = new (class extends NonRetryableError {})('x');
    const names = [
      new NonRetryableError('x'),
      new RetryAfterError(1),
      new CardDeclined('x'),
      new BankIsClosed(1),
      anonymous,
    ];
    expect(names.map(({ name }) => name)).toEqual([
      'NonRetryableError',
      'RetryAfterError',
      'CardDeclined',
      'BankIsClosed',
      'NonRetryableError',
    ]);
  });

  it.each([
    [0, 0],
    [1.2, 2],
    [43_200, 43_200],
    [1e9, 43_200],
  ])('RetryAfterError(%d) waits %d seconds', (given, kept) => {
    expect(retryAfterSecondsOf(new RetryAfterError(given))).toBe(kept);
  });

  it.each([-1, Number.NaN])('RetryAfterError(%d) is refused', (seconds) => {
    expect(() => new RetryAfterError(seconds)).toThrow(RangeError);
  });

  it.each([undefined, null, 'text', 7])('%s thrown means neither', (thrown) => {
    expect(isNonRetryable(thrown)).toBe(false);
    expect(retryAfterSecondsOf(thrown)).toBeUndefined();
  });
});

it('recognizes handlers and errors of another copy of this module', async () => {
  const copy = await loadCopy();
  expect(copy.NonRetryableError).not.toBe(NonRetryableError);
  expect(isHandler(copy.defineHandler(valid))).toBe(true);
  expect(isNonRetryable(new copy.NonRetryableError('x'))).toBe(true);
  expect(retryAfterSecondsOf(new copy.RetryAfterError(5))).toBe(5);
  expect(httpStatusOf(new copy.HttpError(503))).toBe(503);
  expect(snoozeOf(new copy.SnoozeError(7, 'later'))).toEqual({ seconds: 7, reason: 'later' });
});

describe('HttpError', () => {
  it('carries status, message and the wait that was asked for', () => {
    const error = new HttpError(503, 'the till is closed', { retryAfterSeconds: 1.2, cause: 'x' });
    expect(error).toMatchObject({
      name: 'HttpError',
      status: 503,
      message: 'the till is closed',
      cause: 'x',
    });
    expect([httpStatusOf(error), retryAfterSecondsOf(error)]).toEqual([503, 2]);
    expect(new HttpError(404).message).toBe('HTTP 404');
    expect(retryAfterSecondsOf(new HttpError(404))).toBeUndefined();
  });

  it.each([
    ['120', undefined, 120],
    ['Sat, 21 Nov 2026 09:00:30 GMT', 'Sat, 21 Nov 2026 09:00:00 GMT', 30],
    ['Sat, 21 Nov 2026 08:00:00 GMT', 'Sat, 21 Nov 2026 09:00:00 GMT', 0],
    ['Sat, 21 Nov 2026 09:00:30 GMT', undefined, undefined],
    ['soon', 'Sat, 21 Nov 2026 09:00:00 GMT', undefined],
    [undefined, undefined, undefined],
  ])('reads Retry-After %s of an answer', (retryAfter, date, seconds) => {
    const headers = new Headers();
    if (retryAfter !== undefined) headers.set('retry-after', retryAfter);
    if (date !== undefined) headers.set('date', date);
    const error = HttpError.from({ status: 429, statusText: 'Too Many Requests', headers });
    expect(error.message).toBe('HTTP 429 Too Many Requests');
    expect(retryAfterSecondsOf(error)).toBe(seconds);
  });

  it('refuses what is no status', () => {
    for (const status of [99, 600, 200.5, Number.NaN])
      expect(() => new HttpError(status)).toThrow(RangeError);
  });
});

describe('what errors of others say', () => {
  it.each([
    [{ status: 502 }, 502, false],
    [{ statusCode: 429 }, 429, true],
    [{ $metadata: { httpStatusCode: 400 }, name: 'ThrottlingException' }, 400, true],
    [{ $retryable: { throttling: true } }, undefined, true],
    [{ status: 'pending', statusCode: 1 }, undefined, false],
    ['a text', undefined, false],
    [null, undefined, false],
  ])('%j: status %s, throttled %s', (error, status, throttled) => {
    expect([httpStatusOf(error), isThrottle(error)]).toEqual([status, throttled]);
  });
});

it('SnoozeError gives its seconds, whole and bounded, and its reason', () => {
  expect(snoozeOf(new SnoozeError(0.5))).toEqual({ seconds: 1, reason: 'not ready yet' });
  expect(snoozeOf(new SnoozeError(1e9, 'next year'))).toEqual({ seconds: 43_200, reason: 'next year' });
  expect(snoozeOf(new Error('x'))).toBeUndefined();
  expect(() => new SnoozeError(Number.NaN)).toThrow(RangeError);
});
