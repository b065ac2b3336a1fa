import { validationError } from './service-error.ts';

/** DynamoDB numbers: 38 significant digits, magnitudes 1E-130 to 9.99E+125. value = digits × 10^exponent */
interface Decimal {
  digits: bigint;
  exponent: number;
}

const MAX_SIGNIFICANT_DIGITS = 38;
const MAX_MAGNITUDE = 125;
const MIN_MAGNITUDE = -130;

/** Numbers arrive here in plain notation: validation has normalised them. */
function parse(text: string): Decimal {
  const dot = text.indexOf('.');
  if (dot < 0) return { digits: BigInt(text), exponent: 0 };
  return { digits: BigInt(text.slice(0, dot) + text.slice(dot + 1)), exponent: dot + 1 - text.length };
}

function align(a: Decimal, b: Decimal): [bigint, bigint, number] {
  const exponent = Math.min(a.exponent, b.exponent);
  return [
    a.digits * 10n ** BigInt(a.exponent - exponent),
    b.digits * 10n ** BigInt(b.exponent - exponent),
    exponent,
  ];
}

export function addNumbers(a: string, b: string, sign: 1n | -1n = 1n): string {
  const [left, right, exponent] = align(parse(a), parse(b));
  return format(left + sign * right, exponent);
}

export function compareNumbers(a: string, b: string): number {
  const [left, right] = align(parse(a), parse(b));
  return left < right ? -1 : left > right ? 1 : 0;
}

function format(digits: bigint, exponent: number): string {
  if (digits === 0n) return '0';
  const negative = digits < 0n;
  const all = (negative ? -digits : digits).toString();
  const significant = all.replace(/0+$/, '');
  const scale = exponent + all.length - significant.length;
  const magnitude = exponent + all.length - 1;
  if (significant.length > MAX_SIGNIFICANT_DIGITS)
    throw validationError('Attempting to store more than 38 significant digits in a Number');
  if (magnitude > MAX_MAGNITUDE)
    throw validationError(
      'Number overflow. Attempting to store a number with magnitude larger than supported range',
    );
  if (magnitude < MIN_MAGNITUDE)
    throw validationError(
      'Number underflow. Attempting to store a number with magnitude smaller than supported range',
    );
  const places = Math.max(0, -scale);
  const integer = significant + '0'.repeat(Math.max(0, scale));
  const padded = integer.padStart(places + 1, '0');
  const text = places === 0 ? padded : `${padded.slice(0, -places)}.${padded.slice(-places)}`;
  return negative ? `-${text}` : text;
}
