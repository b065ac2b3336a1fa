import * as z from 'zod/mini';

const STATUSES = ['active', 'paused', 'completed', 'disabled'] as const;
const KINDS = ['cron', 'interval', 'rrule', 'once', 'now'] as const;
const optionalText = z.catch(z.optional(z.string()), undefined);

/** What the address of the list holds, so that a view can be shared: the filters of GET /v1/tasks. */
const TaskSearchSchema = z.object({
  search: optionalText,
  status: z.catch(z.optional(z.enum(STATUSES)), undefined),
  queue: optionalText,
  tag: optionalText,
  handler: optionalText,
  kind: z.catch(z.optional(z.enum(KINDS)), undefined),
});
export type TaskSearch = z.infer<typeof TaskSearchSchema>;
export const TASK_STATUSES = STATUSES;
export const SCHEDULE_KINDS = KINDS;

export const readTaskSearch = (search: Record<string, unknown>): TaskSearch => TaskSearchSchema.parse(search);
