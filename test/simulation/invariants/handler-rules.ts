import type { Item } from '../../../infra/local/dynamodb/attribute-value.ts';
import type { SimulatedDynamo } from '../aws/dynamodb.ts';
import type { Faults } from '../faults.ts';
import type { LiveHandler } from '../handlers.ts';
import { checkHolds, checkLine } from './birth-rules.ts';
import type { Definitions } from './definitions.ts';
import { count, flag, list, map, must, number, text } from './records.ts';

const START_BUDGET_MS = 5_000;
const SKEW_MS = 1_000;
/** A request to stop is looked for each few seconds. */
const STOP_MS = 15_000;
/** By then whatever got lost has been found by tick and sweeper. */
const QUIET_MS = 330_000;
/** A few seconds for whoever comes first in its queue. */
const ON_TIME_MS = 30_000;

/** The handlers at work, and what must hold when one begins. */
export class HandlerRules {
  readonly #dynamo: SimulatedDynamo;
  readonly #faults: Faults;
  readonly #definitions: Definitions;
  readonly #nowMs: () => number;
  readonly #live = new Map<string, LiveHandler>();
  readonly #begun = new Set<string>();
  readonly #starts = new Map<string, number>();
  /** When a person last changed what a task permits. */
  readonly fencedAtMs = new Map<string, number>();

  constructor(dynamo: SimulatedDynamo, faults: Faults, definitions: Definitions, nowMs: () => number) {
    this.#dynamo = dynamo;
    this.#faults = faults;
    this.#definitions = definitions;
    this.#nowMs = nowMs;
  }

  hasBegun = (key: string, attempt: number): boolean => this.#begun.has(`${key}#${attempt}`);

  isAtWork = (key: string, attempt: number): boolean => {
    const live = this.#live.get(key);
    return live !== undefined && live.request.execution.attempt === attempt && this.#isLive(live);
  };

