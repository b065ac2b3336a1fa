import type { Calendar } from '../../domain/calendar.ts';
import { SchedulerError } from '../../domain/errors.ts';
import type { Principal } from '../../domain/principal.ts';
import type { Clock, Listings, Log, TaskStore, WorkQueues } from '../../ports.ts';
import type { CalendarStore } from '../../tenant-ports.ts';

export interface ManageCalendarsDeps {
  clock: Clock;
  log: Log;
  calendars: CalendarStore;
  tasks: TaskStore;
  listings: Listings;
  workQueues: WorkQueues;
}

export const readCalendar = async (
  deps: Pick<ManageCalendarsDeps, 'calendars'>,
  { tenant }: Principal,
  id: string,
): Promise<Calendar | undefined> => (await deps.calendars.readMany(tenant, [id]))[0];

export async function requireCalendar(
  deps: Pick<ManageCalendarsDeps, 'calendars'>,
  principal: Principal,
  id: string,
): Promise<Calendar> {
  const calendar = await readCalendar(deps, principal, id);
  if (calendar) return calendar;
  throw new SchedulerError('not-found', `There is no calendar ${id}`, { resource: 'calendar', id });
}

export const conflict = (id: string, status: string, action: string, message: string) =>
  new SchedulerError('state-conflict', message, { resource: 'calendar', id, status, action });
