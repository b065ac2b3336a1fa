import type { Execution, ExecutionKey } from '../domain/execution.ts';
import { waitsSince } from '../domain/execution-parts.ts';
import { scheduledOccurrence } from '../domain/occurrence.ts';
import type { Principal } from '../domain/principal.ts';
import type { Task } from '../domain/task.ts';
import { type Why, zoneOf } from '../domain/why.ts';
import { whyRun } from '../domain/why-run.ts';
import type { RunGate, WaitingFacts } from '../domain/why-run-facts.ts';
import { type DueFacts, type TaskGate, whyTask } from '../domain/why-task.ts';
import type { Clock, ExecutionStore, Heartbeat, TaskStore } from '../ports.ts';
import type { CalendarStore } from '../tenant-ports.ts';
import { readTimetable } from './calendars/read-timetable.ts';
import { requireLiveTask, requireRun, runKey } from './manage-runs/context.ts';
import { livePrevious } from './run-execution/overlap.ts';
import { type StartFactsDeps, startFacts } from './why/start-facts.ts';

/** Why a task does not run, or where a run is: gathers what is known, in a bounded number of reads. */
export interface ExplainDeps extends StartFactsDeps {
  clock: Clock;
  tasks: TaskStore;
  executions: ExecutionStore;
  calendars: CalendarStore;
  heartbeat: Heartbeat;
}

export async function explainTask(
  deps: ExplainDeps,
  principal: Principal,
  taskId: string,
): Promise<Why<TaskGate>> {
  const task = await requireLiveTask(deps, principal, taskId);
  const nowMs = deps.clock.nowMs();
  const [timetable, due] = await Promise.all([
    readTimetable(deps, task.definition),
    dueFacts(deps, task, nowMs),
  ]);
  return whyTask({ nowMs, task, timetable, due });
}

async function dueFacts(deps: ExplainDeps, task: Task, nowMs: number): Promise<DueFacts | undefined> {
  const { tenant, taskId, nextRunAt } = task.state;
  if (nextRunAt === undefined || nextRunAt > nowMs) return undefined;
  const key: ExecutionKey = { tenant, taskId, occurrence: scheduledOccurrence(nextRunAt) };
  const { queue } = task.definition;
  const [start, claimed, live, tickAt] = await Promise.all([
    startFacts(deps, { task, key, attempt: 1, queue, dueAt: nextRunAt, nowMs }),
    deps.executions.read(key),
    livePrevious(deps.executions, task, key),
    deps.heartbeat.read(),
  ]);
  return { start, claimed, live, tickAt };
}

export async function explainRun(deps: ExplainDeps, principal: Principal, id: string): Promise<Why<RunGate>> {
  const run = await requireRun(deps, runKey(principal, id));
  // Read after the run, as an executor would.
  const kept = await deps.tasks.read(run);
  const task = kept?.state.status === 'deleted' ? undefined : kept;
  const nowMs = deps.clock.nowMs();
  const zone = kept === undefined ? 'UTC' : zoneOf(kept.definition.schedule);
  return whyRun({ nowMs, zone, run, task, waiting: await waitingFacts(deps, run, task, nowMs) });
}

async function waitingFacts(
  deps: ExplainDeps,
  run: Execution,
  task: Task | undefined,
  nowMs: number,
): Promise<WaitingFacts | undefined> {
  const dueAt = waitsSince(run);
  const waits = run.status === 'queued' || run.status === 'retrying';
  if (!waits || task === undefined || dueAt > nowMs) return undefined;
  const [start, live, ahead] = await Promise.all([
    startFacts(deps, { task, key: run, attempt: run.attempt + 1, queue: run.queue, dueAt, nowMs }),
    livePrevious(deps.executions, task, run),
    run.ahead === undefined || run.epoch > 0
      ? undefined
      : deps.executions.read({ ...run, occurrence: run.ahead }),
  ]);
  return { start, live, ahead };
}
