import { decodeCursor, encodeCursor } from '../../contract/list-query.ts';
import type { Calendar } from '../../domain/calendar.ts';
import type { Principal } from '../../domain/principal.ts';
import { type ManageCalendarsDeps, requireCalendar } from './context.ts';

export const findCalendar = (
  deps: Pick<ManageCalendarsDeps, 'calendars'>,
  principal: Principal,
  id: string,
): Promise<Calendar> => requireCalendar(deps, principal, id);

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
