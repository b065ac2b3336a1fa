import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AfterFailure, afterFailure } from '../../../shared/domain/after-failure.ts';
import { failuresInBudget } from '../../../shared/domain/attempt-budget.ts';
import type { Execution } from '../../../shared/domain/execution.ts';
import { failed } from '../../../shared/domain/execution-failures.ts';
import type { Failure } from '../../../shared/domain/failure.ts';
import { MAX_RETRY_LIMIT, MAX_SNOOZES } from '../../../shared/domain/limits.ts';
import { matchesWildcard, ruleFor } from '../../../shared/domain/retry-rules.ts';
import type { RetryPolicy, RetryRule } from '../../../shared/domain/task.ts';
import { aRun, T0 } from '../../contracts/samples.ts';
import { applyChange } from '../../support/apply-change.ts';

const policy = (rules: RetryRule[], over: Partial<RetryPolicy> = {}): RetryPolicy => ({
  strategy: 'fixed',
  limit: 2,
  baseSeconds: 10,
  maxSeconds: 60,
  jitter: 'none',
  rules,
  ...over,
});
const failure = (over: Partial<Failure> = {}): Failure => ({
  cause: 'error',
  errorType: 'Error',
  errorMessage: 'boom',
  nonRetryable: false,
  ...over,
});
const firstRun = (retryLimit: number): Execution => aRun({ attempt: 1, maxAttempts: retryLimit + 1 });
const decide = (run: Execution, by: RetryPolicy, what: Failure): AfterFailure =>
  afterFailure(run, by, what, T0, () => 0);

/** The run after this failure and, when there is one, at the start of its next attempt. */
function fail(run: Execution, by: RetryPolicy, what: Failure): { after: AfterFailure; next: Execution } {
  const after = decide(run, by, what);
  const written = applyChange(run, failed(run, { owner: 'nonce-a', nowMs: T0, retentionMs: 1, after }));
  if (!written.ok) throw new Error('refused');
  const next = { ...written.record, status: 'running' as const, attempt: run.attempt + 1 };
  return { after, next: after.nextAttemptAt === undefined ? written.record : next };
}
const waits = (by: RetryPolicy, failures: Failure[]): (number | 'dead')[] => {
  const waited: (number | 'dead')[] = [];
  let run = firstRun(by.limit);
  for (const what of failures) {
    const { after, next } = fail(run, by, what);
    if (after.nextAttemptAt === undefined) return [...waited, 'dead'];
    waited.push((after.nextAttemptAt - T0) / 1_000);
    run = next;
  }
  return waited;
};

describe('a pattern', () => {
  it.each([
    ['HttpError', 'HttpError', true],
    ['HttpError', 'HttpErrors', false],
    ['*', '', true],
    ['Http*', 'HttpError', true],
    ['*Error', 'HttpError', true],
    ['H*t*r', 'HttpError', true],
    ['a*a', 'a', false],
    ['a.c', 'abc', false],
    ['**', 'x', true],
  ])('%s matches %s: %s', (pattern, text, expected) => {
    expect(matchesWildcard(pattern, text)).toBe(expected);
  });

  it('means what the regular expression with .* for each * means', () => {
    const letters = (extra: string) => fc.string({ unit: fc.constantFrom('a', 'b', ...extra), maxLength: 8 });
    fc.assert(
      fc.property(letters('*'), letters(''), (pattern, text) => {
        const regex = new RegExp(`^${pattern.replaceAll('*', '.*')}$`);
        expect(matchesWildcard(pattern, text)).toBe(regex.test(text));
      }),
    );
  });
});

describe('the first rule that matches', () => {
  const rules: RetryRule[] = [
    { match: { httpStatus: [404], errorType: 'Http*' }, then: 'stop' },
    { match: { httpStatus: ['4xx', 503] }, then: 'snooze' },
    { match: { cause: 'throttled' }, then: 'retry', limit: 1 },
    { match: { cause: 'error' }, then: 'retry', limit: 2 },
    { match: {}, then: 'retry', limit: 3 },
  ];
  it.each([
    [{ errorType: 'HttpError', httpStatus: 404 }, 0],
    [{ errorType: 'Odd', httpStatus: 404 }, 1],
    [{ errorType: 'Odd', httpStatus: 503 }, 1],
    [{ errorType: 'Odd', cause: 'throttled' as const }, 2],
    [{ errorType: 'Odd', httpStatus: 500 }, 3],
    [{ errorType: 'TimeoutError', cause: 'timedOut' as const }, 4],
    [{ errorType: 'Odd', cause: 'crashed' as const }, 4],
  ])('of %j is number %i', (seen, at) => {
    expect(ruleFor(rules, { cause: undefined, ...seen })).toBe(rules[at]);
  });

  it('is none when all of them name something else', () => {
    expect(ruleFor(rules.slice(0, 3), { errorType: 'Error', cause: undefined })).toBeUndefined();
    expect(ruleFor(undefined, { errorType: 'Error', cause: undefined })).toBeUndefined();
  });

  it('counts a throttle as thrown, too', () => {
    const thrown: RetryRule[] = [{ match: { cause: 'error' }, then: 'stop' }];
    expect(ruleFor(thrown, { errorType: 'Slow', cause: 'throttled' })).toBe(thrown[0]);
  });
});

