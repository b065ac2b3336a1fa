import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { describe, expect, it } from 'vitest';
import { occurrences } from '../../../shared/domain/next-occurrence.ts';
import type { DstRule } from '../../../shared/domain/schedule.ts';
import { offsetMs, type Shift, shiftIn } from '../../../shared/domain/zone.ts';
import { cronText } from '../../support/cron-text.ts';
import { cron, utc } from '../../support/schedules.ts';

const FROM = utc('2000-01-01 00:00');
const TO = utc('2051-01-01 00:00');
const MINUTE = 60_000;
const DAY = 86_400_000;
const STEP = 6 * DAY;
const ZONES = Intl.supportedValuesOf('timeZone');

const CHOICES: DstRule[] = (['shift', 'skip'] as const).flatMap((gap) =>
  (['first', 'both'] as const).map((repeat) => ({ gap, repeat })),
);

describe('in every zone, from 2000 to 2050', () => {
  it('occurrences ascend, come once each, and stay in their window', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...ZONES),
        fc.array(cronText, { minLength: 1, maxLength: 3 }),
        fc.constantFrom(...CHOICES),
        fc.integer({ min: FROM / MINUTE, max: TO / MINUTE }),
        fc.integer({ min: 1, max: 400 * 24 * 60 }),
        (zone, expressions, dst, minute, minutes) => {
          const startAt = minute * MINUTE;
          const endAt = startAt + minutes * MINUTE;
          const found = occurrences(cron(expressions, zone, { dst, startAt, endAt }), 0, 200);
          expect(found).toEqual([...new Set(found)].sort((a, b) => a - b));
          expect(found.every((at) => at >= startAt && at < endAt)).toBe(true);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('a search that begins anywhere goes on where one that began earlier was', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...ZONES),
        cronText,
        fc.constantFrom(...CHOICES),
        fc.integer({ min: FROM / MINUTE, max: TO / MINUTE }),
        (zone, expression, dst, minute) => {
          const schedule = cron(expression, zone, { dst });
          const found = occurrences(schedule, minute * MINUTE, 20);
          const middle = found[7] ?? 0;
          expect(occurrences(schedule, middle, 13)).toEqual(found.slice(7));
          expect(occurrences(schedule, middle + 1, 12)).toEqual(found.slice(8));
        },
      ),
      { numRuns: 150 },
    );
  });

  it('every change of every clock gives what Temporal says of its local times, under each choice', () => {
    const changes = allChanges();
    // Several hundred zones share most of theirs.
    expect(changes.length).toBeGreaterThan(1_000);
    const wrong = changes.flatMap(({ zone, shift }) =>
      CHOICES.flatMap((dst) => {
        const ours = aroundTheChange(zone, shift, dst);
        const theirs = byTemporal(zone, shift, dst);
        return JSON.stringify(ours) === JSON.stringify(theirs) ? [] : [{ zone, shift, dst, ours, theirs }];
      }),
    );
    expect(wrong.slice(0, 3)).toEqual([]);
  }, 120_000);
});

/** Each change once, in a zone that has it. No zone has two within six days (zone.ts counts on three). */
function allChanges(): { zone: string; shift: Shift }[] {
  const seen = new Map<string, { zone: string; shift: Shift }>();
  for (const zone of ZONES) {
    let before = offsetMs(zone, FROM);
    for (let at = FROM + STEP; at < TO; at += STEP) {
      const after = offsetMs(zone, at);
      if (after === before) continue;
      before = after;
      const shift = shiftIn(zone, at - STEP, at - STEP / 2) ?? shiftIn(zone, at - STEP / 2, at);
      if (shift) seen.set(`${shift.at} ${shift.before} ${shift.after}`, { zone, shift });
    }
  }
  return [...seen.values()];
}

/** A local time in the middle of what the change takes away or repeats, daily for a few days around it. */
const wallInside = ({ at, before, after }: Shift): number =>
  Math.floor((at + (before + after) / 2) / MINUTE) * MINUTE;

function aroundTheChange(zone: string, shift: Shift, dst: DstRule): number[] {
  const wall = new Date(wallInside(shift));
  const expression = `${wall.getUTCMinutes()} ${wall.getUTCHours()} * * *`;
  const found = occurrences(cron(expression, zone, { dst }), shift.at - 3 * DAY, 12);
  return found.filter((at) => at < shift.at + 3 * DAY);
}

function byTemporal(zone: string, shift: Shift, { gap, repeat }: DstRule): number[] {
  const wall = Temporal.Instant.fromEpochMilliseconds(wallInside(shift)).toZonedDateTimeISO('UTC');
  const found = new Set<number>();
  for (let day = -3; day <= 3; day++) {
    const local = wall.add({ days: day }).toPlainDateTime();
    const [earlier, later] = (['earlier', 'later'] as const).map((disambiguation) =>
      local.toZonedDateTime(zone, { disambiguation }),
    );
    if (!earlier || !later) continue;
    const exists = earlier.toPlainDateTime().equals(local);
    if (exists) {
      found.add(earlier.epochMilliseconds);
      if (repeat === 'both') found.add(later.epochMilliseconds);
    } else if (gap === 'shift') {
      const jump = earlier.getTimeZoneTransition('next');
      if (jump) found.add(jump.epochMilliseconds);
    }
  }
  return [...found].filter((at) => at >= shift.at - 3 * DAY && at < shift.at + 3 * DAY).sort((a, b) => a - b);
}
