import type { GetScheduleOutput } from '@aws-sdk/client-scheduler';
import { type Client, ProblemError, type Task, type TaskInput } from '../../client.ts';
import { Failure } from '../failure.ts';
import { findTask } from '../session.ts';
import { type Handlers, IMPORTED, type Mapped, mapSchedule } from './mapping.ts';
import type { Originals } from './originals.ts';
import type { Part } from './parts.ts';
import { type Allowance, allowanceOf } from './targets.ts';
import { originTag } from './task-id.ts';

/** What became of one schedule. */
export interface Line {
  id: string;
  schedule: string;
  outcome:
    | 'imported'
    | 'changed'
    | 'unchanged'
    | 'would be imported'
    | 'would be changed'
    | 'over'
    | 'not mapped'
    | 'refused';
  parts: Part[];
  /** Why it was refused, and what else is to be known. */
  notes: string[];
  original: 'enabled' | 'disabled' | 'disabled now';
  /** What the deployment would have to list. */
  allow?: Allowance;
}
export interface Orders {
  dryRun: boolean;
  disableOriginals: boolean;
  handlers: Handlers;
  nowMs: number;
}

/** Of a task whose original was disabled, until it is paused. */
const UNPAUSED = 'eventbridge:unpaused';

/**
 * The task stands before its original is disabled: rather a run twice in between than none. Broken off anywhere, it goes on
 * from there when it is repeated.
 */
export async function carryOver(
  client: Client,
  originals: Originals,
  schedule: GetScheduleOutput,
  orders: Orders,
): Promise<Line> {
  const mapped = mapSchedule(schedule, orders.handlers, orders.nowMs);
  const off = schedule.State === 'DISABLED';
  const line: Line = {
    id: mapped.id,
    schedule: `${schedule.GroupName ?? 'default'}/${schedule.Name}`,
    outcome: 'not mapped',
    parts: mapped.parts,
    notes: [],
    original: off ? 'disabled' : 'enabled',
  };
  const { input } = mapped;
  try {
    const stood = await findTask(client, mapped.id);
    if (stood === undefined && mapped.over)
      return {
        ...line,
        outcome: 'over',
        notes: ['it has run for the last time: there is nothing to import'],
      };
    if (input === undefined) return line;
    if (stood !== undefined) requireOwn(stood, schedule);
    if (stood !== undefined && off && !stood.tags.includes(UNPAUSED))
      return {
        ...line,
        outcome: 'unchanged',
        notes: [`its original is disabled: the task stays as it is, ${stood.status}`],
      };
    const outcome = await written(client, mapped, input, stood, off, orders.dryRun);
    if (off) line.notes.push(orders.dryRun ? 'disabled: it would be paused' : 'disabled: it is paused');
    if (orders.dryRun || off || !orders.disableOriginals) return { ...line, outcome };
    return await disabled({ ...line, outcome }, originals, schedule);
  } catch (error) {
    return refusal(line, error, input);
  }
}

async function disabled(line: Line, originals: Originals, schedule: GetScheduleOutput): Promise<Line> {
  try {
    await originals.update(schedule, { State: 'DISABLED' });
    return { ...line, original: 'disabled now' };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const notes = [
      ...line.notes,
      `the task stands, and its original could not be disabled: ${error.message}`,
    ];
    return { ...line, outcome: 'refused', notes };
  }
}

async function written(
  client: Client,
  { id }: Mapped,
  input: TaskInput,
  stood: Task | undefined,
  paused: boolean,
  dryRun: boolean,
): Promise<Line['outcome']> {
  if (paused && !dryRun) {
    await client.tasks.put(id, { ...input, tags: [...(input.tags ?? []), UNPAUSED] });
    await client.tasks.pause(id);
  }
  const task = await client.tasks.put(id, input, { dryRun });
  if (stood === undefined) return dryRun ? 'would be imported' : 'imported';
  if (stood.version === task.version) return 'unchanged';
  return dryRun ? 'would be changed' : 'changed';
}

function requireOwn({ tags }: Task, { Arn: arn = '' }: GetScheduleOutput): void {
  if (!tags.includes(IMPORTED)) throw new Failure('a task of this id exists and was not imported');
  if (!tags.includes(originTag(arn)))
    throw new Failure(
      'a task of this id was imported from another region or account: rename or delete that one',
    );
}

/** Of this schedule only; whatever would hit the next one as well ends it all. */
function refusal(line: Line, error: unknown, input: TaskInput | undefined): Line {
  if (error instanceof Failure) return { ...line, outcome: 'refused', notes: [error.message] };
  if (!(error instanceof ProblemError) || error.errors.length === 0) throw error;
  const target = input?.target;
  const unlisted =
    target &&
    error.errors.some(({ path, message }) => path.startsWith('target.') && /does not allow/.test(message));
  const allow = unlisted ? allowanceOf(target) : undefined;
  const notes = error.errors.map(({ path, message }) => `${path}: ${message}`);
  return { ...line, outcome: 'refused', notes, ...(allow ? { allow } : {}) };
}