describe('a rule', () => {
  const unavailable = failure({ errorType: 'HttpError', httpStatus: 503 });

  it('that stops ends the run as not retryable, whatever is left', () => {
    const by = policy([{ match: { httpStatus: ['5xx'] }, then: 'stop' }]);
    const { next } = fail(firstRun(2), by, unavailable);
    expect(next).toMatchObject({ status: 'dead', reason: 'nonRetryable', letter: 'pending' });
  });

  it('with its own timing waits by that, counting its own failures', () => {
    const rule: RetryRule = {
      match: { httpStatus: [503] },
      then: 'retry',
      strategy: 'linear',
      baseSeconds: 3,
    };
    const by = policy([rule], { limit: 5 });
    expect(waits(by, [failure(), unavailable, unavailable, failure()])).toEqual([10, 3, 6, 10]);
  });

  it('without a limit spends the budget of the task', () => {
    const by = policy([{ match: { httpStatus: [503] }, then: 'retry', baseSeconds: 1 }]);
    expect(waits(by, [unavailable, unavailable, unavailable])).toEqual([1, 1, 'dead']);
  });

  it('with a limit has a budget of its own, and leaves the one of the task as it is', () => {
    const by = policy([{ match: { httpStatus: [503] }, then: 'retry', baseSeconds: 1, limit: 3 }]);
    expect(waits(by, [unavailable, unavailable, unavailable, unavailable])).toEqual([1, 1, 1, 'dead']);
    const mixed = [unavailable, failure(), unavailable, failure(), unavailable, failure()];
    expect(waits(by, mixed)).toEqual([1, 10, 1, 10, 1, 'dead']);
  });

  it('with limit 0 takes none of its failures', () => {
    expect(waits(policy([{ match: {}, then: 'retry', limit: 0 }]), [failure()])).toEqual(['dead']);
  });

  it('that snoozes spends nothing, up to its own limit', () => {
    const by = policy([{ match: { cause: 'throttled' }, then: 'snooze', baseSeconds: 5, limit: 4 }], {
      limit: 0,
    });
    const slow = failure({ throttled: true });
    expect(waits(by, [slow, slow, slow, slow, slow])).toEqual([5, 5, 5, 5, 'dead']);
    expect(fail(firstRun(0), by, slow).next).toMatchObject({ snoozes: 1, maxAttempts: 2, attempt: 2 });
  });

  it('gives way to the wait that the error itself asks for', () => {
    const by = policy([{ match: { httpStatus: [503] }, then: 'retry', baseSeconds: 1 }]);
    expect(waits(by, [{ ...unavailable, retryAfterSeconds: 77 }])).toEqual([77]);
    expect(waits(policy([]), [failure({ retryAfterSeconds: 5 })])).toEqual([5]);
  });

  it('does not bring back what the handler calls not retryable', () => {
    const by = policy([{ match: {}, then: 'retry' }]);
    expect(waits(by, [failure({ nonRetryable: true })])).toEqual(['dead']);
  });

  it('starts anew when a person retries the run', () => {
    const by = policy([{ match: {}, then: 'retry', limit: 1 }]);
    const { next } = fail(firstRun(0), by, failure());
    expect(decide(next, by, failure()).nextAttemptAt).toBeUndefined();
    const revived = { ...next, attemptsBefore: next.attempt - 1, maxAttempts: next.attempt };
    expect(decide(revived, by, failure()).nextAttemptAt).toBeDefined();
  });

  it('that was edited away leaves its failures to the policy', () => {
    const rule: RetryRule = { match: { httpStatus: [503] }, then: 'retry', limit: 50 };
    const { next } = fail(firstRun(1), policy([rule], { limit: 1 }), unavailable);
    expect(fail(next, policy([], { limit: 1 }), unavailable).next).toMatchObject({ status: 'running' });
  });
});

