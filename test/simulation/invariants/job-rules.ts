import type { Item } from '../../../infra/local/dynamodb/attribute-value.ts';
import type { SimulatedDynamo, Written } from '../aws/dynamodb.ts';
import { map, must, text } from './records.ts';

const JOBS = 'B1 a bulk job ends, and does and counts everything once';

interface Job {
  id: string;
  action: string;
  status: string;
  done: number;
  unchanged: number;
  failed: number;
}

/** What bulk jobs do and say. */
export class JobRules {
  readonly #dynamo: SimulatedDynamo;
  /** Runs that a job has triggered, by job and task. */
  readonly #triggered = new Map<string, Set<string>>();

  /** Somebody says that a run that was handed off is over. */
  readonly #isOver: (key: string, run: Item | undefined) => void;

  constructor(dynamo: SimulatedDynamo, isOver: (key: string, run: Item | undefined) => void) {
    this.#dynamo = dynamo;
    this.#isOver = isOver;
  }

  written(writes: readonly Written[], by: string): void {
    for (const { pk, sk, before, after } of writes) {
      if (pk.startsWith('B#')) this.#checkCounts(before, after);
      if (pk.startsWith('S#') && by.startsWith('sweeper')) this.#noteCancels(before, after);
      const isNew = before === undefined && after !== undefined && sk.startsWith('X#');
      // Nobody else triggers runs there.
      if (isNew && by.startsWith('sweeper') && text(after, 'trigger') === 'manual') this.#trigger(pk, sk);
    }
  }

  /** As a person's, its request to stop ends a run that was handed off: first its slots are free, then it ends. */
  #noteCancels(before: Item | undefined, after: Item | undefined): void {
    const [old, now] = [map(before, 'holders') ?? {}, map(after, 'holders') ?? {}];
    const left = Object.keys(old).filter((name) => !(name in now));
    if (left.length === 0 || !this.#jobs().some(({ action }) => action === 'cancel')) return;
    for (const name of left) {
      const [task = '', ...occurrence] = name.split('#');
      const [pk, sk] = [`T#root#${task}`, `X#${occurrence.join('#')}`];
      this.#isOver(`${pk} ${sk}`, this.#dynamo.read(pk, sk));
    }
  }

  #checkCounts(before: Item | undefined, after: Item | undefined): void {
    const [was, is] = [jobOf(before), jobOf(after)];
    if (!was || !is) return;
    const say = () => `${is.id}: ${JSON.stringify(was)}, then ${JSON.stringify(is)}`;
    must(was.status === 'running' || was.status === is.status, JOBS, say);
    must(is.done >= was.done && is.unchanged >= was.unchanged, JOBS, say);
  }

  /** The key that the run was asked for under names its job. */
  #trigger(pk: string, sk: string): void {
    const task = pk.replace('T#root#', '');
    const jobs = this.#jobs().filter(
      ({ id }) =>
        text(this.#dynamo.read(`I#root#trigger/${task}#bulk-${id}`, 'I'), 'value') === sk.slice('X#'.length),
    );
    must(jobs.length === 1, JOBS, () => `${pk} ${sk}: triggered for ${jobs.length} jobs`);
    const id = jobs[0]?.id ?? '';
    const tasks = this.#triggered.get(id) ?? new Set();
    must(!tasks.has(task), JOBS, () => `${pk} ${sk}: triggered for ${id} once more`);
    this.#triggered.set(id, tasks.add(task));
  }

  /** A job that is not over. */
  unfinished(): string | undefined {
    const job = this.#jobs().find(({ status }) => status === 'running');
    return job && `the bulk job ${job.id} is still running`;
  }

  checkEnd(): void {
    for (const { id, action, status, done, unchanged, failed } of this.#jobs()) {
      if (action !== 'trigger') continue;
      const runs = this.#triggered.get(id)?.size ?? 0;
      // One whose task was deleted before it was counted counts as unchanged; and who died had not counted yet what was aborted then.
      must(
        done <= runs && (runs <= done + unchanged + failed || status === 'aborted'),
        JOBS,
        () => `${id}: ${runs} runs, but ${done} done, ${unchanged} unchanged and ${failed} failed`,
      );
    }
  }

  #jobs(): Job[] {
    return [...this.#dynamo.items()].flatMap((item) => jobOf(item) ?? []);
  }
}

function jobOf(item: Item | undefined): Job | undefined {
  const pk = text(item, 'pk');
  if (!pk?.startsWith('B#')) return undefined;
  const { action, status, done, unchanged, failed } = JSON.parse(text(item, 'json') ?? '');
  return { id: pk.split('#')[2] ?? '', action, status, done, unchanged, failed };
}
