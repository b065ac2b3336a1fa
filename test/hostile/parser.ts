import type fc from 'fast-check';
import { type ErrorCode, SchedulerError } from '../../shared/domain/errors.ts';

/** One place where something comes in: what is given to it, and the only ways in which it may refuse. */
export interface Parser {
  /** Its file, and what it is called there: `shared/messages.ts HintSchema`. */
  name: string;
  given: fc.Arbitrary<unknown>;
  run(value: unknown): unknown;
  /** Absent: it never throws. */
  refuses?: (error: unknown) => boolean;
  /** What would take longest, besides what is drawn. */
  worst?: readonly unknown[];
}

export function parser<T>(
  name: string,
  given: fc.Arbitrary<T>,
  run: (value: T) => unknown,
  more: { refuses?: (error: unknown) => boolean; worst?: readonly T[] } = {},
): Parser {
  // What is drawn is what is run.
  return { name, given, run: (value) => run(value as T), ...more };
}

export const refusesWith =
  (...codes: readonly ErrorCode[]) =>
  (error: unknown): boolean =>
    error instanceof SchedulerError && codes.some((code) => code === error.code);

export const says =
  (pattern: RegExp) =>
  (error: unknown): boolean =>
    error instanceof Error && pattern.test(error.message);
