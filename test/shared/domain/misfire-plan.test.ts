import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MISSED_COUNT_CAP } from '../../../shared/domain/limits.ts';
import { type MisfireRules, planOccurrence } from '../../../shared/domain/misfire-plan.ts';
import { cron, every, utc } from '../../support/schedules.ts';

const MIN = 60_000;
const T0 = utc('2026-06-01 12:00');
const at = (minutes: number) => T0 + minutes * MIN;

/** Every minute, five minutes of grace, due at minute 0 unless said otherwise. */
const rules = (rest: Partial<MisfireRules> = {}): MisfireRules => ({
  schedule: every(60, T0),
  overlap: 'allow',
  misfire: 'fireOnce',
  misfireGraceMs: 5 * MIN,
  catchUpLimit: 3,
  ...rest,
});

describe('planOccurrence', () => {
  it.each([
    // misfire, minutes late, kind, next (minute), missed
    ['fireOnce', 0, 'run', 1, 0],
    ['fireOnce', 5, 'run', 1, 0],
    ['fireOnce', 6, 'run', 7, 6],
    ['fireOnce', 60, 'run', 61, 60],
    ['skip', 5, 'run', 1, 0],
    ['skip', 6, 'skip', 1, 1],
    ['skip', 60, 'skip', 55, 55],
    ['catchUp', 5, 'run', 1, 0],
    ['catchUp', 6, 'fastForward', 4, 4],
    ['catchUp', 60, 'fastForward', 58, 58],
  ] as const)(
    '%s, %i minutes late: %s, next at minute %i, %i missed',
    (misfire, minutes, kind, next, missed) => {
      expect(planOccurrence(rules({ misfire }), T0, at(minutes))).toEqual({
        kind,
        nextRunAt: at(next),
        missed,
      });
    },
  );

  it('is late only when the grace is over, to the millisecond', () => {
    expect(planOccurrence(rules({ misfire: 'skip' }), T0, at(5)).kind).toBe('run');
    expect(planOccurrence(rules({ misfire: 'skip' }), T0, at(5) + 1).kind).toBe('skip');
  });

  it('looks after the occurrence itself when the clock is behind it', () => {
    for (const overlap of ['allow', 'forbid', 'queue'] as const) {
      expect(planOccurrence(rules({ overlap }), T0, T0 - 1_500)).toEqual({
        kind: 'run',
        nextRunAt: at(1),
        missed: 0,
      });
    }
  });

  it.each(['fireOnce', 'skip', 'catchUp'] as const)(
    'overlap queue unites what fell due meanwhile, also under %s',
    (misfire) => {
      const queue = rules({ overlap: 'queue', misfire });
      expect(planOccurrence(queue, T0, at(2) + 1)).toEqual({ kind: 'run', nextRunAt: at(3), missed: 2 });
      expect(planOccurrence(queue, T0, at(60))).toEqual({ kind: 'run', nextRunAt: at(61), missed: 60 });
    },
  );

  it('catches up one by one when no more than the limit are due', () => {
    const many = rules({ misfire: 'catchUp', catchUpLimit: 7 });
    expect(planOccurrence(many, T0, at(6))).toEqual({ kind: 'run', nextRunAt: at(1), missed: 0 });
    expect(planOccurrence(many, T0, at(7))).toEqual({ kind: 'fastForward', nextRunAt: at(1), missed: 1 });
  });

  it('after fast-forwarding runs just the newest ones', () => {
    const policy = rules({ misfire: 'catchUp' });
    const now = at(60);
    const ran: number[] = [];
    let due: number | null = T0;
    while (due !== null && due <= now) {
      const plan = planOccurrence(policy, due, now);
      if (plan.kind === 'run') ran.push((due - T0) / MIN);
      due = plan.nextRunAt;
    }
    expect(ran).toEqual([58, 59, 60]);
    expect(due).toBe(at(61));
  });

  it.each(['fireOnce', 'skip', 'catchUp'] as const)(
    '%s completes a task whose schedule ended during the outage',
    (misfire) => {
      const ended = rules({ misfire, schedule: every(60, T0, { endAt: at(3) }) });
      const plan = planOccurrence(ended, T0, at(600));
      expect(plan).toEqual(
        {
          fireOnce: { kind: 'run', nextRunAt: null, missed: 2 },
          skip: { kind: 'skip', nextRunAt: null, missed: 3 },
          catchUp: { kind: 'run', nextRunAt: at(1), missed: 0 },
        }[misfire],
      );
    },
  );

  it('a one-time task that is late runs, or is skipped, and is over', () => {
    const once = { schedule: { kind: 'once', at: T0 } } as const;
    expect(planOccurrence(rules(once), T0, at(60))).toEqual({ kind: 'run', nextRunAt: null, missed: 0 });
    expect(planOccurrence(rules({ ...once, misfire: 'skip' }), T0, at(60))).toEqual({
      kind: 'skip',
      nextRunAt: null,
      missed: 1,
    });
    expect(planOccurrence(rules({ ...once, misfire: 'catchUp' }), T0, at(60))).toEqual({
      kind: 'run',
      nextRunAt: null,
      missed: 0,
    });
  });

  it('counts a year of missed seconds: all of an interval, up to the cap of a cron rule', () => {
    const YEAR = 365 * 24 * 60;
    const interval = planOccurrence(rules({ schedule: every(1, T0), misfire: 'skip' }), T0, at(YEAR));
    expect(interval).toEqual({ kind: 'skip', nextRunAt: at(YEAR - 5), missed: 31_535_700 });
    const seconds = cron('* * * * * *', 'Europe/Paris');
    expect(planOccurrence(rules({ schedule: seconds, misfire: 'skip' }), T0, at(YEAR))).toEqual({
      kind: 'skip',
      nextRunAt: at(YEAR - 5),
      missed: MISSED_COUNT_CAP,
    });
    expect(planOccurrence(rules({ schedule: seconds, misfire: 'catchUp' }), T0, at(YEAR))).toEqual({
      kind: 'fastForward',
      nextRunAt: at(YEAR) - 2_000,
      missed: MISSED_COUNT_CAP,
    });
  });

  it('accounts for every occurrence exactly once, whatever the policy and however late', () => {
    const policy = fc.record({
      overlap: fc.constantFrom('allow', 'forbid', 'queue'),
      misfire: fc.constantFrom('fireOnce', 'skip', 'catchUp'),
      catchUpLimit: fc.integer({ min: 1, max: 12 }),
      misfireGraceMs: fc.integer({ min: 0, max: 10 * MIN }),
    });
    const schedules = fc.constantFrom(
      every(60, T0),
      cron('*/2 * * * *', 'Europe/Paris'),
      cron('0 * * * * *'),
    );
    // Steps of a clock that stands still or jumps ahead between two looks.
    const steps = fc.array(fc.integer({ min: 0, max: 20 * MIN }), { minLength: 1, maxLength: 25 });
    fc.assert(
      fc.property(policy, schedules, steps, (partial, schedule, jumps) => {
        const all = rules({ ...partial, schedule });
        let due: number | null = T0;
        let now = T0;
        let runs = 0;
        let missed = 0;
        for (const jump of jumps) {
          now += jump;
          if (due === null || due > now) continue;
          const plan = planOccurrence(all, due, now);
          expect(plan.nextRunAt).toBeGreaterThan(due);
          runs += plan.kind === 'run' ? 1 : 0;
          missed += plan.missed;
          due = plan.nextRunAt;
        }
        const stepMs = schedule.kind === 'cron' && schedule.expressions[0] === '*/2 * * * *' ? 2 * MIN : MIN;
        expect(runs + missed).toBe(((due ?? 0) - T0) / stepMs);
      }),
      { numRuns: 300 },
    );
  });
});
