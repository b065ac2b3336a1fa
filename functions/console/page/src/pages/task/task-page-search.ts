import * as z from 'zod/mini';
import { RUN_STATUSES } from '../runs/run-search.ts';

export const TASK_TABS = ['overview', 'runs', 'versions'] as const;
/** What the address of a task holds: which tab, and what it shows there. */
const TaskPageSearchSchema = z.object({
  tab: z.catch(z.optional(z.enum(TASK_TABS)), undefined),
  status: z.catch(z.optional(z.enum(RUN_STATUSES)), undefined),
  /** The version that is looked at, and what it is compared with. */
  version: z.catch(z.optional(z.int()), undefined),
  /** One that is watched; `new`: one that is to be made. */
  backfill: z.catch(z.optional(z.string()), undefined),
  against: z.catch(z.optional(z.enum(['before', 'now'])), undefined),
});
export type TaskPageSearch = z.infer<typeof TaskPageSearchSchema>;

export const readTaskPageSearch = (search: Record<string, unknown>): TaskPageSearch =>
  TaskPageSearchSchema.parse(search);
