import { describe, expect, it } from 'vitest';
import { isTimeZone, offsetMs, shiftIn, spanFrom } from '../../../shared/domain/zone.ts';
import { utc } from '../../support/schedules.ts';

const HOUR = 3_600_000;

describe('isTimeZone', () => {
  it.each(['UTC', 'Europe/Paris', 'America/Argentina/Buenos_Aires', 'Etc/GMT+5'])('knows %s', (name) => {
    expect(isTimeZone(name)).toBe(true);
  });
  it.each(['', 'Europe/Pariss', '+02:00', 'Mars/Olympus', '../etc', 'local'])('refuses %j', (name) => {
    expect(isTimeZone(name)).toBe(false);
  });
});

describe('offsets and their changes', () => {
  it.each([
    ['Europe/Paris', '2026-01-15 12:00', 1],
    ['Europe/Paris', '2026-07-15 12:00', 2],
    ['Asia/Kathmandu', '2026-07-15 12:00', 5.75],
    ['America/St_Johns', '2026-01-15 12:00', -3.5],
    ['Pacific/Kiritimati', '2026-12-31 23:59', 14],
    ['Pacific/Pago_Pago', '1970-01-01 00:00', -11],
  ])('%s at %s is %d hours off UTC', (zone, at, hours) => {
    expect(offsetMs(zone, utc(at))).toBe(hours * HOUR);
  });

  it('reads whole seconds, also between them and in odd old offsets', () => {
    expect(offsetMs('Europe/Paris', utc('2026-01-15 12:00') + 999)).toBe(HOUR);
    expect(offsetMs('Africa/Monrovia', utc('1971-06-01 00:00'))).toBe(-2_670_000);
  });

  it('finds a change to the second, and that it belongs to the new offset', () => {
    const at = utc('2026-03-29 01:00');
    expect(shiftIn('Europe/Paris', at - 1, at)).toEqual({ at, before: HOUR, after: 2 * HOUR });
    expect(shiftIn('Europe/Paris', at, at + 24 * HOUR)).toBeUndefined();
    expect(spanFrom('Europe/Paris', at - 5 * HOUR)).toMatchObject({ offsetMs: HOUR, until: at });
  });

  it('has no changes in UTC', () => {
    expect(spanFrom('UTC', 0)).toEqual({ offsetMs: 0, until: Number.POSITIVE_INFINITY, shift: undefined });
  });
});
