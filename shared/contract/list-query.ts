import * as z from 'zod';
import { SchedulerError } from '../domain/errors.ts';
import { jsonOrUndefined } from '../domain/json.ts';
import { OCCURRENCES_MAX, PAGE_LIMIT_DEFAULT, PAGE_LIMIT_MAX } from '../domain/limits.ts';
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
    .pipe(z.int().min(min).max(max))
    // What is meant, for the description: in a query everything is text.
    .meta({ type: 'integer', minimum: min, maximum: max });

const page = {
  limit: wholeNumber(1, PAGE_LIMIT_MAX)
    .default(PAGE_LIMIT_DEFAULT)
    .meta({ description: `1 to ${PAGE_LIMIT_MAX}; a page may be shorter and yet not the last`, example: 20 }),
  cursor: z
    .string()
    .min(1)
    .max(4_096)
    .regex(/^[A-Za-z0-9_-]+$/, 'not a cursor of this list')
    .optional()
    .meta({ description: 'nextCursor of the page before' }),
};

/** One, or several with commas between. */
const oneOrMore = <T extends string>(names: readonly T[]) =>
  z
    .string()
    .transform((text, context): T[] => {
      const found = text.split(',').map((part) => names.find((name) => name === part));
      const known = found.filter((name) => name !== undefined);
      if (known.length === found.length) return known;
      context.addIssue({ code: 'custom', message: `expected one or more of ${names.join(', ')}` });
      return z.NEVER;
    })
    .optional()
    .meta({
      description: `one, or several with commas between: ${names.join(', ')}`,
      pattern: `^(${names.join('|')})(,(${names.join('|')}))*$`,
      example: names[0],
    });

export const TASK_STATUSES = ['active', 'paused', 'completed', 'disabled'] as const;

export const SCHEDULE_KINDS = ['cron', 'interval', 'rrule', 'once', 'now'] as const;

export const TaskListQuery = z.strictObject({
  status: oneOrMore(TASK_STATUSES),
  queue: z.string().min(1).max(64).optional().meta({ description: 'in this queue', example: 'default' }),
  tag: TagSchema.optional().meta({ description: 'with this tag', example: 'billing' }),
  handler: z
    .string()
    .min(1)
    .max(128)
    .optional()
    .meta({ description: 'of this handler', example: 'demo.echo' }),
  kind: z
    .enum(SCHEDULE_KINDS)
    .optional()
    .meta({ description: 'whose schedule is of this kind', example: 'cron' }),
  search: z.string().min(1).max(128).optional().meta({
    description: 'part of id, name, description, handler or a tag, in upper or lower case',
    example: 'report',
  }),
  ...page,
});
export type TaskListQuery = z.output<typeof TaskListQuery>;

const window = {
  status: oneOrMore(ExecutionStatusSchema.options),
  from: InstantSchema.optional().meta({
    description: 'scheduledAt at or after',
    example: '2026-11-21T00:00:00.000Z',
  }),
  to: InstantSchema.optional().meta({
    description: 'scheduledAt before',
    example: '2026-11-22T00:00:00.000Z',
  }),
};
export const TaskHistoryQuery = z.strictObject({ ...window, ...page });
export type TaskHistoryQuery = z.output<typeof TaskHistoryQuery>;

export const ExecutionListQuery = z.strictObject({
  ...window,
  queue: z.string().min(1).max(64).optional().meta({ description: 'in this queue', example: 'default' }),
  taskId: TaskIdSchema.optional().meta({ description: 'of this task', example: 'nightly-report' }),
  tag: TagSchema.optional().meta({ description: 'with this tag', example: 'billing' }),
  ...page,
});
export type ExecutionListQuery = z.output<typeof ExecutionListQuery>;

export const PageQuery = z.strictObject(page);
export type PageQuery = z.output<typeof PageQuery>;

export const UpcomingQuery = z.strictObject({
  count: wholeNumber(1, OCCURRENCES_MAX).default(10).meta({ description: 'how many', example: 5 }),
  from: InstantSchema.optional().meta({
    description: 'what the schedule says from here on, the past included, whether the task is active or not',
    example: '2026-11-01T00:00:00.000Z',
  }),
});

export type UpcomingQuery = z.output<typeof UpcomingQuery>;

export const DryRunQuery = z.strictObject({
  dryRun: z
    .enum(['true', 'false'])
    .optional()
    .transform((text) => text === 'true')
    .meta({
      description: 'true: check it, show what would become of it, and write nothing',
      example: 'true',
    }),
});

const CursorSchema = z.strictObject({
  list: z.string(),
  at: z.record(z.string().max(80), z.string().max(2_048).nullable()),
});

/** Opaque to users. It names its list, so that one of another list is refused instead of misread. */
export const encodeCursor = (list: string, at: ListPosition): string =>
  Buffer.from(JSON.stringify({ list, at })).toString('base64url');

export function decodeCursor(list: string, cursor: string | undefined): ListPosition | undefined {
  if (cursor === undefined) return undefined;
  const parsed = CursorSchema.safeParse(jsonOrUndefined(Buffer.from(cursor, 'base64url').toString()));
  if (parsed.success && parsed.data.list === list) return parsed.data.at;
  throw new SchedulerError('validation-failed', 'The cursor is not one of this list', {
    errors: [{ path: 'cursor', message: 'not a cursor of this list' }],
  });
}
