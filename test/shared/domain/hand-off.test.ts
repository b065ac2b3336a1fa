import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pending, pendingSecondsOf } from '../../../shared/contract/handler.ts';
import type { Execution } from '../../../shared/domain/execution.ts';
import { cancelledExecution } from '../../../shared/domain/execution-admin.ts';
import { expiredLease, failed, lostAttempt } from '../../../shared/domain/execution-failures.ts';
import { succeeded } from '../../../shared/domain/execution-transitions.ts';
import {
  extendedHandOff,
  handedOff,
  makeToken,
  tenantOfToken,
  tokenGiven,
  toldEarly,
} from '../../../shared/domain/hand-off.ts';
import { HAND_OFFS_KEPT } from '../../../shared/domain/limits.ts';
import { aRun, T0 } from '../../contracts/samples.ts';
import { applyChange } from '../../support/apply-change.ts';

const owner = 'nonce-a';
const seconds = 3_000;
const retentionMs = 1_000;
const aPending = (over: Partial<Execution> = {}): Execution =>
  aRun({ pendingSeconds: seconds, leaseUntil: T0 + seconds * 1_000, ...over });
const common = { owner, nowMs: T0, retentionMs };
const failure = { cause: 'error', errorType: 'Error', errorMessage: 'boom', nonRetryable: false } as const;

describe('a token', () => {
  it('names its tenant and nothing else that anybody could guess', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[^#]{1,64}$/), fc.string(), (tenant, secret) => {
        expect(tenantOfToken(makeToken(tenant, secret))).toBe(Buffer.from(tenant).toString());
      }),
    );
    expect(tenantOfToken(makeToken('a#b', 'x'))).toBeUndefined();
    expect(tenantOfToken('')).toBeUndefined();
  });

  it('is remembered with its attempt, the newest ones only', () => {
    let run = aRun();
    for (let attempt = 1; attempt <= HAND_OFFS_KEPT + 3; attempt++) {
      const given = applyChange(
        aRun({ ...run, attempt }),
        tokenGiven({ ...run, attempt }, owner, `h${attempt}`),
      );
      if (!given.ok) throw new Error('refused');
      run = given.record;
    }
    expect(run.handOffs).toHaveLength(HAND_OFFS_KEPT);
    expect(run.handOffs?.at(-1)).toEqual({
      attempt: HAND_OFFS_KEPT + 3,
      tokenHash: `h${HAND_OFFS_KEPT + 3}`,
    });
  });
});

describe('handing off', () => {
  const change = handedOff(aRun(), { owner, nowMs: T0, seconds });

  it('makes the lease the time that the holder has', () => {
    expect(applyChange(aRun(), change)).toMatchObject({
      ok: true,
      record: {
        status: 'running',
        pendingSeconds: seconds,
        leaseUntil: T0 + 3_000_000,
        index: { set: 'open' },
      },
    });
  });

  it.each<[string, Partial<Execution>]>([
    ['of another owner', { owner: 'b' }],
    ['of another attempt', { attempt: 2 }],
    ['that was asked to stop', { cancelRequested: true }],
    ['that has ended', { status: 'cancelled' }],
    ['whose end is known', { earlyOutcome: { kind: 'success', json: '1' } }],
  ])('is refused for a run %s', (_what, over) => {
    expect(applyChange(aRun(over), change).ok).toBe(false);
  });
});

