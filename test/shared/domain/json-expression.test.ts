import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  ExpressionError,
  evaluateExpression,
  expressionProblem,
} from '../../../shared/domain/json-expression.ts';

describe('an expression', () => {
  it.each([
    ['result.done = true', { result: { done: true } }, true],
    ['$sum(items.price)', { items: [{ price: 2 }, { price: 3 }] }, 5],
    ['items[price > 2].name', { items: [{ price: 3, name: 'a' }] }, 'a'],
    ['items[]', { items: [1] }, [1]],
    ['nothing.here', {}, undefined],
    ['$pad("7", -3, "0")', {}, '007'],
  ])('%s of %j is %j', async (text, input, value) => {
    expect(expressionProblem(text)).toBeUndefined();
    expect(await evaluateExpression(text, input)).toEqual(value);
  });

  it.each([
    ['a.b(', 'Expected'],
    ['$match(a, /(x+)+$/)', 'regular expressions'],
    ['x'.repeat(1_001), 'at most 1000'],
  ])('is refused before it is used: %s', (text, problem) => {
    expect(expressionProblem(text)).toContain(problem);
  });

  it.each([
    ['an endless loop', '($f := function($x){ $f($x + 1) }; $f(1))'],
    ['a long sequence', '[1..1000000]'],
    ['a long padding', '$pad("x", 1000000000)'],
    ['a text doubled and doubled', '$reduce([1..27], function($a, $b){ $a & $a }, "x")'],
    ['an expression within', '$eval("1 + 1")'],
  ])('is stopped: %s', async (_, text) => {
    await expect(evaluateExpression(text, {})).rejects.toBeInstanceOf(ExpressionError);
  });

  it('sees values only, nothing of JavaScript', async () => {
    for (const text of ['a.constructor', '__proto__', 'a.__proto__.polluted', '$string.constructor'])
      expect(await evaluateExpression(text, { a: {} })).toBeUndefined();
  });

  it('never fails in another way than it says', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ maxLength: 60 }), fc.jsonValue(), async (text, input) => {
        if (expressionProblem(text) !== undefined) return;
        await evaluateExpression(text, input).catch((error: unknown) =>
          expect(error).toBeInstanceOf(ExpressionError),
        );
      }),
      { numRuns: 300 },
    );
  });
});
