import { SchedulerError } from '../domain/errors.ts';

/** What must hold of the resource for the request to go through (RFC 9110 §13.1). */
export interface Precondition {
  /** `any`: it exists; else one of these versions. A weak tag never matches. */
  match?: 'any' | number[];
  /** It does not exist. */
  absent?: boolean;
}

const TAGS = /^(?:W\/)?"[\x21\x23-\x7e]*"(?:\s*,\s*(?:W\/)?"[\x21\x23-\x7e]*")*$/;
const BARE = /^\d{1,15}$/;

export const etagOf = (version: number): string => `"${version}"`;

export function readPrecondition(headers: {
  ifMatch?: string | undefined;
  ifNoneMatch?: string | undefined;
}): Precondition {
  const precondition: Precondition = {};
  const match = headers.ifMatch?.trim();
  if (match !== undefined) precondition.match = match === '*' ? 'any' : versionsIn('If-Match', match);
  const none = headers.ifNoneMatch?.trim();
  if (none !== undefined) {
    if (none !== '*') throw bad('If-None-Match', none);
    precondition.absent = true;
  }
  return precondition;
}

/** A bare number is taken as well: what one means by it is clear. */
function versionsIn(header: string, value: string): number[] {
  if (BARE.test(value)) return [Number(value)];
  if (!TAGS.test(value)) throw bad(header, value);
  return [...value.matchAll(/(W\/)?"(\d{1,15})"/g)].flatMap(([, weak, digits]) =>
    weak ? [] : [Number(digits)],
  );
}

const bad = (header: string, value: string) =>
  new SchedulerError('precondition-invalid', `${header} must be "*" or a list of quoted versions`, {
    header,
    value,
  });

/** Throws `version-mismatch`. `actual` is undefined when the resource does not exist. */
export function requirePrecondition(precondition: Precondition, actual: number | undefined): void {
  const { match, absent } = precondition;
  const mismatch =
    (match !== undefined && actual === undefined) ||
    (Array.isArray(match) && actual !== undefined && !match.includes(actual)) ||
    (absent === true && actual !== undefined);
  if (!mismatch) return;
  const expected = Array.isArray(match) ? (match[0] ?? 0) : 0;
  const stands = actual === undefined ? 'it does not exist' : `it is at version ${actual}`;
  throw new SchedulerError('version-mismatch', `The precondition does not hold: ${stands}`, {
    expected,
    actual: actual ?? 0,
  });
}