describe('a pending run', () => {
  it('ends at once when it is cancelled; one that is handed off in between is asked again', () => {
    const decision = cancelledExecution(aPending(), T0, retentionMs);
    if (decision.kind !== 'cancelled') throw new Error(decision.kind);
    expect(applyChange(aPending(), decision.change)).toMatchObject({
      ok: true,
      record: { status: 'cancelled', reason: 'requested' },
    });
    const request = cancelledExecution(aRun(), T0, retentionMs);
    if (request.kind !== 'requested') throw new Error(request.kind);
    expect(applyChange(aPending(), request.change).ok).toBe(false);
  });

  it('has timed out when its lease ends', () => {
    const over = expiredLease(aPending(), {
      nowMs: T0,
      retentionMs,
      after: { failure: lostAttempt(aPending()), nextAttemptAt: undefined },
    });
    expect(applyChange(aPending(), over)).toMatchObject({
      record: { status: 'dead', reason: 'timedOut', errorType: 'HandOffTimeout' },
    });
    const again = expiredLease(aPending(), {
      nowMs: T0,
      retentionMs,
      after: { failure: lostAttempt(aPending()), nextAttemptAt: T0 + 1 },
    });
    const retrying = applyChange(aPending(), again);
    expect(retrying).toMatchObject({ ok: true, record: { status: 'retrying' } });
    if (retrying.ok) expect(retrying.record).not.toHaveProperty('pendingSeconds');
  });

  it('has its whole time again after a heartbeat, which is written once a third of it has passed', () => {
    expect(extendedHandOff(aPending(), { nowMs: T0 + 999_000 })).toBeUndefined();
    expect(extendedHandOff(aPending(), { nowMs: T0 + 999_000, progress: '{}' })?.set).toEqual({
      progress: '{}',
    });
    expect(extendedHandOff(aPending(), { nowMs: T0 + 1_000_000 })?.set).toMatchObject({
      leaseUntil: T0 + 4_000_000,
    });
  });

  it('never has less time after a heartbeat than before, and never more than its own', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 604_800 }), fc.nat(604_800_000), (span, passedMs) => {
        const before = aPending({ pendingSeconds: span, leaseUntil: T0 + span * 1_000 });
        const nowMs = T0 + Math.min(passedMs, span * 1_000);
        const change = extendedHandOff(before, { nowMs });
        const until = change?.set.leaseUntil ?? before.leaseUntil ?? 0;
        expect(until).toBeGreaterThanOrEqual(before.leaseUntil ?? 0);
        expect(until).toBeLessThanOrEqual(nowMs + span * 1_000);
        expect(until - nowMs).toBeGreaterThanOrEqual((span * 2_000) / 3);
      }),
    );
  });
});

describe('an end told before the handler had ended', () => {
  const outcome = { kind: 'success', json: '1' } as const;
  const told = applyChange(aRun(), toldEarly(aRun(), outcome, []));
  if (!told.ok) throw new Error('refused');

  it('is the first word and stands against every other', () => {
    const run = aRun();
    expect(applyChange(told.record, toldEarly(run, outcome, [])).ok).toBe(false);
    expect(applyChange(told.record, succeeded(run, { ...common, result: {} })).ok).toBe(false);
    expect(
      applyChange(told.record, failed(run, { ...common, after: { failure, nextAttemptAt: T0 } })).ok,
    ).toBe(false);
    const lost = expiredLease(run, { nowMs: T0, retentionMs, after: { failure, nextAttemptAt: T0 } });
    expect(applyChange(told.record, lost).ok).toBe(false);
  });

  it('is gone with its attempt', () => {
    const ended = applyChange(told.record, succeeded(told.record, { ...common, result: { result: '1' } }));
    expect(ended).toMatchObject({ ok: true, record: { status: 'success', result: '1' } });
    if (ended.ok) expect(ended.record).not.toHaveProperty('earlyOutcome');
  });
});

describe('pending()', () => {
  it('takes 1 second to 7 days', () => {
    expect(pendingSecondsOf(pending({ timeoutSeconds: 1.2 }))).toBe(2);
    for (const timeoutSeconds of [0, 604_801, Number.NaN])
      expect(() => pending({ timeoutSeconds })).toThrow(RangeError);
    for (const result of [undefined, null, 5, {}, { timeoutSeconds: 5 }])
      expect(pendingSecondsOf(result)).toBeUndefined();
  });
});
