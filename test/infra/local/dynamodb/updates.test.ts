import { unmarshall } from '@aws-sdk/util-dynamodb';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeWorld, refusal, type World } from './world.ts';

const KEY = { pk: 'T#root#t1', sk: 'T' };
let world: World;
beforeEach(async () => {
  world = await makeWorld();
});
afterEach(() => world.close());

async function updated(item: Record<string, unknown>, expression: string, values?: Record<string, unknown>) {
  await world.put({ ...KEY, ...item });
  await world.update(KEY, expression, { ...(values && { values }) });
  const { pk, sk, ...rest } = (await world.get(KEY)) ?? {};
  return rest;
}

describe('an update', () => {
  it('takes several list elements out at the positions they had before', async () => {
    expect(await updated({ l: [0, 1, 2, 3] }, 'REMOVE l[1], l[2]')).toEqual({ l: [0, 3] });
    expect(await updated({ l: [0, 1, 2, 3] }, 'REMOVE l[2], l[0], l[9]')).toEqual({ l: [1, 3] });
    expect(await updated({ l: [0, [1, 2, 3], 4] }, 'REMOVE l[0], l[1][0], l[1][2]')).toEqual({ l: [[2], 4] });
  });

  it('sets and removes elements of one list by their old positions', async () => {
    expect(await updated({ l: ['a', 'b', 'c'] }, 'SET l[2] = :z REMOVE l[0]', { ':z': 'z' })).toEqual({
      l: ['b', 'z'],
    });
  });

  it('appends what is set beyond the end', async () => {
    expect(await updated({ l: [1] }, 'SET l[50] = :v, l[7] = :w', { ':v': 'last', ':w': 'first' })).toEqual({
      l: [1, 'first', 'last'],
    });
  });

  it('reads all right-hand sides from the item as it was', async () => {
    expect(await updated({ a: 1, b: 2 }, 'SET a = b, b = a')).toEqual({ a: 2, b: 1 });
    expect(await updated({ m: { x: 1 } }, 'SET twin = m, m.x = :two', { ':two': 2 })).toEqual({
      m: { x: 2 },
      twin: { x: 1 },
    });
  });

  it('does SET, REMOVE, ADD and DELETE in one', async () => {
    const before = { a: 1, b: 2, s: new Set(['x', 'y']), sole: new Set(['q']), m: { k: 1 } };
    const values = {
      ':one': 1,
      ':t': new Set(['t']),
      ':x': new Set(['x', 'nope']),
      ':q': new Set(['q']),
      ':v': 'v',
    };
    expect(
      await updated(
        before,
        'SET m.k2 = :v, c = a + :one REMOVE b ADD cnt :one, tags :t DELETE s :x, sole :q',
        values,
      ),
    ).toEqual({ a: 1, c: 2, cnt: 1, m: { k: 1, k2: 'v' }, s: new Set(['y']), tags: new Set(['t']) });
  });

  it('builds lists with list_append and if_not_exists', async () => {
    for (const at of [1, 2])
      await world.update(KEY, 'SET attempts = list_append(if_not_exists(attempts, :none), :one)', {
        values: { ':none': [], ':one': [{ at }] },
      });
    expect(await world.get(KEY)).toEqual({ ...KEY, attempts: [{ at: 1 }, { at: 2 }] });
  });

  it('adds decimals exactly', async () => {
    expect(await updated({ n: 0.1 }, 'SET n = n + :v', { ':v': 0.2 })).toEqual({ n: 0.3 });
    expect(await updated({ n: 5 }, 'SET n = n - :v', { ':v': 7.25 })).toEqual({ n: -2.25 });
    expect(await updated({ n: -3 }, 'ADD n :v', { ':v': 3 })).toEqual({ n: 0 });
  });

  it('creates an item that was not there, even without an expression', async () => {
    const { Attributes } = await world.update(KEY, 'SET v = :v', {
      values: { ':v': 1 },
      ReturnValues: 'ALL_NEW',
    });
    expect(unmarshall(Attributes ?? {})).toEqual({ ...KEY, v: 1 });
  });

  it.each([
    ['SET m.k = :v', 'The document path provided in the update expression is invalid for update'],
    ['SET a = absent + :v', 'The provided expression refers to an attribute that does not exist in the item'],
    ['SET a = word + :v', 'An operand in the update expression has an incorrect data type'],
    ['ADD word :v', 'An operand in the update expression has an incorrect data type'],
    [
      'SET sk = :v',
      'One or more parameter values were invalid: Cannot update attribute sk. This attribute is part of the key',
    ],
  ])('refuses %s', async (expression, message) => {
    await world.put({ ...KEY, word: 'x' });
    expect(await refusal(world.update(KEY, expression, { values: { ':v': 1 } }))).toMatchObject({
      name: 'ValidationException',
      message,
    });
    expect(await world.get(KEY)).toEqual({ ...KEY, word: 'x' });
  });

  it.each([
    ['ALL_OLD', { ...KEY, a: 1, b: 2 }],
    ['ALL_NEW', { ...KEY, a: 5, b: 2, c: 5 }],
    ['UPDATED_OLD', { a: 1 }],
    ['UPDATED_NEW', { a: 5, c: 5 }],
  ] as const)('returns %s', async (ReturnValues, expected) => {
    await world.put({ ...KEY, a: 1, b: 2 });
    const { Attributes } = await world.update(KEY, 'SET a = :v, c = :v', {
      values: { ':v': 5 },
      ReturnValues,
    });
    expect(unmarshall(Attributes ?? {})).toEqual(expected);
  });
});

