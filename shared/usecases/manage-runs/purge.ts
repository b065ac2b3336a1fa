import type { ExecutionKey } from '../../domain/execution.ts';
import { purgedLetter } from '../../domain/execution-admin.ts';
import { mapBounded } from '../../domain/map-bounded.ts';
import { type Principal, ROOT } from '../../domain/principal.ts';
import { SECOND_MS } from '../../domain/time.ts';
import type { ManageRunsDeps } from './context.ts';

const PAGE = 100;
const WIDTH = 20;
/** API Gateway cuts a request off after 30 s. */
const MAX_PURGE_MS = 20 * SECOND_MS;

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
