import type { Item } from '../../../infra/local/dynamodb/attribute-value.ts';
import type { Written } from '../aws/dynamodb.ts';
import { count, list, map, must, number, text } from './records.ts';

const LATE = 'L3 what is late goes by its misfire rule';

/** A plain interval, by arithmetic of its own. */
export class Instants {
  readonly #startAt: number;
  readonly #stepMs: number;
  readonly #lastMs: number;

  constructor(startAt: number, stepMs: number, endAt: number | undefined) {
    this.#startAt = startAt;
    this.#stepMs = stepMs;
    this.#lastMs = endAt === undefined ? Number.POSITIVE_INFINITY : endAt - 1;
  }

  /** undefined: of another kind, or bounded by calendars. */
  static of(definition: Item | undefined): Instants | undefined {
    const schedule = map(definition, 'schedule');
    const [seconds, startAt] = [number(schedule, 'seconds'), number(schedule, 'startAt')];
    const plain = text(schedule, 'kind') === 'interval' && list(schedule, 'calendars').length === 0;
    if (!plain || seconds === undefined || startAt === undefined) return undefined;
    if (schedule && 'jitterSeconds' in schedule) return undefined;
    return new Instants(startAt, seconds * 1_000, number(schedule, 'endAt'));
  }

  /** How many in [fromMs, toMs]. */
  count(fromMs: number, toMs: number): number {
    const last = Math.floor((Math.min(toMs, this.#lastMs) - this.#startAt) / this.#stepMs);
    return Math.max(0, last - this.#indexFrom(fromMs) + 1);
  }

  /** The first from then on; undefined: there is none up to `toMs`. */
  first(fromMs: number, toMs: number): number | undefined {
    return this.count(fromMs, toMs) > 0 ? this.#startAt + this.#indexFrom(fromMs) * this.#stepMs : undefined;
  }

  #indexFrom(atMs: number): number {
    return Math.max(0, Math.ceil((atMs - this.#startAt) / this.#stepMs));
  }
}

/**
 * A scheduled run as it is born: run or not, and what it stands for, as its author saw it at the instant that it bears.
 * His rules are those that stand, if the generation does.
 */
export function checkMisfire(
  { pk, sk, before, after }: Written,
  read: (pk: string, sk: string) => Item | undefined,
): void {
  if (before !== undefined || after === undefined || sk.includes('#m#')) return;
  const [task, definition] = [read(pk, 'T'), read(pk, 'D')];
  const instants = Instants.of(definition);
  if (instants === undefined || count(task, 'gen') !== count(after, 'gen')) return;
  if (text(task, 'status') !== 'active') return;
  const dueAt = count(after, 'dueAt');
  const reason = text(after, 'reason');
  const claimed = text(after, 'status') === 'running';
  const decidedAt = claimed ? count(after, 'startedAt') : count(after, 'endedAt');
  const queues = text(definition, 'overlap') === 'queue';
  const misfire = text(definition, 'misfire');
  const graceMs = count(definition, 'misfireGraceSeconds') * 1_000;
  const late = decidedAt > dueAt + graceMs;
  const later = instants.count(dueAt + 1, decidedAt);
  const tooMany = misfire === 'catchUp' && later >= count(definition, 'catchUpLimit');
  const passesOver = late && !queues && (misfire === 'skip' || tooMany);
  const say = (what: string) => () =>
    `${pk} ${sk}: ${what}; ${misfire}, ${decidedAt - dueAt} ms late, ${later} later ones are due`;
  const missed = count(after, 'missed');
  if (reason === 'misfire') {
    must(passesOver, LATE, say('passed over'));
    const kept =
      misfire === 'skip' ? instants.count(decidedAt - graceMs, decidedAt) : count(definition, 'catchUpLimit');
    must(missed === 1 + later - kept, LATE, say(`${missed} are missed by that`));
    return;
  }
  // With `skip` and `catchUp` one that must wait for another is written down as it would have run.
  if (!claimed && reason !== 'overlap') return;
  must(!claimed || !passesOver, LATE, say('runs'));
  if (passesOver) return;
  const standsFor = queues || (late && misfire === 'fireOnce') ? later : 0;
  must(missed === standsFor, LATE, say(`${missed} are missed by that`));
}

/** Somebody lets a task go on: what passed while it was paused is written down. */
export function checkResumed(
  { pk, before, after }: Written,
  read: (pk: string, sk: string) => Item | undefined,
): void {
  const from = number(before, 'pausedFrom');
  const wasPaused = text(before, 'status') === 'paused' || text(before, 'status') === 'disabled';
  if (!wasPaused || text(after, 'status') !== 'active' || from === undefined) return;
  const instants = Instants.of(read(pk, 'D'));
  const nowMs = count(after, 'updatedAt');
  for (let at = instants?.first(from, nowMs); at !== undefined; at = instants?.first(at + 1, nowMs)) {
    const row = read(pk, `X#${String(at).padStart(15, '0')}`);
    const due = at;
    must(
      row !== undefined,
      'L2 no occurrence is passed over in silence',
      () => `${pk}: due at ${due}, while it was paused, and nothing is written of it`,
    );
    // A person made it run since.
    if (count(row, 'epoch') > 0) return;
    if (text(row, 'reason') !== 'paused') continue;
    const passed = instants?.count(at, nowMs);
    must(
      count(row, 'missed') === passed,
      'L2 no occurrence is passed over in silence',
      () => `${pk}: ${passed} passed while it was paused, ${count(row, 'missed')} are written down`,
    );
    return;
  }
}
