import type { Calendar } from './calendar.ts';
import type { EpochMs } from './time.ts';

/** Every change of a calendar, as the record that replaces the one it was read as. */

type Written = Pick<Calendar, 'name' | 'dates' | 'ranges' | 'weekdays'> & { timezone?: string };

export function writtenCalendar(
  key: Pick<Calendar, 'tenant' | 'calendarId'>,
  written: Written,
  by: { nowMs: EpochMs; actor: string },
  over?: Calendar,
): Calendar {
  return {
    tenant: key.tenant,
    calendarId: key.calendarId,
    ...written,
    createdAt: over?.createdAt ?? by.nowMs,
    updatedAt: by.nowMs,
    createdBy: over?.createdBy ?? by.actor,
    version: (over?.version ?? 0) + 1,
  };
}

/** From now on no task takes it up, so that whoever deletes it can count its users. */
export const sealedCalendar = (seen: Calendar): Calendar => ({
  ...seen,
  version: seen.version + 1,
  sealed: true,
});

/** It stays after all, as it was. */
export const unsealedCalendar = ({ sealed: _sealed, ...seen }: Calendar): Calendar => seen;
