import { SchedulerError } from '../../domain/errors.ts';
import type { ExecutionKey } from '../../domain/execution.ts';
import { purgedLetter } from '../../domain/execution-admin.ts';
import { mapBounded } from '../../domain/map-bounded.ts';
import { executionId } from '../../domain/occurrence.ts';
import { type Principal, ROOT } from '../../domain/principal.ts';
import { SECOND_MS } from '../../domain/time.ts';
import type { ManageRunsDeps } from './context.ts';
import { retryRun } from './steer-run.ts';

const MAX_LETTERS_A_CALL = 1_000;
const PAGE = 100;
const WIDTH = 20;
/** API Gateway cuts a request off after 30 s. */
const MAX_PURGE_MS = 20 * SECOND_MS;

export interface RedriveOutcome {
  id: string;
  ok: boolean;
  code?: string;
  message?: string;
}

/**
 * Each run by itself: what is refused or lost in between stays dead, and calling again goes on. Without ids the
 * newest dead letters first, up to 1,000 a call; `more` says that some may be left.
 */
export async function redriveLetters(
  deps: ManageRunsDeps,
  principal: Principal,
  queue: string,
  ids: readonly string[] | undefined,
): Promise<{ count: number; items: RedriveOutcome[]; more: boolean }> {
  const { wanted, more } = ids
    ? { wanted: [...new Set(ids)], more: false }
    : await newest(deps, principal, queue);
  const items = await mapBounded(wanted, WIDTH, (id) => redriven(deps, principal, queue, id));
  return { count: items.filter(({ ok }) => ok).length, items, more };
}

async function redriven(
  deps: ManageRunsDeps,
  principal: Principal,
  queue: string,
  id: string,
): Promise<RedriveOutcome> {
  try {
    await retryRun(deps, principal, id, { queue });
    return { id, ok: true };
  } catch (error) {
    if (!(error instanceof SchedulerError)) throw error;
    return { id, ok: false, code: error.code, message: error.message };
  }
}

async function newest(deps: ManageRunsDeps, { tenant }: Principal, queue: string) {
  const wanted: string[] = [];
  for await (const keys of deadPages(deps, tenant, queue)) {
    wanted.push(...keys.map(executionId));
    if (wanted.length >= MAX_LETTERS_A_CALL)
      return { wanted: wanted.slice(0, MAX_LETTERS_A_CALL), more: true };
  }
  return { wanted, more: false };
}

/**
 * The runs stay dead in the history and leave the list; then the SQS queue is emptied, for the tenant `root` only. Dying in between leaves
 * the rest in the list, and calling again goes on; `more` says so when time ran out.
 */
export async function purgeLetters(
  deps: ManageRunsDeps,
  { tenant }: Principal,
  queue: string,
): Promise<{ count: number; more: boolean }> {
  const startedMs = deps.clock.monotonicMs();
  let count = 0;
  for await (const keys of deadPages(deps, tenant, queue)) {
    const purged = await mapBounded(keys, WIDTH, (key) => purge(deps, key));
    count += purged.filter(Boolean).length;
    if (deps.clock.monotonicMs() - startedMs > MAX_PURGE_MS) return { count, more: true };
  }
  // The letters of all tenants lie in it.
  if (tenant === ROOT) await deps.queueInspector.purgeLetters(queue);
  return { count, more: false };
}

async function purge(deps: ManageRunsDeps, key: ExecutionKey): Promise<boolean> {
  const seen = await deps.executions.read(key);
  const change = seen ? purgedLetter(seen) : 'refused';
  return change !== 'refused' && (await deps.executions.update(key, change)).ok;
}

async function* deadPages(
  deps: ManageRunsDeps,
  tenant: string,
  queue: string,
): AsyncGenerator<ExecutionKey[]> {
  let from: string | undefined;
  do {
    const page = await deps.listings.dead({
      tenant,
      queue,
      limit: PAGE,
      ...(from === undefined ? {} : { from }),
    });
    if (page.entries.length > 0) yield page.entries;
    from = page.next;
  } while (from !== undefined);
}
