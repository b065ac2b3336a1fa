import { describe, expect, expectTypeOf, it } from 'vitest';
import * as z from 'zod';
import {
  checkPayload,
  defineHandler,
  isHandler,
  isNonRetryable,
  makeRegistry,
  NonRetryableError,
  RetryAfterError,
  retryAfterSecondsOf,
} from '../../../shared/contract/handler.ts';

const valid = { name: 'my.handler', description: 'Does it.', payload: z.unknown(), run: () => null };

/** A second copy of the module, as a bundle may hold one. */
const loadCopy = (): Promise<typeof import('../../../shared/contract/handler.ts')> =>
  import(new URL('../../../shared/contract/handler.ts?copy', import.meta.url).href);

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
});