describe('whatever the rules and the failures', () => {
  const rule: fc.Arbitrary<RetryRule> = fc.record(
    {
      match: fc.record(
        {
          httpStatus: fc.constantFrom([429], ['5xx'], [503, '4xx']),
          errorType: fc.constantFrom('Error', 'Http*', '*'),
          cause: fc.constantFrom('error', 'timedOut', 'crashed', 'throttled'),
        },
        { requiredKeys: [] },
      ),
      then: fc.constantFrom('retry', 'stop', 'snooze'),
      limit: fc.integer({ min: 0, max: 4 }),
      baseSeconds: fc.integer({ min: 1, max: 5 }),
    },
    { requiredKeys: ['match', 'then'] },
  );
  const anyFailure = fc.record({
    errorType: fc.constantFrom('Error', 'HttpError'),
    httpStatus: fc.constantFrom(429, 404, 500, 503),
    cause: fc.constantFrom('error' as const, 'timedOut' as const, 'crashed' as const),
    throttled: fc.boolean(),
  });

  it('attempts start while there is budget, each budget is kept, and only an end ends it', () => {
    fc.assert(
      fc.property(
        fc.array(rule, { maxLength: 4 }),
        fc.integer({ min: 0, max: 3 }),
        fc.array(anyFailure, { minLength: 1, maxLength: 40 }),
        (rules, limit, failures) => {
          const by = policy(rules, { limit });
          let run = firstRun(limit);
          let own = 0;
          const taken = new Map<RetryRule, number>();
          for (const over of failures) {
            const what = failure(over);
            const { after, next } = fail(run, by, what);
            if (after.nextAttemptAt === undefined) {
              expect(next).toMatchObject({ status: 'dead', attempt: run.attempt });
              return;
            }
            const by_ = ruleFor(rules, {
              ...what,
              cause: what.cause === 'error' ? (what.throttled ? 'throttled' : undefined) : what.cause,
            });
            if (by_) taken.set(by_, (taken.get(by_) ?? 0) + 1);
            if (by_?.limit !== undefined) expect(taken.get(by_)).toBeLessThanOrEqual(by_.limit);
            if (after.free === undefined) own++;
            expect(own).toBeLessThanOrEqual(limit);
            // START's own guard lets exactly the permitted ones begin.
            expect(next.attempt).toBeLessThanOrEqual(next.maxAttempts);
            expect(failuresInBudget(next, limit)).toBe(own + 1);
            run = next;
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  it('an error that always comes ends the run', () => {
    const endless = (then: 'retry' | 'snooze', limit?: number): number => {
      const rules: RetryRule[] = Array.from({ length: 10 }, (_, n) => ({
        match: { httpStatus: [500 + n] },
        then,
        ...(limit === undefined ? {} : { limit }),
      }));
      const by = policy(rules, { limit: 0 });
      let run = firstRun(0);
      for (let n = 0; n <= 2_000; n++) {
        const { after, next } = fail(run, by, failure({ httpStatus: 500 + (n % 10) }));
        if (after.nextAttemptAt === undefined) return n;
        run = next;
      }
      return Number.POSITIVE_INFINITY;
    };
    expect(endless('snooze')).toBe(MAX_SNOOZES);
    expect(endless('retry', MAX_RETRY_LIMIT)).toBe(MAX_RETRY_LIMIT);
  });
});

describe('an error that is final', () => {
  const notFound = { errorType: 'HttpError', httpStatus: 404, nonRetryable: true } as const;
  const retry404: RetryRule = { match: { httpStatus: [404] }, then: 'retry' };

  it('because it said so, is so whatever the rules say', () => {
    expect(decide(firstRun(2), policy([retry404]), failure(notFound)).nextAttemptAt).toBeUndefined();
  });

  it('because that was concluded from it, is so unless a rule takes it', () => {
    const concluded = failure({ ...notFound, unlessRuled: true });
    expect(decide(firstRun(2), policy([]), concluded)).toMatchObject({
      nextAttemptAt: undefined,
      failure: { nonRetryable: true },
    });
    expect(decide(firstRun(2), policy([retry404]), concluded)).toMatchObject({
      nextAttemptAt: T0 + 10_000,
      failure: { nonRetryable: false },
    });
    expect(waits(policy([retry404]), [concluded, concluded, concluded])).toEqual([10, 10, 'dead']);
  });
});
