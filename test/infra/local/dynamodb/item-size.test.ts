import { describe, expect, it } from 'vitest';
import type { AttributeValue } from '../../../../infra/local/dynamodb/attribute-value.ts';
import { itemSizeBytes } from '../../../../infra/local/dynamodb/item-size.ts';

/** Sizes worked out by hand from the rules in the DynamoDB Developer Guide; the name takes one byte more. */
const SIZES: [AttributeValue, number][] = [
  [{ S: '' }, 0],
  [{ S: 'abc' }, 3],
  [{ S: 'é' }, 2],
  [{ S: '🚀' }, 4],
  [{ B: Buffer.from([1, 2, 3, 4]).toString('base64') }, 4],
  [{ BOOL: true }, 1],
  [{ NULL: true }, 1],
  [{ N: '0' }, 1],
  [{ N: '7' }, 2],
  [{ N: '100' }, 2],
  [{ N: '1234' }, 3],
  [{ N: '12345' }, 4],
  [{ N: '-7' }, 3],
  [{ N: '0.05' }, 2],
  [{ SS: ['a', 'bcd'] }, 4],
  [{ NS: ['1', '2'] }, 4],
  [{ L: [] }, 3],
  [{ L: [{ S: 'ab' }, { BOOL: false }] }, 8],
  [{ M: {} }, 3],
  [{ M: { key: { S: 'value' } } }, 12],
];

describe('the size of an attribute', () => {
  it.each(SIZES)('%j is %i bytes', (value, bytes) => {
    expect(itemSizeBytes({ a: value })).toBe(1 + bytes);
  });
});
