import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareNumbers } from '../../../../infra/local/dynamodb/decimal.ts';
import { afterPrefix, primaryBytes, scalarBytes } from '../../../../infra/local/dynamodb/key-bytes.ts';

const order = (a: Buffer, b: Buffer) => Math.sign(Buffer.compare(a, b));
const decimals = fc
  .tuple(fc.bigInt({ min: -(10n ** 12n), max: 10n ** 12n }), fc.integer({ min: 0, max: 8 }))
  .map(([digits, places]) => (Number(digits) / 10 ** places).toFixed(places).replace(/^-(0(\.0*)?)$/, '$1'));

describe('key bytes', () => {
  it('sort numbers by value', () => {
    fc.assert(
      fc.property(decimals, decimals, (a, b) => {
        expect(order(scalarBytes({ N: a }), scalarBytes({ N: b }))).toBe(compareNumbers(a, b));
      }),
      { numRuns: 1000 },
    );
  });

  it('sort strings by their UTF-8 bytes', () => {
    expect(order(scalarBytes({ S: '\uffff' }), scalarBytes({ S: '🚀' }))).toBe(-1);
    expect(order(scalarBytes({ S: 'a' }), scalarBytes({ S: 'a\u0000' }))).toBe(-1);
  });

  it('tell primary keys apart, however their parts run together', () => {
    const key = (hash: string, range: string) =>
      primaryBytes({ hash: Buffer.from(hash), range: Buffer.from(range) });
    expect(key('t1', '1x').equals(key('t', '11x'))).toBe(false);
  });

  it('bound a prefix from above', () => {
    const bytes = fc.uint8Array({ minLength: 1, maxLength: 4 }).map((array) => Buffer.from(array));
    fc.assert(
      fc.property(bytes, bytes, (prefix, other) => {
        const end = afterPrefix(prefix);
        const within = order(other, prefix) >= 0 && (end === undefined || order(other, end) < 0);
        expect(within).toBe(other.subarray(0, prefix.length).equals(prefix));
      }),
      { numRuns: 1000 },
    );
  });
});