describe('an expression sent again', () => {
  it('takes its values from the request at hand', async () => {
    for (const v of ['one', 'two', { three: [3] }, 4])
      await world.update({ ...KEY, sk: JSON.stringify(v) }, 'SET v = :v', { values: { ':v': v } });
    for (const v of ['one', 'two', { three: [3] }, 4])
      expect(await world.get({ ...KEY, sk: JSON.stringify(v) })).toMatchObject({ v });
  });

  it('still refuses what it does not use', async () => {
    await world.update(KEY, 'SET v = :v', { values: { ':v': 1 } });
    const { message } = await refusal(world.update(KEY, 'SET v = :v', { values: { ':v': 1, ':w': 2 } }));
    expect(message).toContain('unused in expressions: keys: {:w}');
  });

  it('follows its attribute names', async () => {
    for (const name of ['first', 'second'])
      await world.update(KEY, 'SET #n = :v', {
        ExpressionAttributeNames: { '#n': name },
        values: { ':v': name },
      });
    expect(await world.get(KEY)).toEqual({ ...KEY, first: 'first', second: 'second' });
  });
});

describe('an item', () => {
  const attribute = (bytes: number) =>
    'x'.repeat(bytes - 'pk'.length - 'sk'.length - 'T#root#t1'.length - 'T'.length - 1);
  const LIMIT = 400 * 1024;

  it('may have 400 KB and not a byte more', async () => {
    await world.put({ ...KEY, v: attribute(LIMIT) });
    expect(await refusal(world.put({ ...KEY, v: attribute(LIMIT + 1) }))).toMatchObject({
      name: 'ValidationException',
      message: 'Item size has exceeded the maximum allowed size',
    });
    expect(await refusal(world.update(KEY, 'SET w = :w', { values: { ':w': '' } }))).toMatchObject({
      message: 'Item size to update has exceeded the maximum allowed size',
    });
  });

  it('is measured in bytes, not characters', async () => {
    await world.put({ ...KEY, v: 'é'.repeat(200_000) });
    expect((await refusal(world.put({ ...KEY, v: 'é'.repeat(250_000) }))).name).toBe('ValidationException');
  });

  it('comes back as it was put', async () => {
    const item = {
      ...KEY,
      empty: '',
      nothing: null,
      yes: true,
      no: false,
      list: [],
      map: {},
      nested: { a: [{ b: [1, 'x', null] }] },
      binary: Uint8Array.of(0, 255, 1),
      small: 1.5e-10,
      emoji: '🚀',
      numbers: new Set([1, 2.5]),
    };
    await world.put(item);
    expect(await world.get(KEY)).toEqual(item);
  });
});
