import { isDeepStrictEqual } from 'node:util';
import type { CalendarInput } from '../../contract/calendar.ts';
import { type Precondition, requirePrecondition } from '../../contract/if-match.ts';
import type { Calendar } from '../../domain/calendar.ts';
import { sealedCalendar, unsealedCalendar, writtenCalendar } from '../../domain/calendar-changes.ts';
import type { Principal } from '../../domain/principal.ts';
import { conflict, type ManageCalendarsDeps, readCalendar, requireCalendar } from './context.ts';
import { type Replanned, replanUsers } from './replan.ts';

/** Somebody else's writes may come in between; whoever loses this often in a row is told. */
const TRIES = 8;
const USERS_NAMED = 5;

/**
 * PUT. From the answer on nothing that is due begins on a day of the calendar: executors look at it themselves. That
 * the tasks show their new next occurrence, and run on days that are open again, is what replanning is for. Dying in
 * between leaves that to the next PUT, also of the same body.
 */
export async function putCalendar(
  deps: ManageCalendarsDeps,
  principal: Principal,
  id: string,
  input: CalendarInput,
  precondition: Precondition,
): Promise<{ calendar: Calendar; created: boolean; replanned: Replanned }> {
  const { timezone, ...days } = input;
  const written = { ...days, ...(timezone === undefined ? {} : { timezone }) };
  for (let tries = 0; tries < TRIES; tries++) {
    const seen = await readCalendar(deps, principal, id);
    requirePrecondition(precondition, seen?.version);
    const by = { nowMs: deps.clock.nowMs(), actor: principal.actor };
    const next = writtenCalendar({ tenant: principal.tenant, calendarId: id }, written, by, seen);
    const calendar = seen && saysTheSame(seen, next) ? seen : next;
    if (calendar !== seen && !(await deps.calendars.put(calendar, seen))) continue;
    const replanned = seen ? await replanUsers(deps, calendar) : { tasks: 0, complete: true };
    return { calendar, created: seen === undefined, replanned };
  }
  throw changing(id, 'replace');
}

const saysTheSame = (seen: Calendar, next: Calendar): boolean => {
  const { version, updatedAt } = seen;
  return isDeepStrictEqual({ ...next, version, updatedAt }, seen);
};

/**
 * DELETE, refused while tasks use it. Sealed first, so that none takes it up while its users are counted. Dying in
 * between leaves it sealed: repeating the request goes on, a PUT opens it again.
 */
export async function deleteCalendar(
  deps: ManageCalendarsDeps,
  principal: Principal,
  id: string,
  precondition: Precondition,
): Promise<void> {
  requirePrecondition(precondition, (await requireCalendar(deps, principal, id)).version);
  for (let tries = 0; tries < TRIES; tries++) {
    const seen = await requireCalendar(deps, principal, id);
    const sealed = sealedCalendar(seen);
    if (!(await deps.calendars.put(sealed, seen))) continue;
    const { tenant } = principal;
    const users = await deps.calendars.users({ tenant, calendarId: id, limit: USERS_NAMED });
    if (users.entries.length > 0) {
      await deps.calendars.put(unsealedCalendar(seen), sealed);
      const names = users.entries.map(({ taskId }) => taskId).join(', ');
      const more = users.next === undefined ? '' : ' and others';
      throw conflict(
        id,
        'used',
        'delete',
        `Tasks use this calendar: ${names}${more}; take it out of them first`,
      );
    }
    if (await deps.calendars.remove(sealed)) return;
  }
  throw changing(id, 'delete');
}

const changing = (id: string, action: string) =>
  conflict(id, 'changing', action, 'Others are changing this calendar at the same time; try again');
