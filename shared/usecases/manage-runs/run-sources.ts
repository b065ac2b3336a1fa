import type { ExecutionListQuery } from '../../contract/list-query.ts';
import type { Resolution } from '../../domain/dead-letter.ts';
import { type Execution, type ExecutionKey, isFinal } from '../../domain/execution.ts';
import { fingerprintOfRun } from '../../domain/fingerprint.ts';
import { executionId } from '../../domain/occurrence.ts';
import type { ListSource } from '../../domain/paged-list.ts';
import type { Principal } from '../../domain/principal.ts';
import { type EpochMs, fromIso } from '../../domain/time.ts';
import type { IndexPage } from '../../ports.ts';
import type { ManageRunsDeps } from './context.ts';
import { openSource } from './open-source.ts';

/** The lists that runs are found in, each with the filters that apply to it. */
export type RunFilters = Partial<Omit<ExecutionListQuery, 'limit' | 'cursor'>>;
export type RunSource = ListSource<unknown, Execution>;

export function historySource(
  deps: Pick<ManageRunsDeps, 'listings'>,
  { tenant }: Principal,
  taskId: string,
  filters: RunFilters,
): ListSource<Execution, Execution> {
  const { fromAt, beforeAt } = windowOf(filters);
  return {
    name: 'history',
    fetch: (from, limit) =>
      deps.listings.history({
        key: { tenant, taskId },
        limit,
        ...(fromAt === undefined ? {} : { fromAt }),
        ...(beforeAt === undefined ? {} : { toAt: beforeAt - 1 }),
        ...(from === undefined ? {} : { from }),
      }),
    keyOf: executionId,
    load: async (runs) => runs.map((run) => (isAskedFor(run, filters) ? run : undefined)),
  };
}

/** Only the lists that can hold what is asked for. */
export function sourcesOf(
  deps: Pick<ManageRunsDeps, 'listings'>,
  principal: Principal,
  queues: readonly string[],
  filters: RunFilters,
): RunSource[] {
  const { status, queue } = filters;
  const wants = (...some: Execution['status'][]) => !status || some.some((one) => status.includes(one));
  const sources: RunSource[] = [];
  if (wants('queued', 'running', 'retrying', 'dead'))
    sources.push(openSource(deps, principal, (run) => isAskedFor(run, filters)));
  // A purged dead run is in the list of ended ones.
  if (wants('success', 'cancelled', 'skipped', 'dead')) sources.push(endedSource(deps, principal, filters));
  if (wants('dead')) {
    const asked = queues.filter((name) => queue === undefined || name === queue);
    sources.push(...asked.map((name) => deadSource(deps, principal, name, filters)));
    sources.push(closedSource(deps, principal, filters));
  }
  return sources;
}

const endedSource = (deps: Pick<ManageRunsDeps, 'listings'>, { tenant }: Principal, filters: RunFilters) =>
  indexSource(deps, 'ended', filters, {
    fetch: (page) => deps.listings.ended({ tenant, ...page, ...sinceOf(filters) }),
    belongs: (run) => isFinal(run.status) && (run.status !== 'dead' || run.letter === 'purged'),
  });

type DeathFilters = RunFilters & { fingerprint?: string | undefined };

/** Dead letters of a queue that wait for somebody. */
export const deadSource = (
  deps: Pick<ManageRunsDeps, 'listings'>,
  { tenant }: Principal,
  queue: string,
  { fingerprint, ...filters }: DeathFilters,
): RunSource =>
  indexSource(deps, `dead/${queue}`, filters, {
    fetch: (page) => deps.listings.dead({ tenant, queue, ...page, ...sinceOf(filters) }),
    belongs: (run) => isLetter(run, fingerprint) && run.resolution === undefined,
  });

/** Those that were resolved or ignored, of a queue or of all. */
export const closedSource = (
  deps: Pick<ManageRunsDeps, 'listings'>,
  { tenant }: Principal,
  { fingerprint, resolution, ...filters }: DeathFilters & { resolution?: Resolution['kind'] },
): RunSource =>
  indexSource(deps, 'closed', filters, {
    fetch: (page) => deps.listings.dead({ tenant, closed: true, ...page, ...sinceOf(filters) }),
    belongs: (run) =>
      isLetter(run, fingerprint) &&
      run.resolution !== undefined &&
      (resolution === undefined || run.resolution.kind === resolution),
  });

const isLetter = (run: Execution, fingerprint: string | undefined): boolean =>
  run.status === 'dead' &&
  run.letter === 'sent' &&
  (fingerprint === undefined || fingerprintOfRun(run) === fingerprint);

/** The index lags behind the table: an entry counts only if the run, as it stands now, belongs to the list. */
function indexSource(
  deps: Pick<ManageRunsDeps, 'listings'>,
  name: string,
  filters: RunFilters,
  list: {
    fetch(page: { limit: number; from?: string }): Promise<IndexPage<ExecutionKey>>;
    belongs(run: Execution): boolean;
  },
): ListSource<ExecutionKey, Execution> {
  return {
    name,
    fetch: (from, limit) => list.fetch({ limit, ...(from === undefined ? {} : { from }) }),
    keyOf: executionId,
    async load(keys) {
      const runs = await deps.listings.readExecutions(keys);
      const byId = new Map(runs.map((run) => [executionId(run), run]));
      return keys.map((key) => {
        const run = byId.get(executionId(key));
        return run && list.belongs(run) && isAskedFor(run, filters) ? run : undefined;
      });
    },
  };
}

/**
 * What ran ended after it was due, so the lower bound of due instants bounds the time of ending as well. The
 * exception, a run cancelled both before it was due and before `from`, is found by its task's history.
 */
const sinceOf = (filters: RunFilters): { since?: EpochMs } => {
  const { fromAt } = windowOf(filters);
  return fromAt === undefined ? {} : { since: fromAt };
};

const windowOf = ({ from, to }: RunFilters) => ({
  fromAt: from === undefined ? undefined : fromIso(from),
  beforeAt: to === undefined ? undefined : fromIso(to),
});

function isAskedFor(run: Execution, filters: RunFilters): boolean {
  const { status, queue, tag } = filters;
  const { fromAt, beforeAt } = windowOf(filters);
  if (status && !status.includes(run.status)) return false;
  if (queue !== undefined && run.queue !== queue) return false;
  if (tag !== undefined && !run.tags.includes(tag)) return false;
  if (fromAt !== undefined && run.scheduledAt < fromAt) return false;
  return beforeAt === undefined || run.scheduledAt < beforeAt;
}
