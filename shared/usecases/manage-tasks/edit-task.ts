import { isDeepStrictEqual } from 'node:util';
import type { Precondition } from '../../contract/if-match.ts';
import { requirePrecondition } from '../../contract/if-match.ts';
import { type NewDefinition, readTaskInput, withoutReadOnly } from '../../contract/task-input.ts';
import { patchedInput } from '../../contract/task-wire.ts';
import { linkChanges } from '../../domain/calendar.ts';
import { firstRunAt } from '../../domain/next-occurrence.ts';
import type { Principal } from '../../domain/principal.ts';
import type { Timetable } from '../../domain/schedule.ts';
import type { Task, TaskDefinition, TaskState } from '../../domain/task.ts';
import { editedDefinition, editedRules, supersededDefinition } from '../../domain/task-transitions.ts';
import type { EpochMs } from '../../domain/time.ts';
import { queuesInForce } from '../queue-settings/settings.ts';
import {
  inputContext,
  invalid,
  keyOf,
  type ManageTasksDeps,
  readForChange,
  readLive,
  requireMayChange,
  requireSoundChain,
  sendDueHint,
  untilWritten,
} from './context.ts';
import { insertTask, newTask } from './create-task.ts';

export type EditTasksDeps = Omit<
  ManageTasksDeps,
  'executions' | 'listings' | 'idempotency' | 'events' | 'ids'
>;

/**
 * PUT: makes the task what the body says; saying the same again changes nothing. A dry run writes nothing and does not look
 * at chains, for the tasks that they name may be about to come as well.
 */
export async function replaceTask(
  deps: EditTasksDeps,
  principal: Principal,
  taskId: string,
  body: unknown,
  precondition: Precondition,
  { dryRun = false }: { dryRun?: boolean } = {},
): Promise<{ task: Task; created: boolean }> {
  const key = keyOf(principal, taskId);
  const { input, errors } = withoutReadOnly(body, taskId);
  return untilWritten(key, 'replace', async () => {
    const state = await deps.tasks.readState(key);
    const over = state?.status === 'deleted' ? state : undefined;
    const seen = over ? undefined : await readLive(deps, key);
    requirePrecondition(precondition, seen?.state.version);
    if (seen) requireMayChange(principal, seen.definition);
    const nowMs = deps.clock.nowMs();
    const queues = await queuesInForce(deps);
    const read = await readTaskInput(input, inputContext(deps, queues, key, nowMs, seen?.definition));
    if (!read.ok || errors.length > 0) throw invalid([...errors, ...(read.ok ? [] : read.errors)]);
    requireMayChange(principal, read.definition);
    if (dryRun) {
      const task = seen ? edited(seen, read, nowMs) : newTask(deps, principal, read, nowMs, over);
      return { task, created: false };
    }
    const task = seen
      ? await writeEdit(deps, seen, read, { by: principal.actor, at: nowMs })
      : await insertTask(deps, queues, principal, read, nowMs, over);
    return task && { task, created: seen === undefined };
  });
}

/** PATCH: the patch applies to the document, and the whole document is checked again. */
export async function patchTask(
  deps: EditTasksDeps,
  principal: Principal,
  taskId: string,
  patch: Record<string, unknown>,
  precondition: Precondition,
): Promise<Task> {
  const key = keyOf(principal, taskId);
  return untilWritten(key, 'patch', async () => {
    const seen = await readForChange(deps, principal, key, precondition);
    const nowMs = deps.clock.nowMs();
    const input = patchedInput(seen.definition, patch);
    const read = await readTaskInput(
      input,
      inputContext(deps, await queuesInForce(deps), key, nowMs, seen.definition),
    );
    if (!read.ok) throw invalid(read.errors);
    requireMayChange(principal, read.definition);
    return writeEdit(deps, seen, read, { by: principal.actor, at: nowMs });
  });
}

interface Edit {
  definition: NewDefinition;
  timetable: Timetable;
}

/** undefined when somebody else wrote meanwhile. Dying before the hint makes the next run late by a tick. */
async function writeEdit(
  deps: EditTasksDeps,
  seen: Task,
  next: Edit,
  written: { by: string; at: EpochMs },
): Promise<Task | undefined> {
  if (sameDefinition(seen.definition, next.definition)) return seen;
  await requireSoundChain(deps, next.definition);
  const { change, definition: decided } = decideEdit(seen, next, written.at);
  const definition = { ...decided, written };
  const outcome = await deps.tasks.replace(
    seen.state,
    change,
    definition,
    linkChanges(seen.definition.schedule, definition.schedule),
    supersededDefinition(seen.definition, written.at, deps.retentionMs),
  );
  if (!outcome.ok) return undefined;
  if (outcome.record.generation !== seen.state.generation)
    await sendDueHint(deps, outcome.record, definition.queue);
  return { state: outcome.record, definition };
}

/** What writing the edit would make of it. */
function edited(seen: Task, next: Edit, nowMs: EpochMs): Task {
  if (sameDefinition(seen.definition, next.definition)) return seen;
  const { change, definition } = decideEdit(seen, next, nowMs);
  const state = { ...seen.state, ...change.set };
  for (const field of change.remove ?? []) delete (state as Partial<TaskState>)[field];
  return { state, definition };
}

/** Only a new schedule moves the next run; new rules under the same schedule keep the one that is due. */
function decideEdit({ state, definition }: Task, { definition: next, timetable }: Edit, nowMs: EpochMs) {
  const recount = !isDeepStrictEqual(next.stop, definition.stop);
  // What stop rules ended goes on under other ones.
  const goesOn = recount && state.status === 'completed' && state.stopped !== undefined;
  const rescheduled = goesOn || !isDeepStrictEqual(next.schedule, definition.schedule);
  const newRules = next.overlap !== definition.overlap || next.misfire !== definition.misfire;
  // Nothing is left of a completed task that new rules could apply to, and it must not run again for them.
  if (!rescheduled && (!newRules || state.status === 'completed'))
    return editedDefinition(state, next, nowMs, recount);
  return editedRules(
    state,
    next,
    rescheduled ? nextOf(timetable, nowMs) : nextDueOf(state),
    nowMs,
    recount || rescheduled,
  );
}

/** Strictly after now, but a one-time task keeps its instant. */
const nextOf = (timetable: Timetable, nowMs: EpochMs) => firstRunAt(timetable, nowMs + 1);

const nextDueOf = (state: TaskState): EpochMs | null => state.nextRunAt ?? null;

const sameDefinition = (seen: NewDefinition, next: NewDefinition): boolean =>
  (Object.keys({ ...bare(seen), ...next }) as (keyof NewDefinition)[]).every((field) =>
    isDeepStrictEqual(seen[field], next[field]),
  );

/** Without what the store adds. */
const bare = (definition: NewDefinition & Partial<TaskDefinition>) => {
  const { definitionVersion: _version, written: _written, index: _index, ttl: _ttl, ...rest } = definition;
  return rest;
};
