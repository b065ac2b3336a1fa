import { describe, expect, it } from 'vitest';
import { readPrecondition, requirePrecondition } from '../../../shared/contract/if-match.ts';
import { isCode } from '../../../shared/domain/errors.ts';

const outcome = (
  ifMatch: string | undefined,
  ifNoneMatch: string | undefined,
  actual: number | undefined,
) => {
  try {
    requirePrecondition(readPrecondition({ ifMatch, ifNoneMatch }), actual);
    return 'passes';
  } catch (error) {
    if (isCode(error, 'version-mismatch')) return 412;
    if (isCode(error, 'precondition-invalid')) return 400;
    throw error;
  }
};

describe('preconditions', () => {
  it.each<[string | undefined, string | undefined, number | undefined, string | number]>([
    [undefined, undefined, 3, 'passes'],
    [undefined, undefined, undefined, 'passes'],
    ['"3"', undefined, 3, 'passes'],
    [' "3" ', undefined, 3, 'passes'],
    ['3', undefined, 3, 'passes'],
    ['"2" , "3"', undefined, 3, 'passes'],
    ['*', undefined, 3, 'passes'],
    ['"4"', undefined, 3, 412],
    ['"03"', undefined, 3, 'passes'],
    ['"other"', undefined, 3, 412],
    ['W/"3"', undefined, 3, 412],
    ['W/"3", "3"', undefined, 3, 'passes'],
    ['"3"', undefined, undefined, 412],
    ['*', undefined, undefined, 412],
    ['', undefined, 3, 400],
    ['three', undefined, 3, 400],
    ['"3', undefined, 3, 400],
    ['"3",', undefined, 3, 400],
    ['*, "3"', undefined, 3, 400],
    [undefined, '*', undefined, 'passes'],
    [undefined, '*', 3, 412],
    [undefined, '"3"', 3, 400],
  ])('If-Match %j, If-None-Match %j on version %j: %s', (ifMatch, ifNoneMatch, actual, expected) => {
    expect(outcome(ifMatch, ifNoneMatch, actual)).toBe(expected);
  });
});
