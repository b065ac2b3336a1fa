import { number, text } from './invariants/records.ts';
import type { Operations } from './operations.ts';
import type { OperationKind } from './workload.ts';
import type { World } from './world.ts';

type Deed = OperationKind | 'redeliver' | 'sweep' | 'tick' | 'speak' | 'beat';

/** What may come between; what is likelier to matter stands there more often. */
const ANY: readonly Deed[] = [
  'redeliver',
  'redeliver',
  'sweep',
  'tick',
  'editSchedule',
  'editRules',
  'editRules',
  'editPayload',
  'pause',
  'resume',
  'delete',
  'recreate',
  'trigger',
  'trigger',
  'cancel',
  'retry',
  'purge',
  'moveLetters',
  'redrive',
];
/** Two thirds of all, for a run in that state, and for slots of caps. */
const FITTING: Record<string, readonly Deed[]> = {
  queued: ['cancel', 'redeliver', 'pause', 'editRules', 'tick'],
  retrying: ['cancel', 'redeliver', 'pause', 'editRules', 'sweep'],
  running: ['cancel', 'redeliver', 'sweep', 'trigger'],
  pending: ['speak', 'speak', 'speak', 'speak', 'sweep', 'cancel'],
  dead: ['retry', 'retry', 'redrive', 'moveLetters', 'purge', 'sweep'],
  slot: ['speak', 'speak', 'trigger', 'redeliver', 'sweep'],
  // Somebody's slot is over; perhaps he goes on.
  over: ['beat', 'beat', 'beat', 'sweep', 'trigger'],
  // An end is counted, and meanwhile another run begins.
  count: ['trigger', 'trigger', 'trigger', 'retry', 'redeliver', 'sweep'],
  success: ['trigger', 'sweep', 'redeliver'],
  skipped: ['retry', 'redeliver'],
  cancelled: ['retry', 'redeliver'],
};
const MOST_DEEDS = 3;

/**
 * Somebody changes the very task, or the very run, that a request is about while that request, or its answer, is held
 * up: what a condition expression is for. By chance alone such a moment is rare.
 */
export class Races {
  readonly #world: World;
  readonly #operations: Operations;
  readonly #tasks: readonly string[];

  constructor(world: World, operations: Operations, tasks: readonly string[]) {
    this.#world = world;
    this.#operations = operations;
    this.#tasks = tasks;
  }

  /** `request`: in the words of the trace; it is held up for that long. */
  on(request: string, heldUpMs: number): void {
    const { faults, kernel, dynamo } = this.#world;
    const [, named] = /T#root#([\w-]+)/.exec(request) ?? [];
    const [, occurrence] = / X#([^\s:]+)/.exec(request) ?? [];
    const pick = <T>(of: readonly T[]): T | undefined => of[faults.between('race deed', 0, of.length - 1)];
    const task = named ?? pick(this.#tasks) ?? '';
    // A cap is shared: any of them may hold the slot.
    const holders = named === undefined ? this.#tasks : [task];
    const run = dynamo.read(`T#root#${task}`, `X#${occurrence}`);
    const state = number(run, 'pendingS') === undefined ? text(run, 'status') : 'pending';
    const fitting = FITTING[whatIn(request) ?? state ?? ''] ?? ANY;
    for (let n = faults.between('race deed', 1, MOST_DEEDS); n > 0; n--) {
      const deed = pick(faults.between('race deed', 0, 2) === 0 ? ANY : fitting);
      const choice = faults.between('race deed', 0, 999) / 1_000;
      const afterMs = faults.between('race deed', 1, Math.max(1, Math.floor(heldUpMs * 0.7)));
      if (deed !== undefined)
        kernel.after(afterMs, () => this.#carryOut(deed, { task, holders, occurrence, choice }));
    }
  }

  #carryOut(
    deed: Deed,
    q: { task: string; holders: readonly string[]; occurrence: string | undefined; choice: number },
  ): void {
    const world = this.#world;
    if (deed === 'redeliver') for (const queue of world.sqs.queues.values()) queue.reveal(world.kernel.nowMs);
    else if (deed === 'sweep') world.sweep();
    else if (deed === 'tick') world.tick();
    else if (deed === 'speak') for (const task of q.holders) this.#operations.speak(task, q.choice);
    else if (deed === 'beat') for (const task of q.holders) this.#operations.speak(task, 0);
    else this.#operations.carryOut({ atMs: world.kernel.nowMs, kind: deed, ...q });
  }
}

/** Besides writes of one run or task. */
function whatIn(request: string): 'slot' | 'over' | 'count' | undefined {
  if (request.includes(' S#'))
    // Its condition looks at instants, beside the number of slots.
    return (request.match(/ < /g)?.length ?? 0) > (request.includes(': SET') ? 1 : 0) ? 'over' : 'slot';
  return request.includes('writes together') && request.includes(' X#') ? 'count' : undefined;
}
