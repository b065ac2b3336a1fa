import { isDeepStrictEqual } from 'node:util';
import type { CreateScheduleInput, GetScheduleOutput } from '@aws-sdk/client-scheduler';
import { type Client, ProblemError, type Task } from '../../client.ts';
import { Failure } from '../failure.ts';
import { findTask } from '../session.ts';
import { type Handlers, IMPORTED, idOf, mapSchedule } from './mapping.ts';
import type { Originals } from './originals.ts';
import { openParts, type Part } from './parts.ts';
import { nextBeat, whenOf } from './schedule-of.ts';
import { otherDifferences, targetOf } from './target-of.ts';
import { originTag } from './task-id.ts';

export interface HandedBack {
  id: string;
  schedule: string;
  outcome:
    | 'created'
    | 'enabled'
    | 'changed'
    | 'unchanged'
    | 'would be created'
    | 'would be enabled'
    | 'would be changed'
    | 'not mapped'
    | 'refused';
  parts: Part[];
  notes: string[];
  task: Task['status'] | 'deleted' | 'paused now' | 'not there';
}
export interface BackOrders {
  group: string | undefined;
  roleArn: string | undefined;
  handlers: Handlers;
  /** What becomes of the task once its schedule stands. */
  then: 'keep' | 'pause' | 'delete';
  dryRun: boolean;
  nowMs: number;
}

/**
 * The schedule stands, enabled, before its task is paused or deleted: rather a run twice in between than none. Broken off
 * anywhere, it goes on from there when it is repeated.
 */
export async function handBack(
  client: Client,
  originals: Originals,
  id: string,
  orders: BackOrders,
): Promise<HandedBack> {
  const task = await findTask(client, id);
  const line: HandedBack = {
    id,
    schedule: '',
    outcome: 'refused',
    parts: [],
    notes: [],
    task: task?.status ?? 'not there',
  };
  if (task === undefined) return { ...line, notes: ['there is no such task'] };
  if (task.status === 'completed')
    return { ...line, notes: ['it is completed: there is nothing to hand over'] };
  try {
    const original = await originalOf(originals, task, orders.group);
    const { GroupName, Name } = original ?? { GroupName: orders.group ?? 'default', Name: id };
    const named = { ...line, schedule: `${GroupName}/${Name}` };
    const { parts, wanted } = await scheduleFor(client, task, original, orders);
    if (wanted === undefined) return { ...named, parts, outcome: 'not mapped' };
    const outcome = await stand(originals, original, { ...wanted, GroupName, Name }, task, orders.dryRun);
    return {
      ...named,
      parts,
      outcome,
      ...(orders.dryRun ? {} : { task: await leave(client, task, orders.then) }),
    };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { ...line, notes: [error.message] };
  }
}

/** The schedule that it was imported from, or that an earlier hand-back made; undefined when there is none (any more). */
async function originalOf(
  originals: Originals,
  task: Task,
  group = 'default',
): Promise<GetScheduleOutput | undefined> {
  const from = task.tags.includes(IMPORTED) ? await importedFrom(originals, task) : undefined;
  if (from !== undefined) return from;
  if (task.id.length > MAX_NAME) throw new Failure(`names of schedules have at most ${MAX_NAME} characters`);
  return originals.find(group, task.id);
}

const MAX_NAME = 64;

async function importedFrom(
  originals: Originals,
  { id, tags }: Task,
): Promise<GetScheduleOutput | undefined> {
  const dot = id.indexOf('.');
  const guess = dot > 0 ? await originals.find(id.slice(0, dot), id.slice(dot + 1)) : undefined;
  const found =
    guess && idOf(guess) === id ? guess : (await originals.read({})).find((one) => idOf(one) === id);
  if (found && !tags.includes(originTag(found.Arn ?? '')))
    throw new Failure('it was imported from another region or account: --region, AWS_PROFILE');
  return found;
}

interface Wanted {
  parts: Part[];
  wanted?: Omit<CreateScheduleInput, 'Name' | 'GroupName'>;
}

