import type { Item } from '../../infra/local/dynamodb/attribute-value.ts';
import { IN_BULK } from './operations/in-bulk.ts';
import { IN_CATALOGUE } from './operations/in-catalogue.ts';
import { askStats } from './operations/look-at-stats.ts';
import { ON_LETTERS } from './operations/on-letters.ts';
import { ON_QUEUES } from './operations/on-queues.ts';
import { ON_RUNS } from './operations/on-runs.ts';
import { create, insistOnDays, ON_TASKS } from './operations/on-tasks.ts';
import { type Checks, type Deed, Person } from './operations/person.ts';
import { TO_INBOX } from './operations/to-inbox.ts';
import { TokenHolders } from './operations/token-holders.ts';
import { UNDER_KEYS } from './operations/under-keys.ts';
import type { Operation, OperationKind, Plan, PlannedTask } from './workload.ts';
import type { World } from './world.ts';

const DEEDS: Readonly<Record<OperationKind, Deed>> = {
  ...ON_TASKS,
  ...ON_RUNS,
  ...ON_LETTERS,
  ...ON_QUEUES,
  ...UNDER_KEYS,
  ...IN_BULK,
  ...IN_CATALOGUE,
  lookAtStats: ({ world, stats }) => askStats(world, (ended) => stats.check(ended)),
  ...TO_INBOX,
};

/** What people, and others outside, ask of the scheduler. */
export class Operations {
  readonly #person: Person;
  readonly #holders: TokenHolders;

  /** `isOver` hears when somebody says so of a run that was handed off. */
  constructor(
    world: World,
    { tasks, quietHolders }: Pick<Plan, 'tasks' | 'quietHolders'>,
    checks: Checks,
    isOver: (key: string, run: Item | undefined) => void,
  ) {
    this.#person = new Person(world, tasks, checks, isOver);
    this.#holders = new TokenHolders(this.#person, quietHolders);
  }

  create(task: PlannedTask): void {
    create(this.#person, task);
  }
  putDays(today: boolean, answered?: () => void): void {
    insistOnDays(this.#person, today, answered);
  }
  carryOut(operation: Operation): unknown {
    return DEEDS[operation.kind](this.#person, operation);
  }

  /** Somebody outside has the token of a run that was handed off. */
  holdToken(id: string, token: string, seconds: number): void {
    this.#holders.hold(id, token, seconds);
  }
  speak(task: string, choice: number): void {
    this.#holders.speak(task, choice);
  }
}
