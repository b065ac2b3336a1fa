import * as z from 'zod';
import { isRunAction, RUN_ACTIONS, TASK_ACTIONS } from '../domain/bulk.ts';
import { MAX_BULK_FAILURES, MAX_BULK_ITEMS } from '../domain/limits.ts';
import { ExecutionStatusSchema } from './execution.ts';
import { SCHEDULE_KINDS, TASK_STATUSES } from './list-query.ts';
import { InstantSchema, TagSchema, TaskIdSchema } from './text.ts';

const ActionSchema = z.enum([...TASK_ACTIONS, ...RUN_ACTIONS]);
const StatusSchema = z.enum([...TASK_STATUSES, ...ExecutionStatusSchema.options]);

const FilterSchema = z.strictObject({
  status: z
    .union([StatusSchema.transform((status) => [status]), z.array(StatusSchema).min(1).max(10)])
    .exactOptional()
    .describe('one, or a list of them'),
  queue: z.string().min(1).max(64).exactOptional(),
  tag: TagSchema.exactOptional(),
  handler: z.string().min(1).max(128).exactOptional().describe('of tasks'),
  kind: z.enum(SCHEDULE_KINDS).exactOptional().describe('of the schedule of tasks'),
  search: z.string().min(1).max(128).exactOptional().describe('of tasks'),
  taskId: TaskIdSchema.exactOptional().describe('of executions'),
  from: InstantSchema.exactOptional().describe('of executions: scheduledAt at or after'),
  to: InstantSchema.exactOptional().describe('of executions: scheduledAt before'),
});
const OF_TASKS = ['handler', 'kind', 'search'] as const;
const OF_RUNS = ['taskId', 'from', 'to'] as const;

export const BulkInputSchema = z
  .strictObject({
    action: ActionSchema.describe(`${TASK_ACTIONS.join(', ')} tasks; ${RUN_ACTIONS.join(', ')} executions`),
    ids: z.array(z.string().min(1).max(512)).min(1).max(MAX_BULK_ITEMS).exactOptional(),
    filter: FilterSchema.exactOptional().describe(
      'in place of ids, as in the list of tasks or of executions; {} is all. It takes what the action is possible on; ' +
        'retry takes dead executions unless status says otherwise, and no filter takes system tasks.',
    ),
    dryRun: z.boolean().default(false).describe('say what would become of each, and change nothing'),
    background: z.boolean().default(false).describe('make a job of a filter, however little it matches'),
  })
  .superRefine(({ action, ids, filter, dryRun, background }, context) => {
    const wrong = (path: string[], message: string) => context.addIssue({ code: 'custom', path, message });
    if ((ids === undefined) === (filter === undefined)) wrong(['ids'], 'expected either ids or filter');
    if (background && (filter === undefined || dryRun))
      wrong(['background'], 'is for a filter, and for no dry run');
    const isOfRuns = isRunAction(action);
    for (const name of isOfRuns ? OF_TASKS : OF_RUNS)
      if (filter?.[name] !== undefined)
        wrong(
          ['filter', name],
          `${action} is for ${isOfRuns ? 'executions' : 'tasks'}, which have no such filter`,
        );
    const known: readonly string[] = isOfRuns ? ExecutionStatusSchema.options : TASK_STATUSES;
    if (filter?.status?.some((status) => !known.includes(status)))
      wrong(['filter', 'status'], `expected one or more of ${known.join(', ')}`);
  })
  .meta({ id: 'BulkInput', oneOf: [{ required: ['ids'] }, { required: ['filter'] }] });
export type BulkInput = z.output<typeof BulkInputSchema>;

const ItemSchema = z.strictObject({
  id: z.string(),
  outcome: z.enum(['done', 'unchanged', 'failed']).describe('unchanged: it was so already'),
  problem: z
    .strictObject({ code: z.string(), detail: z.string() })
    .optional()
    .describe('why it failed, as in a problem document'),
});
const counts = {
  done: z.int(),
  unchanged: z.int().describe('were so already'),
  failed: z.int(),
};

export const BulkSchema = z
  .strictObject({
    dryRun: z.boolean().describe('true: the outcomes are those that there would be'),
    matched: z.int().describe('ids given, or what the filter matches'),
    more: z.boolean().describe('of a dry run: matched was counted no further'),
    ...counts,
    items: z.array(ItemSchema).describe(`of a dry run the first ${MAX_BULK_ITEMS}`),
  })
  .meta({ id: 'Bulk' });
export type BulkWire = z.infer<typeof BulkSchema>;

export const BulkJobSchema = z
  .strictObject({
    id: z.string(),
    action: ActionSchema,
    filter: z.record(z.string(), z.unknown()),
    status: z.enum(['running', 'done', 'aborted']),
    matched: z
      .int()
      .nullable()
      .describe('what the filter matched when it was made; null: too many to count in one request'),
    ...counts,
    failures: z.array(ItemSchema).describe(`the first ${MAX_BULK_FAILURES} of those that failed`),
    createdAt: InstantSchema,
    createdBy: z.string(),
    finishedAt: InstantSchema.nullable(),
  })
  .meta({ id: 'BulkJob' });
export type BulkJobWire = z.infer<typeof BulkJobSchema>;