/** What is still as it was imported stays as it is there; the rest is what the task says. */
async function scheduleFor(
  client: Client,
  task: Task,
  original: GetScheduleOutput | undefined,
  orders: BackOrders,
): Promise<Wanted> {
  const parts = openParts();
  const { differs } = parts;
  const before = original && (await imported(client, task, original, orders));
  const asSaid = () => 'as the task says';
  const kept = (part: string) => parts.exactly(part, 'as its original says');
  const sameTime =
    original !== undefined && before !== undefined && isSame(before.schedule, task.schedule, orders.nowMs);
  const when = sameTime
    ? { ...timeOf(original), ...keptBeat(task.schedule, orders.nowMs) }
    : parts.made('schedule', asSaid, () => whenOf(task.schedule, orders.nowMs, differs));
  if (sameTime) kept('schedule');
  const role = orders.roleArn ?? original?.Target?.RoleArn;
  const sameTarget = before !== undefined && goesTo(before, task);
  const target = sameTarget
    ? original?.Target
    : parts.made('target', asSaid, () => targetOf(task, orders.handlers, role, differs));
  if (sameTarget) kept('target');
  parts.made('other settings', asSaid, () => otherDifferences(task, differs));
  const retry = isDeepStrictEqual(before?.retry, task.retry)
    ? original?.Target?.RetryPolicy
    : { MaximumRetryAttempts: task.retry.limit };
  if (when === undefined || target === undefined || parts.isBroken()) return { parts: parts.list };
  const { KmsKeyArn, ActionAfterCompletion } = original ?? {};
  const DeadLetterConfig = original?.Target?.DeadLetterConfig;
  const Target = { ...target, RetryPolicy: retry, ...(DeadLetterConfig ? { DeadLetterConfig } : {}) };
  const Description = task.description?.slice(0, 512);
  return {
    parts: parts.list,
    wanted: {
      ...when,
      Target,
      Description,
      KmsKeyArn,
      ActionAfterCompletion,
      State: 'ENABLED',
    },
  };
}

/** Beats are the same also when they are told from another of their instants. */
function isSame(before: Task['schedule'], now: Task['schedule'], nowMs: number): boolean {
  const beat = (schedule: Task['schedule']) => {
    if (schedule.kind !== 'interval') return schedule;
    return { ...schedule, startAt: nextBeat(schedule.startAt, schedule.seconds, nowMs)?.getTime() };
  };
  return isDeepStrictEqual(beat(before), beat(now));
}

/** A rate that is enabled begins anew, at once, unless it has a start. */
function keptBeat(schedule: Task['schedule'], nowMs: number): { StartDate?: Date } {
  if (schedule.kind !== 'interval') return {};
  const beat = nextBeat(schedule.startAt, schedule.seconds, nowMs);
  return beat ? { StartDate: beat } : {};
}

const timeOf = ({
  ScheduleExpression,
  ScheduleExpressionTimezone,
  StartDate,
  EndDate,
  FlexibleTimeWindow,
}: GetScheduleOutput) => ({
  ScheduleExpression,
  ScheduleExpressionTimezone,
  StartDate,
  EndDate,
  FlexibleTimeWindow,
});

const goesTo = (before: Task, { handler, target, payload }: Task): boolean =>
  isDeepStrictEqual([before.handler, before.target, before.payload], [handler, target, payload]);

/** The task that importing the original would make, in the deployment's own words; undefined where it would make none. */
async function imported(
  client: Client,
  task: Task,
  original: GetScheduleOutput,
  { handlers, nowMs }: BackOrders,
): Promise<Task | undefined> {
  const arn = original.Target?.Arn;
  // A handler took the place of its target, and its target takes the place of the handler again.
  const own = arn && task.handler && !handlers.has(arn) ? [[arn, task.handler] as const] : [];
  const { input } = mapSchedule(original, new Map([...own, ...handlers]), nowMs);
  if (input === undefined) return undefined;
  try {
    return await client.tasks.put(task.id, input, { dryRun: true });
  } catch (error) {
    if (error instanceof ProblemError && error.errors.length > 0) return undefined;
    throw error;
  }
}

async function stand(
  originals: Originals,
  original: GetScheduleOutput | undefined,
  wanted: CreateScheduleInput,
  task: Task,
  dryRun: boolean,
): Promise<HandedBack['outcome']> {
  if (original === undefined) {
    if (dryRun) return 'would be created';
    await originals.create(wanted);
    return 'created';
  }
  if (!task.tags.includes(IMPORTED) && original.Target?.Arn !== wanted.Target?.Arn)
    throw new Failure(`a schedule ${original.GroupName}/${original.Name} with another target exists`);
  const asked = Object.entries(wanted).filter(
    ([field, value]) => value !== undefined && field !== 'State' && field !== 'StartDate',
  );
  const same = asked.every(([field, value]) => alike(value, original[field as keyof GetScheduleOutput]));
  if (same && original.State === 'ENABLED') return 'unchanged';
  const outcome = same ? 'enabled' : 'changed';
  if (dryRun) return `would be ${outcome}`;
  await originals.update(original, wanted);
  return outcome;
}

/** As JSON has it: without what is undefined. */
const alike = (a: unknown, b: unknown): boolean =>
  isDeepStrictEqual(JSON.parse(JSON.stringify(a ?? null)), JSON.parse(JSON.stringify(b ?? null)));

async function leave(client: Client, task: Task, then: BackOrders['then']): Promise<HandedBack['task']> {
  if (then === 'delete') {
    await client.tasks.delete(task.id);
    return 'deleted';
  }
  if (then === 'keep' || task.status !== 'active') return task.status;
  await client.tasks.pause(task.id);
  return 'paused now';
}
