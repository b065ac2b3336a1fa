import {
  CalendarChangeSchema,
  CalendarIdSchema,
  CalendarInputSchema,
  CalendarSchema,
  CalendarUserSchema,
  calendarToWire,
} from '../../../shared/contract/calendar.ts';
import { etagOf, readPrecondition } from '../../../shared/contract/if-match.ts';
import { PageQuery } from '../../../shared/contract/list-query.ts';
import { parseAll } from '../../../shared/contract/problems.ts';
import { listOf } from '../../../shared/contract/service.ts';
import { SchedulerError } from '../../../shared/domain/errors.ts';
import { deleteCalendar, putCalendar } from '../../../shared/usecases/manage-calendars/change-calendar.ts';
import {
  findCalendar,
  listCalendars,
  listCalendarUsers,
} from '../../../shared/usecases/manage-calendars/look-at-calendars.ts';
import { type RawRequest, type Route, route } from '../route.ts';

const IF_MATCH = { 'If-Match': 'only if the calendar is at this version: the ETag of an earlier answer' };

const preconditionOf = ({ headers }: Pick<RawRequest, 'headers'>) =>
  readPrecondition({ ifMatch: headers['if-match'], ifNoneMatch: headers['if-none-match'] });

export const calendarRoutes: Route[] = [
  route(
    'viewer',
    {
      method: 'GET',
      path: '/v1/calendars',
      operationId: 'listCalendars',
      summary: 'Days on which nothing runs, shared by tasks; by id',
      query: PageQuery,
      replies: { 200: { description: 'A page of calendars', schema: listOf(CalendarSchema) } },
    },
    async (deps, { principal, query }) => {
      const { items, nextCursor } = await listCalendars(deps, principal, query);
      return { status: 200, body: { items: items.map(calendarToWire), nextCursor } };
    },
  ),
  route(
    'viewer',
    {
      method: 'GET',
      path: '/v1/calendars/{id}',
      operationId: 'getCalendar',
      summary: 'Read a calendar',
      replies: { 200: { description: 'The calendar', schema: CalendarSchema, headers: ['ETag'] } },
    },
    async (deps, { principal, params }) => {
      const calendar = await findCalendar(deps, principal, params.id ?? '');
      return { status: 200, headers: { etag: etagOf(calendar.version) }, body: calendarToWire(calendar) };
    },
  ),
  route(
    'viewer',
    {
      method: 'GET',
      path: '/v1/calendars/{id}/tasks',
      operationId: 'listCalendarTasks',
      summary: 'Tasks that use a calendar: those that a change of it moves',
      query: PageQuery,
      replies: { 200: { description: 'A page of them, by id', schema: listOf(CalendarUserSchema) } },
    },
    async (deps, { principal, params, query }) => ({
      status: 200,
      body: await listCalendarUsers(deps, principal, params.id ?? '', query),
    }),
  ),
  route(
    'operator',
    {
      method: 'PUT',
      path: '/v1/calendars/{id}',
      operationId: 'putCalendar',
      audit: { action: 'calendar.put', resource: 'calendars/{id}' },
      summary: 'Create or replace a calendar; it holds at once for the tasks that use it',
      headers: { ...IF_MATCH, 'If-None-Match': '*: only if there is no such calendar' },
      body: { schema: CalendarInputSchema, required: true },
      replies: {
        200: { description: 'The calendar as it now is', schema: CalendarChangeSchema, headers: ['ETag'] },
        201: {
          description: 'The new calendar; Location names it',
          schema: CalendarChangeSchema,
          headers: ['ETag', 'Location'],
        },
      },
      refuses: ['state-conflict'],
    },
    async (deps, request) => {
      const id = parseAll(CalendarIdSchema, request.params.id, 'id');
      if (!id.ok) throw new SchedulerError('validation-failed', 'The id is not valid', { errors: id.errors });
      const { principal, body } = request;
      const { calendar, created, replanned } = await putCalendar(
        deps,
        principal,
        id.value,
        body,
        preconditionOf(request),
      );
      return {
        status: created ? 201 : 200,
        headers: {
          etag: etagOf(calendar.version),
          ...(created ? { location: `/v1/calendars/${id.value}` } : {}),
        },
        body: { ...calendarToWire(calendar), replanned },
        // The same days again may go on with what an earlier request left undone.
        ...(replanned.tasks > 0 ? { changed: true } : {}),
      };
    },
  ),
  route(
    'operator',
    {
      method: 'DELETE',
      path: '/v1/calendars/{id}',
      operationId: 'deleteCalendar',
      audit: { action: 'calendar.delete', resource: 'calendars/{id}' },
      summary: 'Delete a calendar that no task uses',
      headers: IF_MATCH,
      replies: { 204: { description: 'It is gone' } },
      refuses: ['state-conflict'],
    },
    async (deps, request) => {
      await deleteCalendar(deps, request.principal, request.params.id ?? '', preconditionOf(request));
      return { status: 204 };
    },
  ),
];
