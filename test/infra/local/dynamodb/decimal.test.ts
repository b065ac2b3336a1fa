import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addNumbers, compareNumbers } from '../../../../infra/local/dynamodb/decimal.ts';

const cents = fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n });
/** Plain notation of a number of cents, as a client would send it. */
function plain(value: bigint): string {
  const digits = (value < 0n ? -value : value).toString().padStart(3, '0');
  const text = `${digits.slice(0, -2)}.${digits.slice(-2)}`.replace(/\.?0+$/, '');
  return value < 0n ? `-${text}` : text;
}

describe('numbers', () => {
  it('are added and subtracted exactly', () => {
    fc.assert(
      fc.property(cents, cents, (a, b) => {
        expect(addNumbers(plain(a), plain(b))).toBe(plain(a + b));
        expect(addNumbers(plain(a), plain(b), -1n)).toBe(plain(a - b));
      }),
    );
  });

  it('are compared by value', () => {
    fc.assert(
      fc.property(cents, cents, (a, b) => {
        expect(compareNumbers(plain(a), plain(b))).toBe(a < b ? -1 : a > b ? 1 : 0);
      }),
    );
    expect(compareNumbers('1.50', '1.5')).toBe(0);
  });

  it('have at most 38 digits and a bounded magnitude', () => {
    expect(addNumbers('9'.repeat(37), '1')).toBe(`1${'0'.repeat(37)}`);
    expect(() => addNumbers(`1${'0'.repeat(38)}`, '1')).toThrow('more than 38 significant digits');
    expect(() => addNumbers(`9${'0'.repeat(125)}`, `1${'0'.repeat(125)}`)).toThrow('Number overflow');
  });
});
