import type { Change } from './change.ts';
import type { IndexEntry } from './index-entry.ts';
import { DELETED_TASK_KEPT_MS, HOT_WINDOW_MS, SQS_MAX_DELAY_SECONDS } from './limits.ts';
import type { Pause, Task, TaskDefinition, TaskState } from './task.ts';
import { type DurationMs, type EpochMs, SECOND_MS } from './time.ts';

/**
 * Every change of a task's state, as a conditional write (docs/lifecycle.md). Nobody else sets a status.
 */

/** Where an active task waits (rule H1): `hot` = so near that whoever writes this also sends the hint. */
export function placeDue(place: Place, nextRunAt: EpochMs, nowMs: EpochMs): IndexEntry {
  return { set: nextRunAt <= nowMs + HOT_WINDOW_MS ? 'hot' : 'due', ...place, at: nextRunAt };
}
interface Place {
  shard: number;
  queue: string;
  deadlineSeconds?: number;
}
type Placed = Pick<TaskDefinition, 'queue' | 'deadline'>;

const placeOf = (shard: number, { queue, deadline }: Placed): Place => ({
  shard,
  queue,
  ...(deadline === undefined ? {} : { deadlineSeconds: deadline.seconds }),
});

/** Delay of the hint that goes with a `hot` entry; undefined when the tick will send it. */
export function hintDelaySeconds(state: TaskState, nowMs: EpochMs): number | undefined {
  if (state.index?.set !== 'hot' || state.nextRunAt === undefined) return undefined;
  return delaySeconds(state.nextRunAt, nowMs);
}

/** DelaySeconds lands on the second before or at the instant; the executor waits out the rest (rule A7). */
export const delaySeconds = (at: EpochMs, nowMs: EpochMs): number =>
  Math.min(SQS_MAX_DELAY_SECONDS, Math.max(0, Math.floor((at - nowMs) / SECOND_MS)));

type Waiting = Pick<TaskState, 'status' | 'nextRunAt' | 'index'>;

const waiting = (place: Place, nextRunAt: EpochMs | null, nowMs: EpochMs): Waiting =>
  nextRunAt === null
    ? { status: 'completed' }
    : { status: 'active', nextRunAt, index: placeDue(place, nextRunAt, nowMs) };

const absentIn = (next: Waiting): ('nextRunAt' | 'index')[] =>
  next.nextRunAt === undefined ? ['nextRunAt', 'index'] : [];

/** A new task, or a new life of a deleted one: generations go on counting, so that old messages stay fenced. */
export function createdTask(q: {
  definition: Omit<TaskDefinition, 'definitionVersion' | 'index'>;
  shard: number;
  nextRunAt: EpochMs | null;
  nowMs: EpochMs;
  createdBy: string;
  over?: TaskState;
}): Task {
  const { definition, shard, nowMs } = q;
  const version = (q.over?.version ?? 0) + 1;
  const state: TaskState = {
    tenant: definition.tenant,
    taskId: definition.taskId,
    ...waiting(placeOf(shard, definition), q.nextRunAt, nowMs),
    shard,
    generation: (q.over?.generation ?? 0) + 1,
    version,
    definitionVersion: version,
    missed: 0,
    createdAt: nowMs,
    updatedAt: nowMs,
    createdBy: q.createdBy,
  };
  if (q.over?.run !== undefined) state.run = q.over.run;
  const written = { by: q.createdBy, at: nowMs };
  return { state, definition: { ...listed(definition, shard, version), written } };
}

const listed = (
  definition: Omit<TaskDefinition, 'definitionVersion' | 'index'>,
  shard: number,
  definitionVersion: number,
): TaskDefinition => ({
  ...definition,
  definitionVersion,
  index: { set: 'tasks', shard, name: definition.name },
});

/** Payload, name and the like: runs already permitted stay permitted. `recount`: stop rules count anew. */
export function editedDefinition(
  seen: TaskState,
  definition: Omit<TaskDefinition, 'definitionVersion' | 'index'>,
  nowMs: EpochMs,
  recount = false,
): { change: Change<TaskState>; definition: TaskDefinition } {
  const version = seen.version + 1;
  const set: Partial<TaskState> = { version, definitionVersion: version, updatedAt: nowMs };
  const equals: Partial<TaskState> = { version: seen.version };
  const { index } = seen;
  if (index?.set === 'due' || index?.set === 'hot') {
    const moved = { set: index.set, at: index.at, ...placeOf(index.shard, definition) };
    if (moved.queue !== index.queue || moved.deadlineSeconds !== index.deadlineSeconds) {
      set.index = moved;
      equals.index = index;
    }
  }
  return {
    change: { set, remove: recount ? ['tally'] : [], guard: { equals, not: { status: 'deleted' } } },
    definition: listed(definition, seen.shard, version),
  };
}

/** Schedule, overlap or misfire changed: fences every run permitted before; a paused task stays paused. */
export function editedRules(
  seen: TaskState,
  definition: Omit<TaskDefinition, 'definitionVersion' | 'index'>,
  nextRunAt: EpochMs | null,
  nowMs: EpochMs,
  recount = false,
): { change: Change<TaskState>; definition: TaskDefinition } {
  const version = seen.version + 1;
  const set: Partial<TaskState> = {
    version,
    definitionVersion: version,
    generation: seen.generation + 1,
    updatedAt: nowMs,
  };
  // Keeping the occurrence that is due means keeping the one that is due at the moment of the write.
  const kept = nextRunAt !== null && nextRunAt === seen.nextRunAt ? { nextRunAt } : {};
  const guard: Change<TaskState>['guard'] = {
    equals: { version: seen.version, ...kept },
    not: { status: 'deleted' },
  };
  const edited = listed(definition, seen.shard, version);
  const remove: (keyof TaskState & string)[] = recount ? ['tally'] : [];
  if (seen.status === 'paused' || seen.status === 'disabled') {
    return { change: { set, remove, guard }, definition: edited };
  }
  const next = waiting(placeOf(seen.shard, definition), nextRunAt, nowMs);
  remove.push(...absentIn(next), 'stopped');
  return { change: { set: { ...set, ...next }, remove, guard }, definition: edited };
}

