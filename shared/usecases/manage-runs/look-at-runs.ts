import type { DeadLetterQuery } from '../../contract/dead-letters.ts';
import {
  decodeCursor,
  type ExecutionListQuery,
  encodeCursor,
  type PageQuery,
  type TaskHistoryQuery,
} from '../../contract/list-query.ts';
import { type Execution, isFinal } from '../../domain/execution.ts';
import { MAX_RESULT_BYTES } from '../../domain/limits.ts';
import { mapBounded } from '../../domain/map-bounded.ts';
import { readPage } from '../../domain/paged-list.ts';
import type { Principal } from '../../domain/principal.ts';
import { type ManageRunsDeps, requireLiveTask, requireRun, runKey } from './context.ts';
import { closedSource, deadSource, historySource, type RunSource, sourcesOf } from './run-sources.ts';

/** A run, and its result when that lives beside it. */
export interface ShownRun {
  run: Execution;
  result: string | undefined;
}
export interface RunPage {
  items: ShownRun[];
  nextCursor: string | null;
}

const RESULT_READS = 16;
/** What the wire form of a run adds to its stored form. */
const ROOM_FOR_NAMES = 1_000;

export async function showRun(deps: ManageRunsDeps, run: Execution): Promise<ShownRun> {
  const stored = run.resultStored === true && run.status === 'success';
  return { run, result: stored ? await deps.executions.readDocument(run, 'result') : run.result };
}

export const findRun = async (deps: ManageRunsDeps, principal: Principal, id: string): Promise<ShownRun> =>
  showRun(deps, await requireRun(deps, runKey(principal, id)));

/** One task's runs, by due instant, from its own partition. */
export async function listRunsOfTask(
  deps: ManageRunsDeps,
  principal: Principal,
  taskId: string,
  query: TaskHistoryQuery,
): Promise<RunPage> {
  await requireLiveTask(deps, principal, taskId);
  return page(deps, 'task-executions', [historySource(deps, principal, taskId, query)], query);
}

/**
 * Runs of all tasks, newest first: by the time of their end, those that have not ended by their due instant.
 * Within a page they are put in the order of their due instants.
 */
export async function listRuns(
  deps: ManageRunsDeps,
  principal: Principal,
  queues: readonly string[],
  query: ExecutionListQuery,
): Promise<RunPage> {
  const { items, nextCursor } = await pageOfRuns(deps, principal, queues, query);
  if (query.taskId === undefined) items.sort((a, b) => b.scheduledAt - a.scheduledAt || rank(b) - rank(a));
  return { items: await mapBounded(items, RESULT_READS, (run) => showRun(deps, run)), nextCursor };
}

/** As the lists give them, without what lies beside them. */
export const pageOfRuns = (
  deps: Pick<ManageRunsDeps, 'listings'>,
  principal: Principal,
  queues: readonly string[],
  query: ExecutionListQuery,
): Promise<{ items: Execution[]; nextCursor: string | null }> =>
  readRuns(
    'executions',
    query.taskId === undefined
      ? sourcesOf(deps, principal, queues, query)
      : [historySource(deps, principal, query.taskId, query)],
    query,
  );

/** By time of death. */
export const listDeadLetters = (
  deps: ManageRunsDeps,
  principal: Principal,
  queue: string,
  { resolution, fingerprint, ...query }: DeadLetterQuery,
): Promise<RunPage> => {
  const source =
    resolution === 'open'
      ? deadSource(deps, principal, queue, { fingerprint })
      : closedSource(deps, principal, { queue, fingerprint, resolution });
  const list = fingerprint === undefined ? resolution : `${resolution}/${fingerprint}`;
  return page(deps, `dead/${queue}/${list}`, [source], query);
};

async function page(
  deps: ManageRunsDeps,
  list: string,
  sources: readonly RunSource[],
  query: PageQuery,
): Promise<RunPage> {
  const { items, nextCursor } = await readRuns(list, sources, query);
  return { items: await mapBounded(items, RESULT_READS, (run) => showRun(deps, run)), nextCursor };
}

async function readRuns(list: string, sources: readonly RunSource[], query: PageQuery) {
  const { items, next } = await readPage(sources, {
    limit: query.limit,
    position: decodeCursor(list, query.cursor),
    rank,
    bytesOf,
  });
  return { items, nextCursor: next ? encodeCursor(list, next) : null };
}

/** The instant by which a run's list is ordered. */
const rank = (run: Execution): number =>
  isFinal(run.status) ? (run.finishedAt ?? run.scheduledAt) : run.scheduledAt;

const bytesOf = (run: Execution): number =>
  JSON.stringify(run).length + (run.resultStored ? MAX_RESULT_BYTES : 0) + ROOM_FOR_NAMES;
