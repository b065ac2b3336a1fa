import type { AttributeValue, Item } from './attribute-value.ts';

/**
 * Sizes as DynamoDB bills them: UTF-8 bytes of names and strings, raw bytes of binaries, 1 byte per two digits.
 * Source: docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
 */
export function itemSizeBytes(item: Item): number {
  let bytes = 0;
  for (const name in item) {
    const value = item[name];
    if (value !== undefined) bytes += Buffer.byteLength(name) + valueSizeBytes(value);
  }
  return bytes;
}

const CONTAINER_OVERHEAD_BYTES = 3;

function valueSizeBytes(value: AttributeValue): number {
  if ('S' in value) return Buffer.byteLength(value.S);
  if ('N' in value) return numberSizeBytes(value.N);
  if ('BOOL' in value || 'NULL' in value) return 1;
  if ('B' in value) return binarySizeBytes(value.B);
  if ('M' in value) return CONTAINER_OVERHEAD_BYTES + Object.keys(value.M).length + itemSizeBytes(value.M);
  if ('L' in value) return sum(value.L, (element) => 1 + valueSizeBytes(element), CONTAINER_OVERHEAD_BYTES);
  if ('SS' in value) return sum(value.SS, (element) => Buffer.byteLength(element));
  if ('NS' in value) return sum(value.NS, numberSizeBytes);
  return sum(value.BS, binarySizeBytes);
}

const sum = <T>(list: readonly T[], size: (element: T) => number, start = 0): number =>
  list.reduce((total, element) => total + size(element), start);

const binarySizeBytes = (base64: string): number => Buffer.byteLength(base64, 'base64');

/** Digits are stored in pairs of decimal places, so a number that starts in mid-pair takes one byte more. */
function numberSizeBytes(text: string): number {
  const negative = text.startsWith('-');
  const [whole = '', fraction = ''] = text.slice(negative ? 1 : 0).split('.');
  const digits = (whole + fraction).replace(/^0+/, '').replace(/0+$/, '');
  if (digits === '') return 1;
  const integerPlaces = whole.replace(/^0+/, '').length;
  const exponent =
    integerPlaces > 0 ? integerPlaces - 1 : -1 - (fraction.length - fraction.replace(/^0+/, '').length);
  const straddles = digits.length % 2 === 0 && exponent % 2 === 0;
  return 1 + Math.ceil(digits.length / 2) + (straddles ? 1 : 0) + (negative ? 1 : 0);
}
