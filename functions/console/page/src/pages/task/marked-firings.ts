import type { Occurrences } from '../../../../../../shared/client/client.ts';

export interface Firing {
  at: string;
  /** What the schedule itself says, where that is another instant. */
  nominal?: string;
  /** The clocks were changed since the firing before; in minutes, positive: forward. */
  clocksMoved?: number;
}

const MINUTE_MS = 60_000;

/** How far the zone is from UTC at an instant, in minutes. */
export function offsetMinutes(iso: string, zone: string): number {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  }).formatToParts(new Date(iso));
  const of = (type: Intl.DateTimeFormatPartTypes) => Number(parts.find((part) => part.type === type)?.value);
  const wall = Date.UTC(of('year'), of('month') - 1, of('day'), of('hour'), of('minute'), of('second'));
  return Math.round((wall - Math.floor(Date.parse(iso) / 1_000) * 1_000) / MINUTE_MS);
}

/** Firings with what a person would trip over: other clocks than before, and instants that were moved. */
export function markedFirings({ items, nominal = [] }: Occurrences, zone: string, now: string): Firing[] {
  let offset = offsetMinutes(now, zone);
  return items.map((at, i) => {
    const before = offset;
    offset = offsetMinutes(at, zone);
    const said = nominal[i];
    return {
      at,
      ...(said === undefined || said === at ? {} : { nominal: said }),
      ...(offset === before ? {} : { clocksMoved: offset - before }),
    };
  });
}
