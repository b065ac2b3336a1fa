import { isDeepStrictEqual } from 'node:util';
import { type Client, ProblemError, type Task, type TaskInput } from '../client.ts';
import { bounded } from './bounded.ts';
import { EXIT, Failure, misused } from './failure.ts';
import { decided, ownerOf, ownerTag, type TaskFile } from './task-file.ts';

export interface FieldChange {
  field: string;
  before: unknown;
  after: unknown;
}
interface Firings {
  /** The next instants as things stand, and as they would. */
  before: string[];
  after: string[];
}
/** What applying the file means for one task. */
export type Step = { id: string; firings: Firings } & (
  | { action: 'added'; input: TaskInput; after: Task }
  | { action: 'changed'; input: TaskInput; before: Task; after: Task; changes: FieldChange[] }
  | { action: 'unchanged'; before: Task }
  | { action: 'orphaned'; before: Task }
);

const AT_ONCE = 8;
const PRECONDITION_FAILED = 412;
const NONE: Firings = { before: [], after: [] };

export interface PlanOptions {
  /** Take over tasks that are not of this file. */
  adopt: boolean;
  /** Instants that are shown of each task. */
  firings: number;
}

/**
 * The deployment itself says what would become of each task (PUT with dryRun), so defaults and checks are its own. Everything
 * that is refused is told at once, and then there is no plan.
 */
export async function makePlan(client: Client, file: TaskFile, options: PlanOptions): Promise<Step[]> {
  const owned = await client.tasks.list({ tag: ownerTag(file.name), limit: 200 }).toArray();
  const known = new Map(owned.map((task) => [task.id, task]));
  const previews = previewsOf(client, options.firings);
  const refusals: string[] = [];
  const wanted = await bounded([...file.tasks], AT_ONCE, async ([id, input]): Promise<Step | undefined> => {
    try {
      const before = known.get(id);
      if (before === undefined) {
        const after = await newTask(client, id, input);
        if (after)
          return { action: 'added', id, input, after, firings: { before: [], after: await previews(after) } };
      }
      const stood = before ?? (await client.tasks.get(id));
      if (!options.adopt) requireOwn(stood, file.name);
      return await step(client, id, input, stood, options.firings, previews);
    } catch (error) {
      if (!(error instanceof ProblemError || error instanceof Failure)) throw error;
      if (error instanceof ProblemError && error.errors.length === 0) throw error;
      refusals.push(`${id}: ${error.message}`);
      return undefined;
    }
  });
  if (refusals.length > 0)
    throw new Failure(`Nothing was changed.\n${refusals.sort().join('\n')}`, EXIT.refused);
  const orphans = owned.filter(({ id }) => !file.tasks.has(id));
  const orphaned = await bounded(orphans, AT_ONCE, async (before): Promise<Step> => {
    const upcoming = await client.tasks.upcoming(before.id, options.firings);
    return { action: 'orphaned', id: before.id, before, firings: { before: upcoming, after: [] } };
  });
  return [...wanted.filter((one) => one !== undefined), ...orphaned];
}

function requireOwn(task: Task, name: string): void {
  const owner = ownerOf(task);
  if (owner === name) return;
  const whose = owner === undefined ? 'exists already and belongs to no file' : `belongs to ${owner}`;
  throw misused(`${whose}; --adopt takes it over`);
}

/** What would be made of it; undefined when it stands already. */
async function newTask(client: Client, id: string, input: TaskInput): Promise<Task | undefined> {
  try {
    return await client.tasks.put(id, input, { dryRun: true, ifAbsent: true });
  } catch (error) {
    if (error instanceof ProblemError && error.status === PRECONDITION_FAILED) return undefined;
    throw error;
  }
}

async function step(
  client: Client,
  id: string,
  input: TaskInput,
  before: Task,
  count: number,
  previews: Previews,
): Promise<Step> {
  const after = await client.tasks.put(id, input, { dryRun: true });
  if (before.version === after.version) return { action: 'unchanged', id, before, firings: NONE };
  const changes = differences(before, after);
  const now = await client.tasks.upcoming(id, count);
  const then = isDeepStrictEqual(before.schedule, after.schedule) ? now : await previews(after);
  return { action: 'changed', id, input, before, after, changes, firings: { before: now, after: then } };
}

type Previews = (task: Task) => Promise<string[]>;

/** Of tasks that do not stand yet: those of their schedules, each of which is asked for once. */
function previewsOf(client: Client, count: number): Previews {
  const asked = new Map<string, Promise<string[]>>();
  const preview = (schedule: Task['schedule']): Promise<string[]> => {
    const key = JSON.stringify(schedule);
    const items = asked.get(key) ?? client.preview(schedule, count).then((found) => found.items);
    asked.set(key, items);
    return items;
  };
  return async ({ status, nextRunAt, schedule }) => {
    if (status !== 'active' || nextRunAt === null) return [];
    return count === 1 || schedule.kind === 'once' || schedule.kind === 'now'
      ? [nextRunAt]
      : preview(schedule);
  };
}

function differences(before: Task, after: Task): FieldChange[] {
  const [old, next] = [new Map(decided(before)), new Map(decided(after))];
  return [...new Set([...old.keys(), ...next.keys()])]
    .map((field) => ({ field, before: old.get(field), after: next.get(field) }))
    .filter((change) => !isDeepStrictEqual(change.before, change.after));
}