/** `who`: the person, and what for. */
export function pausedTask(seen: TaskState, nowMs: EpochMs, who?: Omit<Pause, 'at'>): Change<TaskState> {
  return {
    set: {
      status: 'paused',
      ...(who === undefined ? {} : { paused: { ...who, at: nowMs } }),
      ...(seen.nextRunAt === undefined ? {} : { pausedFrom: seen.nextRunAt }),
      generation: seen.generation + 1,
      version: seen.version + 1,
      updatedAt: nowMs,
    },
    remove: ['nextRunAt', 'index'],
    guard: { equals: { status: 'active', version: seen.version } },
  };
}

/**
 * `nextRunAt`: the first occurrence after now, or a one-time task's own instant though it has passed. Failures in a row
 * are counted from here again.
 */
export function resumedTask(
  seen: TaskState,
  q: { definition: Placed; nextRunAt: EpochMs | null; nowMs: EpochMs },
): Change<TaskState> {
  const { nowMs } = q;
  const next = waiting(placeOf(seen.shard, q.definition), q.nextRunAt, nowMs);
  return {
    set: {
      ...next,
      ...(seen.tally ? { tally: { ...seen.tally, failures: 0 } } : {}),
      generation: seen.generation + 1,
      version: seen.version + 1,
      updatedAt: nowMs,
    },
    remove: [...absentIn(next), 'stopped', 'pausedFrom', 'paused'],
    guard: {
      equals: {
        status: seen.status,
        version: seen.version,
        ...(seen.tally ? { tally: seen.tally } : {}),
      },
    },
  };
}

/** What an edit takes the place of, kept for people to look at and to restore. */
export function supersededDefinition(
  definition: TaskDefinition,
  nowMs: EpochMs,
  retentionMs: DurationMs,
): TaskDefinition {
  const { index: _unlisted, ...kept } = definition;
  return { ...kept, ttl: Math.ceil((nowMs + retentionMs) / SECOND_MS) };
}

/** The items stay a while, so that late messages find "deleted"; the definition leaves the lists. */
export function deletedTask(
  seen: TaskState,
  definition: TaskDefinition,
  nowMs: EpochMs,
): { change: Change<TaskState>; definition: TaskDefinition } {
  const version = seen.version + 1;
  const ttl = Math.ceil((nowMs + DELETED_TASK_KEPT_MS) / SECOND_MS);
  const { index: _unlisted, ...kept } = definition;
  return {
    change: {
      set: {
        status: 'deleted',
        generation: seen.generation + 1,
        version,
        definitionVersion: version,
        updatedAt: nowMs,
        ttl,
      },
      remove: ['nextRunAt', 'index'],
      guard: { equals: { version: seen.version }, not: { status: 'deleted' } },
    },
    definition: { ...kept, definitionVersion: version, ttl },
  };
}

/**
 * W2: the task moves past an occurrence. This confirms the claim, and the occurrence stops being its own outbox.
 * `run` is the claimed run's pointer; absent when the occurrence was not run. `exclusive` (overlap forbid and
 * queue) also requires that no other run was claimed since the task was read.
 */
export function advancedTask(
  seen: TaskState,
  q: {
    scheduledAt: EpochMs;
    nextRunAt: EpochMs | null;
    definition: Placed;
    nowMs: EpochMs;
    run?: string;
    exclusive: boolean;
    missed: number;
  },
): Change<TaskState> {
  const next = waiting(placeOf(seen.shard, q.definition), q.nextRunAt, q.nowMs);
  const set: Partial<TaskState> = { ...next };
  if (q.run !== undefined) set.run = q.run;
  if (q.missed > 0) set.missed = seen.missed + q.missed;
  return {
    set,
    remove: absentIn(next),
    guard: {
      equals: {
        status: 'active',
        nextRunAt: q.scheduledAt,
        generation: seen.generation,
        ...(q.exclusive && seen.run !== undefined ? { run: seen.run } : {}),
      },
      missing: q.exclusive && seen.run === undefined ? ['run'] : [],
    },
  };
}

/** Its calendars changed: another occurrence is the next. Nothing that was permitted is fenced by that. */
export function replannedTask(
  seen: TaskState,
  q: { from: EpochMs; nextRunAt: EpochMs; definition: TaskDefinition; nowMs: EpochMs },
): Change<TaskState> {
  return {
    set: waiting(placeOf(seen.shard, q.definition), q.nextRunAt, q.nowMs),
    guard: { equals: { status: 'active', nextRunAt: q.from, generation: seen.generation } },
  };
}

/** CLAIM: a manual or revived run becomes the one that overlap rules look at. */
export function claimedPointer(seen: TaskState, run: string): Change<TaskState> {
  return {
    set: { run },
    guard: {
      ...(seen.run === undefined ? { missing: ['run'] } : { equals: { run: seen.run } }),
      not: { status: 'deleted' },
    },
  };
}
