import type { BulkInput } from '../../contract/bulk.ts';
import { type BulkJob, type BulkOutcome, newBulkJob } from '../../domain/bulk.ts';
import { MAX_BULK_ITEMS, PAGE_LIMIT_MAX } from '../../domain/limits.ts';
import { mapBounded } from '../../domain/map-bounded.ts';
import type { Principal } from '../../domain/principal.ts';
import { type DurationMs, SECOND_MS } from '../../domain/time.ts';
import { carryOut } from './carry-out.ts';
import type { BulkDeps } from './context.ts';
import { type Selection, selectPage } from './select.ts';

const WIDTH = 20;
/** API Gateway cuts a request off after 30 s. */
const LOOK_MS = 8 * SECOND_MS;
const ACT_MS = 20 * SECOND_MS;

export interface BulkAnswer {
  dryRun: boolean;
  matched: number;
  more: boolean;
  items: BulkOutcome[];
}

/** Answers at once what one request can do, and makes a job of what is more. */
export async function requestBulk(
  deps: BulkDeps,
  principal: Principal,
  { action, ids, filter = {}, dryRun, background }: BulkInput,
  requestId: string,
): Promise<{ answer: BulkAnswer } | { job: BulkJob }> {
  const startedMs = deps.clock.monotonicMs();
  const elapsedMs = () => deps.clock.monotonicMs() - startedMs;
  const nowMs = deps.clock.nowMs();
  const found = ids
    ? { ids: [...new Set(ids)], matched: new Set(ids).size, more: false }
    : await look(deps, principal, { action, filter, at: nowMs }, () => LOOK_MS - elapsedMs());
  if (!dryRun && (background || found.more || found.matched > MAX_BULK_ITEMS)) {
    const job = newBulkJob({
      tenant: principal.tenant,
      id: deps.ids.ulid(nowMs),
      action,
      filter,
      createdBy: principal.actor,
      role: principal.role,
      createdAt: nowMs,
      matched: found.more ? null : found.matched,
    });
    await deps.bulkJobs.put(job);
    return { job };
  }
  const items = await mapBounded(found.ids, WIDTH, (id) =>
    elapsedMs() > ACT_MS ? outOfTime(id) : carryOut(deps, principal, action, id, { dryRun, requestId }),
  );
  return { answer: { dryRun, matched: found.matched, more: found.more, items } };
}

const outOfTime = async (id: string): Promise<BulkOutcome> => ({
  id,
  outcome: 'failed',
  problem: { code: 'unavailable', detail: 'Time ran out before its turn came: ask again' },
});

/** The first of what the filter takes, and how many there are; `more`: time ran out before the end. */
async function look(
  deps: BulkDeps,
  principal: Principal,
  selection: Selection,
  remainingMs: () => DurationMs,
): Promise<{ ids: string[]; matched: number; more: boolean }> {
  const ids: string[] = [];
  let matched = 0;
  let cursor: string | undefined;
  do {
    const page = await selectPage(deps, principal, selection, { limit: PAGE_LIMIT_MAX, cursor });
    matched += page.ids.length;
    ids.push(...page.ids.slice(0, MAX_BULK_ITEMS - ids.length));
    cursor = page.cursor ?? undefined;
  } while (cursor !== undefined && remainingMs() > 0);
  return { ids, matched, more: cursor !== undefined };
}
