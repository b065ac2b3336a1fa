import type { AllowedTargets } from '../domain/allowed-targets.ts';
import type { Calendar } from '../domain/calendar.ts';
import type { FieldProblem } from '../domain/errors.ts';
import { DEFAULT_MISFIRE_GRACE_SECONDS } from '../domain/limits.ts';
import type { Timetable } from '../domain/schedule.ts';
import { DEFAULT_QUEUE, type RetryPolicy, type TaskDefinition, type TaskKey } from '../domain/task.ts';
import type { EpochMs } from '../domain/time.ts';
import { chainTemplateProblems, readChain } from './chain.ts';
import type { HandlerRegistry } from './handler.ts';
import { isObject } from './merge-patch.ts';
import { payloadSizeProblems } from './payload.ts';
import { mergedRetry, retryProblems } from './resolve-retry.ts';
import { calendarIdsIn, resolveSchedule } from './resolve-schedule.ts';
import type { ScheduleInput } from './schedule.ts';
import { READ_ONLY_FIELDS } from './task.ts';
import { concerns, soundFields, type TaskFields } from './task-fields.ts';
import { readWork } from './task-work.ts';

export type QueueDefaults = Readonly<Record<string, { timeoutSeconds: number; retry: RetryPolicy }>>;

export interface TaskInputContext {
  key: TaskKey;
  nowMs: EpochMs;
  queues: QueueDefaults;
  handlers: HandlerRegistry;
  targets: AllowedTargets;
  /** Of the task's tenant, as far as there are such. */
  calendars(ids: string[]): Promise<Calendar[]>;
  /** The task as it stands, when it is being replaced. */
  previous?: TaskDefinition;
}

/** A definition before it has its place in the store. */
export type NewDefinition = Omit<TaskDefinition, 'definitionVersion' | 'written' | 'index' | 'ttl'>;
export type TaskInputResult =
  | { ok: true; definition: NewDefinition; timetable: Timetable }
  | { ok: false; errors: FieldProblem[] };

const DEFAULT_CATCH_UP_LIMIT = 10;

/** PUT: the body without what the system writes, so that a document as GET gave it can be sent back. */
export function withoutReadOnly(body: unknown, taskId: string): { input: unknown; errors: FieldProblem[] } {
  if (!isObject(body)) return { input: body, errors: [] };
  const ignored = new Set<string>(['id', ...READ_ONLY_FIELDS]);
  const input = Object.fromEntries(Object.entries(body).filter(([name]) => !ignored.has(name)));
  const sameId = !Object.hasOwn(body, 'id') || body.id === taskId;
  return { input, errors: sameId ? [] : [{ path: 'id', message: 'must be the id in the path, or absent' }] };
}

/**
 * From what a user wrote to a complete definition, or every problem at once: the shape of each field, then, for
 * the sound ones, what they must be together and in this deployment.
 */
export async function readTaskInput(body: unknown, context: TaskInputContext): Promise<TaskInputResult> {
  if (!isObject(body)) return { ok: false, errors: [{ path: '', message: 'expected an object' }] };
  const { fields, errors } = soundFields(body);
  const queueName = fields.queue ?? DEFAULT_QUEUE;
  const queue = Object.hasOwn(context.queues, queueName) ? context.queues[queueName] : undefined;
  if (!queue && !concerns(errors, 'queue')) errors.push(unknownQueue(queueName, context.queues));

  const payload = fields.payload === undefined ? {} : fields.payload;
  const serialized = JSON.stringify(payload);
  errors.push(...payloadSizeProblems(serialized));
  const work = await readWork(fields, payload, errors, context);
  const timeoutSeconds = fields.timeoutSeconds ?? queue?.timeoutSeconds;
  errors.push(...policyProblems(fields), ...heartbeatProblems(fields, timeoutSeconds));
  errors.push(...chainTemplateProblems(fields));
  const retry = queue && mergedRetry(fields.retry, queue.retry);
  errors.push(...retryProblems(fields.retry, queue?.retry));

  const misfireGraceSeconds = fields.misfireGraceSeconds ?? DEFAULT_MISFIRE_GRACE_SECONDS;
  const resolved =
    fields.schedule &&
    resolveSchedule(fields.schedule, await scheduleContext(fields.schedule, context, misfireGraceSeconds));
  if (resolved && !resolved.ok) errors.push(...resolved.errors);

  const { name, description } = fields;
  if (errors.length > 0 || !resolved?.ok || !queue || !retry || name === undefined || !work)
    return { ok: false, errors };
  return {
    ok: true,
    timetable: resolved.timetable,
    definition: {
      ...context.key,
      name,
      ...(description === undefined ? {} : { description }),
      ...work,
      payload: serialized,
      schedule: resolved.schedule,
      queue: queueName,
      tags: [...new Set(fields.tags)],
      timeoutSeconds: fields.timeoutSeconds ?? queue.timeoutSeconds,
      ...(fields.heartbeatSeconds === undefined ? {} : { heartbeatSeconds: fields.heartbeatSeconds }),
      retry,
      overlap: fields.overlap ?? 'forbid',
      misfire: fields.misfire ?? 'fireOnce',
      misfireGraceSeconds,
      catchUpLimit: fields.catchUpLimit ?? DEFAULT_CATCH_UP_LIMIT,
      ...(fields.concurrency?.length ? { concurrency: fields.concurrency } : {}),
      ...(fields.rateLimit?.length ? { rateLimit: fields.rateLimit } : {}),
      ...(fields.stop ? { stop: fields.stop } : {}),
      ...(fields.deadline
        ? { deadline: { seconds: fields.deadline.seconds, notify: fields.deadline.notify ?? true } }
        : {}),
      system: fields.system ?? false,
      ...readChain(fields),
    },
  };
}

const unknownQueue = (name: string, queues: QueueDefaults): FieldProblem => ({
  path: 'queue',
  message: `no queue ${JSON.stringify(name)} is configured; there are ${Object.keys(queues).join(', ')}`,
});

function policyProblems({ overlap = 'forbid', misfire }: TaskFields): FieldProblem[] {
  if (overlap !== 'forbid' || misfire !== 'catchUp') return [];
  const message =
    'catchUp needs overlap queue or allow: under forbid the runs caught up would forbid each other';
  return [{ path: 'misfire', message }];
}

function heartbeatProblems(
  { heartbeatSeconds: given, target }: TaskFields,
  timeoutSeconds: number | undefined,
): FieldProblem[] {
  const path = 'heartbeatSeconds';
  if (given !== undefined && target)
    return [{ path, message: 'a target shows no signs of life: leave it to timeoutSeconds' }];
  if (given === undefined || timeoutSeconds === undefined || given <= timeoutSeconds) return [];
  return [{ path, message: `must not be above timeoutSeconds (${timeoutSeconds})` }];
}

async function scheduleContext(
  schedule: ScheduleInput,
  { key, nowMs, previous, calendars }: TaskInputContext,
  misfireGraceSeconds: number,
) {
  const ids = calendarIdsIn(schedule);
  return {
    ...key,
    nowMs,
    misfireGraceSeconds,
    calendars: ids.length === 0 ? [] : await calendars(ids),
    ...(previous ? { previous: previous.schedule } : {}),
  };
}
