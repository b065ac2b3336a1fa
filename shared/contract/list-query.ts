import * as z from 'zod';
import { SchedulerError } from '../domain/errors.ts';
import { PAGE_LIMIT_DEFAULT, PAGE_LIMIT_MAX, UPCOMING_MAX } from '../domain/limits.ts';
import type { ListPosition } from '../domain/paged-list.ts';
import { ExecutionStatusSchema } from './execution.ts';
import { InstantSchema } from './schedule.ts';
import { TagSchema, TaskIdSchema } from './text.ts';

/** Query strings: every value arrives as text, unknown names are refused. */
const wholeNumber = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, 'expected a whole number')
    .transform(Number)
    .pipe(z.int().min(min).max(max));

const page = {
  limit: wholeNumber(1, PAGE_LIMIT_MAX)
    .default(PAGE_LIMIT_DEFAULT)
    .meta({ description: `1 to ${PAGE_LIMIT_MAX}; a page may be shorter and yet not the last` }),
  cursor: z.string().min(1).max(4_096).optional().meta({ description: 'nextCursor of the page before' }),
};

const oneOrMore = <T extends string>(one: z.ZodType<T, string>) =>
  z
    .string()
    .transform((text) => text.split(','))
    .pipe(z.array(one).min(1))
    .optional();

export const TaskListQuery = z.strictObject({
  status: oneOrMore(z.enum(['active', 'paused', 'completed', 'disabled'])).meta({
    description: 'one status, or several with commas between',
  }),
  queue: z.string().min(1).max(64).optional(),
  tag: TagSchema.optional(),
  handler: z.string().min(1).max(128).optional(),
  search: z.string().min(1).max(128).optional().meta({ description: 'part of id, name or description' }),
  ...page,
});
export type TaskListQuery = z.output<typeof TaskListQuery>;

const window = {
  status: oneOrMore(ExecutionStatusSchema).meta({
    description: 'one status, or several with commas between',
  }),
  from: InstantSchema.optional().meta({ description: 'scheduledAt at or after' }),
  to: InstantSchema.optional().meta({ description: 'scheduledAt before' }),
};
export const TaskHistoryQuery = z.strictObject({ ...window, ...page });
export type TaskHistoryQuery = z.output<typeof TaskHistoryQuery>;

export const ExecutionListQuery = z.strictObject({
  ...window,
  queue: z.string().min(1).max(64).optional(),
  taskId: TaskIdSchema.optional(),
  tag: TagSchema.optional(),
  ...page,
});
export type ExecutionListQuery = z.output<typeof ExecutionListQuery>;

export const PageQuery = z.strictObject(page);
export type PageQuery = z.output<typeof PageQuery>;

export const UpcomingQuery = z.strictObject({ count: wholeNumber(1, UPCOMING_MAX).default(10) });

const CursorSchema = z.strictObject({
  list: z.string(),
  at: z.record(z.string().max(80), z.string().max(2_048).nullable()),
});

/** Opaque to users. It names its list, so that one of another list is refused instead of misread. */
export const encodeCursor = (list: string, at: ListPosition): string =>
  Buffer.from(JSON.stringify({ list, at })).toString('base64url');

export function decodeCursor(list: string, cursor: string | undefined): ListPosition | undefined {
  if (cursor === undefined) return undefined;
  const parsed = CursorSchema.safeParse(jsonOf(Buffer.from(cursor, 'base64url').toString()));
  if (parsed.success && parsed.data.list === list) return parsed.data.at;
  throw new SchedulerError('validation-failed', 'The cursor is not one of this list', {
    errors: [{ path: 'cursor', message: 'not a cursor of this list' }],
  });
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
