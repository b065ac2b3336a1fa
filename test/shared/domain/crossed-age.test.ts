import { describe, expect, it } from 'vitest';
import { crossedAge, crossedAgeOrDue } from '../../../shared/domain/crossed-age.ts';

const MIN = 60_000;
const DUE = 1_000_000_000;
/** Ages in minutes at which a look every minute says yes. */
const agesHinted = (rule: typeof crossedAge, offsetMs: number, minutes: number) => {
  const ages: number[] = [];
  for (let minute = -2; minute <= minutes; minute++) {
    const now = DUE + offsetMs + minute * MIN;
    if (rule(DUE, now - MIN, now)) ages.push(minute);
  }
  return ages;
};

describe('crossedAge', () => {
  it('says yes at 1, 2, 4, 5, 10, 15 … minutes of age, wherever in the minute we look', () => {
    for (const offsetMs of [0, 1, 17_000, 59_999]) {
      expect(agesHinted(crossedAge, offsetMs, 21)).toEqual([1, 2, 4, 5, 10, 15, 20]);
    }
  });

  it('says yes in the end after looks that were missed, and once for all of them', () => {
    expect(crossedAge(DUE, DUE + 3 * MIN, DUE + 30 * MIN)).toBe(true);
    expect(crossedAge(DUE, DUE + 30 * MIN, DUE + 30 * MIN + 1)).toBe(false);
  });

  it('counts a threshold from its first millisecond', () => {
    expect(crossedAge(DUE, DUE + MIN - 1, DUE + MIN)).toBe(true);
    expect(crossedAge(DUE, DUE + MIN, DUE + MIN + 1)).toBe(false);
  });

  it('without a previous look says yes from one minute of age on', () => {
    expect(crossedAge(DUE, undefined, DUE + MIN - 1)).toBe(false);
    expect(crossedAge(DUE, undefined, DUE + 3 * MIN)).toBe(true);
  });

  it('is quiet when the clock went back', () => {
    expect(crossedAge(DUE, DUE + 10 * MIN, DUE + 9 * MIN)).toBe(false);
  });
});

describe('crossedAgeOrDue', () => {
  it('also says yes when the entry has just become due', () => {
    expect(agesHinted(crossedAgeOrDue, 17_000, 11)).toEqual([0, 1, 2, 4, 5, 10]);
    expect(agesHinted(crossedAgeOrDue, 0, 11)).toEqual([0, 1, 2, 4, 5, 10]);
    expect(crossedAgeOrDue(DUE, undefined, DUE)).toBe(true);
    expect(crossedAgeOrDue(DUE, undefined, DUE - 1)).toBe(false);
  });
});
