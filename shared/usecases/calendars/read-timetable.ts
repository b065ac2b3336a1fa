import { calendarsOf, timetableOf } from '../../domain/calendar.ts';
import type { Schedule, Timetable } from '../../domain/schedule.ts';
import type { CalendarStore } from '../../tenant-ports.ts';

export interface TimetableDeps {
  calendars: Pick<CalendarStore, 'readMany'>;
}

/** Asks for calendars only when the schedule names any; always as they stand now, so that a change holds at once. */
export async function readTimetable(
  deps: TimetableDeps,
  { tenant, schedule }: { tenant: string; schedule: Schedule },
): Promise<Timetable> {
  const ids = calendarsOf(schedule).map(({ id }) => id);
  return timetableOf(schedule, ids.length === 0 ? [] : await deps.calendars.readMany(tenant, ids));
}
