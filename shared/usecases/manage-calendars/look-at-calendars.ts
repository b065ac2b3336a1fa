import { decodeCursor, encodeCursor } from '../../contract/list-query.ts';
import type { Calendar } from '../../domain/calendar.ts';
import type { Principal } from '../../domain/principal.ts';
import { type ManageCalendarsDeps, requireCalendar } from './context.ts';

export const findCalendar = (
  deps: Pick<ManageCalendarsDeps, 'calendars'>,
  principal: Principal,
  id: string,
): Promise<Calendar> => requireCalendar(deps, principal, id);

/** Tasks that use it, by id. */
export async function listCalendarUsers(
  deps: Pick<ManageCalendarsDeps, 'calendars'>,
  principal: Principal,
  id: string,
  q: { limit: number; cursor?: string | undefined },
): Promise<{ items: { id: string }[]; nextCursor: string | null }> {
  const { tenant, calendarId } = await requireCalendar(deps, principal, id);
  const list = `calendar-tasks/${id}`;
  const from = decodeCursor(list, q.cursor)?.tasks;
  const page = { tenant, calendarId, limit: q.limit, ...(from ? { from } : {}) };
  const { entries, next } = await deps.calendars.users(page);
  const nextCursor = next === undefined ? null : encodeCursor(list, { tasks: next });
  return { items: entries.map(({ taskId }) => ({ id: taskId })), nextCursor };
}

/** By id. */
export async function listCalendars(
  deps: Pick<ManageCalendarsDeps, 'calendars'>,
  { tenant }: Principal,
  q: { limit: number; cursor?: string | undefined },
): Promise<{ items: Calendar[]; nextCursor: string | null }> {
  const from = decodeCursor('calendars', q.cursor)?.calendars;
  const { entries, next } = await deps.calendars.list({ tenant, limit: q.limit, ...(from ? { from } : {}) });
  const nextCursor = next === undefined ? null : encodeCursor('calendars', { calendars: next });
  return { items: entries, nextCursor };
}
