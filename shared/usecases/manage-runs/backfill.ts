import type { BackfillInput } from '../../contract/backfill.ts';
import { backfillId, backfillRuns, missingOccurrences, parseBackfillId } from '../../domain/backfill.ts';
import { type FieldProblem, SchedulerError } from '../../domain/errors.ts';
import { type Execution, isFinal } from '../../domain/execution.ts';
import { MAX_BACKFILL_OCCURRENCES } from '../../domain/limits.ts';
import { mapBounded } from '../../domain/map-bounded.ts';
import { occurrencesUpTo } from '../../domain/next-occurrence.ts';
import { executionId } from '../../domain/occurrence.ts';
import type { Principal } from '../../domain/principal.ts';
import type { Task } from '../../domain/task.ts';
import { type EpochMs, fromIso } from '../../domain/time.ts';
import { readTimetable } from '../calendars/read-timetable.ts';
import { type ManageRunsDeps, requireLiveTask, sendRunHint } from './context.ts';
import { cancelRun } from './steer-run.ts';

const WRITES_AT_ONCE = 8;
const HISTORY_PAGE = 200;

export interface Backfilled {
  id: string | null;
  occurrences: number;
  missing: EpochMs[];
  created: number;
}

/**
 * Runs for the occurrences of a past window that have none. Repeating it after a failure halfway finds what was
 * made and makes the rest; what was made goes on by itself.
 */
export async function backfill(
  deps: ManageRunsDeps,
  principal: Principal,
  taskId: string,
  input: BackfillInput,
): Promise<Backfilled> {
  const task = await requireLiveTask(deps, principal, taskId);
  const nowMs = deps.clock.nowMs();
  const [fromMs, toMs] = [fromIso(input.from), fromIso(input.to)];
  refuse(windowProblems(fromMs, toMs, nowMs));
  // What the task still waits for will run by itself.
  const endMs = Math.min(toMs, task.state.nextRunAt ?? toMs);
  const timetable = await readTimetable(deps, task.definition);
  const instants = occurrencesUpTo(timetable, fromMs, endMs - 1, MAX_BACKFILL_OCCURRENCES + 1);
  if (instants.length > MAX_BACKFILL_OCCURRENCES)
    refuse([
      {
        path: 'to',
        message: `the window has more than ${MAX_BACKFILL_OCCURRENCES} occurrences: expected a shorter one`,
      },
    ]);
  const missing = missingOccurrences(instants, await runsBetween(deps, task, fromMs, toMs));
  const counted = { id: null, occurrences: instants.length, missing, created: 0 };
  if (input.dryRun || missing.length === 0) return counted;
  if (missing.length > input.limit)
    refuse([
      {
        path: 'limit',
        message: `${missing.length} runs would be created: expected a limit of at least that, or a shorter window`,
      },
    ]);

  const id = backfillId(fromMs, toMs, deps.ids.ulid(nowMs));
  const runs = backfillRuns(task, {
    id,
    instants: missing,
    concurrency: input.concurrency,
    nowMs,
    ulid: () => deps.ids.ulid(nowMs),
  });
  await mapBounded(runs, WRITES_AT_ONCE, (run) => deps.executions.insert(run));
  for (const run of runs) if (run.ahead === undefined) await sendRunHint(deps, run, nowMs);
  return { ...counted, id, created: runs.length };
}

/** Its runs, oldest first. */
export async function findBackfill(
  deps: ManageRunsDeps,
  principal: Principal,
  taskId: string,
  id: string,
): Promise<Execution[]> {
  const task = await requireLiveTask(deps, principal, taskId);
  const window = parseBackfillId(id);
  const runs = window ? await runsBetween(deps, task, window.fromMs, window.toMs) : [];
  const own = runs.filter((run) => run.backfill === id);
  if (own.length > 0) return own.reverse();
  throw new SchedulerError('not-found', `Task ${taskId} has no backfill ${id}`, { resource: 'backfill', id });
}

/** Ends what waits and asks what runs to stop; the last first, so that none starts because another has ended. */
export async function abortBackfill(
  deps: ManageRunsDeps,
  principal: Principal,
  taskId: string,
  id: string,
): Promise<Execution[]> {
  const runs = await findBackfill(deps, principal, taskId, id);
  for (const run of runs.toReversed()) {
    if (isFinal(run.status)) continue;
    try {
      await cancelRun(deps, principal, executionId(run));
    } catch (error) {
      // It ended meanwhile by itself.
      if (!(error instanceof SchedulerError && error.code === 'state-conflict')) throw error;
    }
  }
  return findBackfill(deps, principal, taskId, id);
}

async function runsBetween(
  deps: ManageRunsDeps,
  { state: { tenant, taskId } }: Task,
  fromMs: EpochMs,
  toMs: EpochMs,
): Promise<Execution[]> {
  const runs: Execution[] = [];
  let from: string | undefined;
  do {
    const page = await deps.listings.history({
      key: { tenant, taskId },
      fromAt: fromMs,
      toAt: toMs - 1,
      limit: HISTORY_PAGE,
      ...(from === undefined ? {} : { from }),
    });
    runs.push(...page.entries);
    from = page.next;
  } while (from !== undefined);
  return runs;
}

function windowProblems(fromMs: EpochMs, toMs: EpochMs, nowMs: EpochMs): FieldProblem[] {
  if (toMs > nowMs)
    return [{ path: 'to', message: 'expected an instant that has passed: what lies ahead runs by itself' }];
  return fromMs < toMs ? [] : [{ path: 'to', message: 'expected an instant after from' }];
}

function refuse(errors: FieldProblem[]): void {
  if (errors.length > 0)
    throw new SchedulerError('validation-failed', 'The window is not valid: see errors', { errors });
}
