import type { Item } from '../../../infra/local/dynamodb/attribute-value.ts';
import { isCode } from '../../../shared/domain/errors.ts';
import type { Principal } from '../../../shared/domain/principal.ts';
import type { Effects } from '../invariants/effects.ts';
import { count, must, text } from '../invariants/records.ts';
import type { StatsRules } from '../invariants/stats-rules.ts';
import type { Operation, PlannedTask } from '../workload.ts';
import type { Answer, ApiCall, World } from '../world.ts';

export const ADMIN: Principal = { tenant: 'root', role: 'admin', actor: 'token:simulated' };
export const AGAIN_MS = 4_000;
export const DONE = 'A1 what was answered stays done';

/** What somebody does; whatever was answered must be so from then on. */
export type Deed = (person: Person, operation: Operation) => unknown;

/** Who hears of what was asked for, and answered. */
export interface Checks {
  /** What comes of what is asked for under an id of its own. */
  effects: Effects;
  stats: StatsRules;
}

/** Somebody who asks the API for things and looks whether they are as they were told. */
export class Person {
  readonly world: World;
  readonly planned: ReadonlyMap<string, PlannedTask>;
  readonly effects: Effects;
  readonly stats: StatsRules;
  readonly backfills: { task: string; id: string }[] = [];
  /** Ids of bulk jobs. */
  readonly jobs: string[] = [];
  /** Somebody says that a run that was handed off is over. */
  readonly #isOver: (key: string, run: Item | undefined) => void;

  constructor(
    world: World,
    tasks: readonly PlannedTask[],
    { effects, stats }: Checks,
    isOver: (key: string, run: Item | undefined) => void,
  ) {
    this.world = world;
    this.effects = effects;
    this.stats = stats;
    this.planned = new Map(tasks.map((task) => [task.id, task]));
    this.#isOver = isOver;
  }

  /** A number of its own. */
  next(): number {
    return ++this.#count;
  }
  #count = 0;

  ask<T>(what: string, call: ApiCall<T>, check: (value: T) => void = () => {}): void {
    this.world.request(what, call, (answer) => {
      if (answer.kind === 'done') check(answer.value);
    });
  }

  /** Says it until somebody answers. */
  insist<T>(what: string, call: ApiCall<T>, answered: (answer: Answer<T>) => void): void {
    this.world.request(what, call, (answer) => {
      if (isUnanswered(answer)) this.world.kernel.after(AGAIN_MS, () => this.insist(what, call, answered));
      else answered(answer);
    });
  }

  task(id: string): Item | undefined {
    return this.world.dynamo.read(`T#root#${id}`, 'T');
  }
  run({ taskId, occurrence }: { taskId: string; occurrence: string }): Item | undefined {
    return this.world.dynamo.read(`T#root#${taskId}`, `X#${occurrence}`);
  }

  runOf(id: string): Item | undefined {
    return this.world.dynamo.read(...keyOf(id));
  }

  tellOver(id: string): void {
    const [pk, sk] = keyOf(id);
    this.#isOver(`${pk} ${sk}`, this.world.dynamo.read(pk, sk));
  }

  /** What was answered is written, unless somebody has said another thing since. */
  stands(id: string) {
    return ({ state }: { state: { version: number; status: string; generation: number } }): void => {
      const now = this.task(id);
      const version = count(now, 'ver');
      must(
        version >= state.version,
        DONE,
        () => `${id}: version ${state.version} was answered, ${version} is stored`,
      );
      if (version === state.version && state.status === 'paused')
        must(
          text(now, 'status') === 'paused',
          DONE,
          () => `${id}: answered as paused, is ${text(now, 'status')}`,
        );
    };
  }

  /** The run that is meant, or else one of the task that fits. */
  onRun(
    { task, choice, occurrence }: Operation,
    fits: (run: Item) => boolean,
    act: (id: string) => void,
  ): void {
    const runs = this.runsOf(task, fits);
    const meant = runs.find((id) => id === idOf(task, `X#${occurrence}`));
    const id = meant ?? runs[Math.floor(choice * runs.length)];
    if (id !== undefined) act(id);
  }

  /** Ids of a task's runs. */
  runsOf(task: string, fits: (run: Item) => boolean): string[] {
    return [...this.world.dynamo.partition(`T#root#${task}`)].flatMap(([sk, item]) =>
      sk.startsWith('X#') && fits(item) ? [idOf(task, sk)] : [],
    );
  }
}

export const isUnanswered = (answer: Answer<unknown>): boolean =>
  answer.kind === 'unknown' || (answer.kind === 'refused' && isCode(answer.error, 'unavailable'));

const idOf = (task: string, sk: string): string => `${task}~${sk.slice(2).replace('#m#', '~')}`;

function keyOf(id: string): [pk: string, sk: string] {
  const [taskId = '', ...occurrence] = id.split('~');
  return [`T#root#${taskId}`, `X#${occurrence.join('#m#')}`];
}