  ended(handler: LiveHandler): void {
    const { key } = keysOf(handler);
    this.#checkStopped(handler);
    if (this.#live.get(key) === handler) this.#live.delete(key);
  }

  began(handler: LiveHandler): void {
    const { pk, key, occurrence } = keysOf(handler);
    const { attempt } = handler.request.execution;
    const say = (what: string) => () => `${key} attempt ${attempt}: ${what}`;
    must(!this.hasBegun(key, attempt), 'S2 one start for each attempt', say('began twice'));
    const other = this.#live.get(key);
    must(!(other && this.#isLive(other)), 'S2 one start for each attempt', say('another attempt is at work'));
    const run = this.#dynamo.read(pk, `X#${occurrence}`);
    const ours = text(run, 'status') === 'running' && count(run, 'att') === attempt;
    must(
      ours,
      'S2 one start for each attempt',
      say(`began, but it is ${text(run, 'status')} ${count(run, 'att')}`),
    );
    must(
      // Whoever runs it again means now, whatever delay it once had.
      (count(run, 'epoch') ?? 0) > 0 || this.#nowMs() >= Number(occurrence.slice(0, 15)) - SKEW_MS,
      'S7 nothing begins early',
      say('before it was due'),
    );
    this.#checkFence(handler);
    this.#checkOverlap(handler);
    this.#begun.add(`${key}#${attempt}`);
    this.#live.set(key, handler);
    this.#checkCaps(handler);
    const read = (of: string, name: string) => this.#dynamo.read(of, name);
    checkLine(pk, run, read);
    this.#checkOnTime(handler, run);
    checkHolds(pk, run, `${pk.split('#').slice(2).join('#')}#${occurrence}`, {
      definitions: this.#definitions,
      read,
    });
  }

  /** When nothing has gone wrong for long, and it waits for nobody. */
  #checkOnTime({ request }: LiveHandler, run: Item | undefined): void {
    const { id, attempt } = request.execution;
    const [pk, nowMs] = [text(run, 'pk') ?? '', this.#nowMs()];
    const definition = this.#dynamo.read(pk, 'D');
    const changedMs = Math.max(this.#faults.lastMs, this.fencedAtMs.get(pk) ?? 0);
    const waits = ['concurrency', 'rateLimit'].some((field) => list(definition, field).length > 0);
    const queues = text(definition, 'overlap') === 'queue';
    if (attempt > 1 || text(run, 'trigger') !== 'schedule' || waits || queues) return;
    if (changedMs > nowMs - QUIET_MS) return;
    const lateMs = nowMs - count(run, 'dueAt');
    must(lateMs < ON_TIME_MS, 'T2 on time, if nothing goes wrong', () => `${id}: ${lateMs} ms late`);
  }

  /** Whom somebody asks to stop hears of it soon, if nothing happens to his process. */
  #checkStopped({ request, process }: LiveHandler): void {
    const { tenant, taskId, id, attempt } = request.execution;
    const key = `T#${tenant}#${taskId} X#${id.slice(taskId.length + 1).replace('~', '#m#')}`;
    const askedMs = this.#asked.get(`${key}#${attempt}`);
    if (askedMs === undefined || this.#nowMs() - askedMs < STOP_MS) return;
    must(
      request.signal?.aborted === true || this.#faults.hadTrouble(process.name, askedMs - STOP_MS),
      'A1 what was answered stays done',
      () => `${key} attempt ${attempt}: asked to stop ${this.#nowMs() - askedMs} ms ago, it was not told`,
    );
  }
  readonly #asked = new Map<string, number>();
  noteAsked(key: string, run: Item | undefined): void {
    const attempt = `${key}#${count(run, 'att')}`;
    if (flag(run, 'cancel') && !this.#asked.has(attempt)) this.#asked.set(attempt, this.#nowMs());
  }

  /** A process that stands still past the end of its handler kills it when it comes back, before anything else. */
  #isLive({ process, killedByMs }: LiveHandler): boolean {
    return process.isAlive && this.#nowMs() <= killedByMs && !process.isFrozen;
  }

  #checkFence(handler: LiveHandler): void {
    const { pk, key, occurrence } = keysOf(handler);
    const [task, run] = [this.#dynamo.read(pk, 'T'), this.#dynamo.read(pk, `X#${occurrence}`)];
    const status = text(task, 'status');
    const explicit = occurrence.includes('#m#') || count(run, 'epoch') > 0;
    const permitted = explicit
      ? status !== 'deleted'
      : (status === 'active' || status === 'completed') && count(task, 'gen') === count(run, 'gen');
    const under = this.#confirmed.get(`${key}@${count(run, 'epoch')}`);
    if (!explicit && under !== undefined)
      must(
        under === count(run, 'gen'),
        'S5 nothing begins after it was forbidden',
        () => `${key}: permitted under generation ${count(run, 'gen')}, confirmed under ${under}`,
      );
    const since = this.#nowMs() - (this.fencedAtMs.get(pk) ?? 0);
    must(
      permitted || since <= START_BUDGET_MS,
      'S5 nothing begins after it was forbidden',
      () => `${key}: began ${since} ms after its task was ${status}, generation ${count(task, 'gen')}`,
    );
  }

  /** Under which generation of its task a run was confirmed. */
  readonly #confirmed = new Map<string, number>();
  noteConfirmed(pk: string, task: Item): void {
    this.#confirmed.set(`${pk} X#${text(task, 'run')}`, count(task, 'gen'));
  }

  #checkOverlap(handler: LiveHandler): void {
    const { pk, key } = keysOf(handler);
    const generationOf = (live: LiveHandler): number =>
      count(this.#dynamo.read(pk, `X#${keysOf(live).occurrence}`), 'gen');
    const own = generationOf(handler);
    // A task points at one run only: what it allowed to run beside each other once, it does not know of any more.
    const exclusiveBetween = (one: number, other: number): boolean => {
      for (let at = Math.min(one, other); at <= Math.max(one, other); at++)
        if (this.overlapOf(pk, at) === 'allow') return false;
      return true;
    };
    for (const other of this.#live.values()) {
      const { pk: ofTask, key: otherKey } = keysOf(other);
      if (ofTask !== pk || otherKey === key || !this.#isLive(other)) continue;
      if (!exclusiveBetween(own, generationOf(other))) continue;
      must(
        false,
        'S4 never two at once where they must not overlap',
        () => `${key} began beside ${otherKey}`,
      );
    }
  }

  /** What the definition said in that generation; edits of a completed task make no new one, and the loosest word counts. */
  readonly #overlaps = new Map<string, string>();
  noteRules(pk: string): void {
    const [task, definition] = [this.#dynamo.read(pk, 'T'), this.#dynamo.read(pk, 'D')];
    const overlap = text(definition, 'overlap');
    if (!task || !overlap) return;
    const generation = `${pk}@${count(task, 'gen')}`;
    const before = this.#overlaps.get(generation);
    this.#overlaps.set(generation, before === undefined || before === overlap ? overlap : 'allow');
  }
  overlapOf = (pk: string, generation: number): string =>
    this.#overlaps.get(`${pk}@${generation}`) ?? text(this.#dynamo.read(pk, 'D'), 'overlap') ?? 'allow';

  #checkCaps(handler: LiveHandler): void {
    const { pk } = keysOf(handler);
    const definition = this.#dynamo.read(pk, 'D');
    for (const cap of list(definition, 'concurrency')) {
      if (!('M' in cap)) continue;
      const [key, limit] = [text(cap.M, 'key') ?? '', count(cap.M, 'limit')];
      const held = this.#holding(key);
      must(
        held.length <= limit,
        'S8 no more at once than the caps say',
        () => `${key} holds ${limit}, but at work are ${held.join(', ')}`,
      );
    }
    for (const cap of list(definition, 'rateLimit'))
      if ('M' in cap) this.#checkRate(text(cap.M, 'key') ?? '');
  }

  /** Every start has an instant of its own, and that has come. */
  #checkRate(key: string): void {
    const starts = (this.#starts.get(key) ?? 0) + 1;
    this.#starts.set(key, starts);
    const come = (this.#instants.get(key) ?? []).filter((at) => at <= this.#nowMs() + 2 * SKEW_MS).length;
    must(
      starts <= come,
      'S9 no more starts than the rate limits say',
      () => `${key}: ${starts} starts, ${come} instants`,
    );
  }

  /** Instants that a limit gave away, ever; those that it took back before they were used do not count. */
  noteInstants(log: { before: Item | undefined; after: Item | undefined }, key: string): void {
    const [old, now] = [instantsOf(log.before), instantsOf(log.after)];
    const all = this.#instants.get(key) ?? [];
    const given = now.filter((at) => take(old, at) === undefined);
    for (const at of given) all.push(at);
    const used = this.#usedOf(log.before);
    for (const at of old) if (at > (now[0] ?? 0) && take(used, at) === undefined) take(all, at);
    this.#instants.set(key, all);
    const { limit, periodMs } = this.rateOf(key);
    for (let i = limit; i < now.length; i++)
      must(
        (now[i] ?? 0) - (now[i - limit] ?? 0) >= periodMs,
        'S9 no more starts than the rate limits say',
        () => `${key}: ${now.join(', ')} with ${limit} in ${periodMs} ms`,
      );
  }
  readonly #instants = new Map<string, number[]>();

  /** Reserved instants of attempts that have begun: a late duplicate may ask for a start once more. */
  #usedOf(log: Item | undefined): number[] {
    return Object.entries(map(log, 'reserved') ?? {}).flatMap(([name, at]) =>
      'N' in at && this.#begun.has(keyOfReservation(name)) ? [Number(at.N)] : [],
    );
  }

  /** The most that any task lets it have. */
  rateOf: (key: string) => { limit: number; periodMs: number } = () => ({ limit: 1_000, periodMs: 0 });

  /** Runs that hold a slot and are at work here or, handed off, elsewhere. */
  #holding(slot: string): string[] {
    const at = [...this.#live.values()]
      .filter((live) => this.#isLive(live) && this.#slots(live).includes(slot))
      .map((live) => keysOf(live).key);
    const elsewhere = [...this.pending].filter(
      ([, { slots, leaseMs }]) => slots.includes(slot) && leaseMs > this.#nowMs(),
    );
    return [...at, ...elsewhere.map(([key]) => key)];
  }
  #slots(live: LiveHandler): string[] {
    const { pk, occurrence } = keysOf(live);
    return slotsOf(this.#dynamo.read(pk, `X#${occurrence}`));
  }

  /** Whoever had its token, or a person, says that its work is over: from the request on its slots are free. */
  letGo(key: string, run: Item | undefined): void {
    this.#letGo.add(`${key}#${count(run, 'att')}`);
    this.pending.delete(key);
  }
  readonly #letGo = new Set<string>();

  /** Runs that were handed off, with the slots that they hold. */
  readonly pending = new Map<string, { slots: string[]; leaseMs: number }>();
  notePending(key: string, run: Item | undefined): void {
    const pends =
      run !== undefined && text(run, 'status') === 'running' && number(run, 'pendingS') !== undefined;
    if (pends && !this.#letGo.has(`${key}#${count(run, 'att')}`))
      this.pending.set(key, { slots: slotsOf(run), leaseMs: count(run, 'lease') });
    else this.pending.delete(key);
  }
}

const instantsOf = (log: Item | undefined): number[] =>
  list(log, 'starts').flatMap((cell) => ('N' in cell ? [Number(cell.N)] : []));

/** Takes one out. */
function take(from: number[], one: number): number | undefined {
  const at = from.indexOf(one);
  return at < 0 ? undefined : from.splice(at, 1)[0];
}

/** "task#occurrence@attempt". */
const keyOfReservation = (name: string): string => name.replace(/^([^#]+)#(.+)@(\d+)$/, 'T#root#$1 X#$2#$3');

const slotsOf = (run: Item | undefined): string[] =>
  list(run, 'slots').flatMap((cell) => ('S' in cell ? [cell.S] : []));

export function keysOf({ request }: LiveHandler): { pk: string; key: string; occurrence: string } {
  const { id, tenant, taskId } = request.execution;
  const occurrence = id.slice(taskId.length + 1).replace('~', '#m#');
  const pk = `T#${tenant}#${taskId}`;
  return { pk, key: `${pk} X#${occurrence}`, occurrence };
}
