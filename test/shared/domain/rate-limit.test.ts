import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RATE_RESERVATIONS } from '../../../shared/domain/limits.ts';
import { planStart, type RateLog } from '../../../shared/domain/rate-limit.ts';

const T0 = Date.UTC(2026, 10, 21, 9);
const PERIOD_MS = 10_000;

/** Asks in turn, each at its own time; what is written is what the next one sees. */
function makeAsker(limit: number, periodMs = PERIOD_MS) {
  let log: RateLog | undefined;
  return (name: string, nowMs: number, notBefore = nowMs): number => {
    const plan = planStart(log, { name, limit, periodMs, notBefore, nowMs });
    if (plan.next) log = plan.next;
    return plan.at - T0;
  };
}

describe('a rate limit', () => {
  it('lets as many start at once as the limit, and gives each of the others an instant of his own', () => {
    const ask = makeAsker(2);
    expect(['a', 'b', 'c', 'd', 'e'].map((name) => ask(name, T0))).toEqual([0, 0, 10_000, 10_000, 20_000]);
  });

  it('lets others start as the window slides', () => {
    const ask = makeAsker(2);
    expect([ask('a', T0), ask('b', T0 + 4_000), ask('c', T0 + 5_000)]).toEqual([0, 4_000, 10_000]);
    expect(ask('d', T0 + 10_500)).toBe(14_000);
  });

  it('keeps to the instant that it gave, and asks for nothing when he comes', () => {
    const ask = makeAsker(1);
    ask('a', T0);
    expect(ask('b', T0)).toBe(10_000);
    expect(ask('b', T0 + 3_000)).toBe(10_000);
    expect(ask('c', T0 + 3_000)).toBe(20_000);
    expect(ask('b', T0 + 10_000)).toBe(10_000);
    expect(ask('b', T0 + 40_000)).toBe(10_000);
  });

  it('takes back an instant that was missed by more than 30 s', () => {
    const ask = makeAsker(1);
    ask('a', T0);
    expect(ask('b', T0)).toBe(10_000);
    expect(ask('b', T0 + 40_001)).toBe(40_001);
    expect(ask('c', T0 + 41_000)).toBe(50_001);
  });

  it('gives no instant to those for whom there is no room in the line', () => {
    let log: RateLog | undefined;
    const ask = (name: string) => {
      const plan = planStart(log, { name, limit: 1, periodMs: PERIOD_MS, notBefore: T0, nowMs: T0 });
      if (plan.next) log = plan.next;
      return plan;
    };
    for (let n = 0; n <= RATE_RESERVATIONS; n++) expect(ask(`run-${n}`).next).toBeDefined();
    const late = ask('one too many');
    expect(late.next).toBeUndefined();
    expect(late.at - T0).toBe((RATE_RESERVATIONS + 1) * PERIOD_MS);
  });

  it('never lets more than the limit start in any period, whoever asks when', () => {
    const asks = fc.array(
      fc.record({
        who: fc.nat(30),
        afterMs: fc.oneof(fc.nat(500), fc.nat(PERIOD_MS), fc.constant(60_000)),
        laterMs: fc.oneof({ weight: 5, arbitrary: fc.constant(0) }, fc.nat(2 * PERIOD_MS)),
      }),
      { maxLength: 150, size: 'max' },
    );
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5 }), asks, (limit, all) => {
        const ask = makeAsker(limit);
        const instants = new Map<string, number>();
        const started: number[] = [];
        let nowMs = T0;
        for (const { who, afterMs, laterMs } of all) {
          nowMs += afterMs;
          const attempts = started.length;
          const name = `run-${who}`;
          const own = instants.get(name);
          // Who started asks no more under this name: his next attempt has another one.
          if (own !== undefined && own < 0) continue;
          const at = ask(name, nowMs, nowMs + laterMs);
          if (T0 + at > nowMs) instants.set(name, at);
          else {
            instants.set(name, -1);
            started.push(at);
          }
          expect(started.length - attempts).toBeLessThanOrEqual(1);
        }
        started.sort((a, b) => a - b);
        started.forEach((at, index) => {
          const before = started[index - limit];
          if (before !== undefined) expect(at - before).toBeGreaterThanOrEqual(PERIOD_MS);
        });
      }),
      { numRuns: 300 },
    );
  });
});
