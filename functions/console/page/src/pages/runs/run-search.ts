import * as z from 'zod/mini';
import type { BulkInput, ExecutionFilter, ExecutionStatus } from '../../../../../../shared/client/client.ts';

export const RUN_STATUSES = [
  'queued',
  'running',
  'retrying',
  'success',
  'dead',
  'cancelled',
  'skipped',
] as const satisfies readonly ExecutionStatus[];

const optionalText = z.catch(z.optional(z.string()), undefined);
const optionalInstant = z.catch(
  z.optional(z.string().check(z.refine((text) => !Number.isNaN(Date.parse(text))))),
  undefined,
);

/** What the address of the list holds, so that a view can be shared: the filters of GET /v1/executions. */
const RunSearchSchema = z.object({
  /** One or more, with commas between them. */
  status: optionalText,
  queue: optionalText,
  taskId: optionalText,
  tag: optionalText,
  from: optionalInstant,
  to: optionalInstant,
  /** `false`: shown as it was when it was read. */
  live: z.catch(z.optional(z.boolean()), undefined),
});
export type RunSearch = z.infer<typeof RunSearchSchema>;

export const readRunSearch = (search: Record<string, unknown>): RunSearch => RunSearchSchema.parse(search);

export const statusesOf = ({ status }: RunSearch): ExecutionStatus[] => {
  const named = status?.split(',') ?? [];
  return RUN_STATUSES.filter((one) => named.includes(one));
};

/** As the API takes it; what is not said is absent. */
export function filterOf(search: RunSearch): ExecutionFilter & NonNullable<BulkInput['filter']> {
  const status = statusesOf(search);
  const { queue, taskId, tag, from, to } = search;
  return {
    ...(status.length > 0 && { status }),
    ...(queue && { queue }),
    ...(taskId && { taskId }),
    ...(tag && { tag }),
    ...(from && { from: new Date(from).toISOString() }),
    ...(to && { to: new Date(to).toISOString() }),
  };
}
