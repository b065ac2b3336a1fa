import * as z from 'zod';
import { type BulkJob, RUN_ACTIONS, TASK_ACTIONS } from '../../domain/bulk.ts';
import { BULK_JOB_KEPT_MS } from '../../domain/limits.ts';
import { ROLES } from '../../domain/principal.ts';
import type { BulkJobs } from '../../tenant-ports.ts';
import { type Item, toItem } from './codec.ts';
import { atVersion } from './conditions.ts';
import { Expression } from './expression.ts';
import { statusKey } from './index-key.ts';
import { queryIndex } from './index-query.ts';
import { bulkJobKey, parseBulkJobKey } from './keys.ts';
import type { Table } from './table.ts';
import { toEpochSeconds } from './ttl.ts';

/** One item a job; the index has those that are not over. */
export const makeBulkJobs = (table: Table): BulkJobs => ({
  async read({ tenant, id }) {
    const item = await table.get(bulkJobKey({ tenant, id }));
    return (
      item && { tenant, id, ...Rest.parse(JSON.parse(item.json?.S ?? '')), version: Number(item.ver?.N) }
    );
  },

  async put(job, over) {
    const e = new Expression();
    const ConditionExpression = atVersion(e, over?.version);
    return (await table.put(itemOf(job), { ConditionExpression, ...e.parameters() })).ok;
  },

  async running(limit) {
    const { rows } = await queryIndex(table, { statusKey: statusKey.bulk, bounds: {}, limit });
    return rows.flatMap((row) => parseBulkJobKey(row) ?? []);
  },
});

function itemOf({ tenant, id, version, ...rest }: BulkJob): Item {
  const { status, finishedAt } = rest;
  return toItem({
    ...bulkJobKey({ tenant, id }),
    json: JSON.stringify(rest),
    ver: version,
    ...(status === 'running' && { statusKey: statusKey.bulk, timeKey: id }),
    ...(finishedAt !== undefined && { ttl: toEpochSeconds(finishedAt + BULK_JOB_KEPT_MS) }),
  });
}

const Outcome = z.object({
  id: z.string(),
  outcome: z.enum(['done', 'unchanged', 'failed']),
  problem: z.object({ code: z.string(), detail: z.string() }).exactOptional(),
});
const text = z.string().exactOptional();
const Rest = z.object({
  action: z.enum([...TASK_ACTIONS, ...RUN_ACTIONS]),
  filter: z.object({
    status: z.array(z.string()).exactOptional(),
    queue: text,
    tag: text,
    handler: text,
    search: text,
    taskId: text,
    from: text,
    to: text,
  }),
  status: z.enum(['running', 'done', 'aborted']),
  createdBy: z.string(),
  role: z.enum(ROLES),
  createdAt: z.number(),
  finishedAt: z.number().exactOptional(),
  matched: z.number().nullable(),
  done: z.number(),
  unchanged: z.number(),
  failed: z.number(),
  failures: z.array(Outcome),
  batch: z.array(z.string()),
  cursor: z.string().nullable().exactOptional(),
  walk: z.number(),
  changed: z.boolean(),
});
