import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeWorld, refusal, type World } from './world.ts';

const KEY = { pk: 'T#root#t1', sk: 'T' };
let world: World;
beforeEach(async () => {
  world = await makeWorld();
});
afterEach(() => world.close());

describe('a conditional put', () => {
  it('creates the item once', async () => {
    await world.put({ ...KEY, v: 1 }, { ConditionExpression: 'attribute_not_exists(pk)' });
    const { name, error } = await refusal(
      world.put({ ...KEY, v: 2 }, { ConditionExpression: 'attribute_not_exists(pk)' }),
    );
    expect(name).toBe('ConditionalCheckFailedException');
    expect(error).toBeInstanceOf(ConditionalCheckFailedException);
    expect(await world.get(KEY)).toEqual({ ...KEY, v: 1 });
  });

  it('has exactly one winner among fifty writers', async () => {
    const writers = Array.from({ length: 50 }, (_, writer) =>
      world.put({ ...KEY, writer }, { ConditionExpression: 'attribute_not_exists(pk)' }).then(
        () => writer,
        () => undefined,
      ),
    );
    const winners = (await Promise.all(writers)).filter((writer) => writer !== undefined);
    expect(winners).toHaveLength(1);
    expect(await world.get(KEY)).toEqual({ ...KEY, writer: winners[0] });
  });
});

describe('a refused condition', () => {
  const condition = {
    ConditionExpression: 'v = :seven',
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
    values: { ':seven': 7 },
  };
  it.each([
    ['put', () => world.put({ ...KEY, v: 2 }, condition)],
    ['update', () => world.update(KEY, 'SET w = :seven', condition)],
    ['delete', () => world.remove(KEY, condition)],
  ])('shows the item that a %s met, when asked for', async (_, write) => {
    await world.put({ ...KEY, v: 1 });
    const { error } = await refusal(write());
    expect(error).toBeInstanceOf(ConditionalCheckFailedException);
    if (error instanceof ConditionalCheckFailedException)
      expect(unmarshall(error.Item ?? {})).toEqual({ ...KEY, v: 1 });
  });

  it('shows nothing unasked and nothing when there is no item', async () => {
    await world.put({ ...KEY, v: 1 });
    const unasked = await refusal(world.remove(KEY, { ConditionExpression: 'attribute_not_exists(pk)' }));
    const absent = await refusal(
      world.remove(
        { ...KEY, sk: 'none' },
        { ConditionExpression: 'attribute_exists(pk)', ReturnValuesOnConditionCheckFailure: 'ALL_OLD' },
      ),
    );
    for (const { error } of [unasked, absent])
      expect(error instanceof ConditionalCheckFailedException && error.Item).toBeUndefined();
  });
});

describe('fifty updates at once', () => {
  it('let one through when they compare and swap', async () => {
    await world.put({ ...KEY, version: 1 });
    const outcomes = await Promise.allSettled(
      Array.from({ length: 50 }, () =>
        world.update(KEY, 'SET version = version + :one', {
          ConditionExpression: 'version = :read',
          values: { ':one': 1, ':read': 1 },
        }),
      ),
    );
    expect(outcomes.filter((outcome) => outcome.status === 'fulfilled')).toHaveLength(1);
    expect(await world.get(KEY)).toEqual({ ...KEY, version: 2 });
  });

  it('all count when they add', async () => {
    await Promise.all(
      Array.from({ length: 50 }, () => world.update(KEY, 'ADD hits :one', { values: { ':one': 1 } })),
    );
    expect(await world.get(KEY)).toEqual({ ...KEY, hits: 50 });
  });
});

describe('a condition expression', () => {
  const item = {
    ...KEY,
    n: 5,
    neg: -0.5,
    word: 'hello',
    top: 9,
    elems: [1, { deep: 'x' }],
    tree: { a: { b: [10, 20] } },
    tags: new Set(['x', 'y']),
    nothing: null,
    yes: true,
  };
  const values = {
    ':5': 5,
    ':1': 1,
    ':9': 9,
    ':minus': -1,
    ':h': 'he',
    ':lo': 'lo',
    ':x': 'x',
    ':z': 'z',
    ':map': { a: { b: [10, 20] } },
    ':elem': { deep: 'x' },
    ':yx': new Set(['y', 'x']),
    ':L': 'L',
    ':true': true,
    ':null': null,
    ':2': 2,
  };
  const check = (condition: string) => {
    const used = Object.entries(values).filter(([name]) => new RegExp(`${name}\\b`).test(condition));
    const named = { ...(used.length > 0 && { values: Object.fromEntries(used) }) };
    return world.remove(KEY, { ConditionExpression: condition, ...named }).then(
      () => true,
      (error: Error) => (error.name === 'ConditionalCheckFailedException' ? false : error.message),
    );
  };
  beforeEach(async () => {
    await world.put(item);
  });

  it.each([
    'n = :5',
    'n BETWEEN :1 AND :9',
    'n IN (:1, :5)',
    'n < top',
    'neg > :minus AND neg < :1',
    'begins_with(word, :h)',
    'contains(word, :lo)',
    'contains(tags, :x) AND NOT contains(tags, :z)',
    'contains(elems, :elem)',
    'size(elems) = :2',
    'attribute_type(elems, :L)',
    'tree = :map',
    'tags = :yx',
    'tree.a.b[1] > tree.a.b[0]',
    'absent <> :1',
    'attribute_not_exists(absent) OR n = :9',
    'yes = :true AND nothing = :null',
    'NOT (n = :1 OR n = :9)',
  ])('holds: %s', async (condition) => {
    expect(await check(condition)).toBe(true);
  });

  it.each([
    'n = :1',
    'n > word',
    'absent = :1',
    'absent < :1',
    'begins_with(n, :h)',
    'attribute_exists(tree.x)',
    'attribute_exists(elems[7])',
    'size(n) > :1',
  ])('does not hold: %s', async (condition) => {
    expect(await check(condition)).toBe(false);
  });
});
