import type { Item } from '../../../infra/local/dynamodb/attribute-value.ts';
import type { Written } from '../aws/dynamodb.ts';
import { count, list, map, must, number, text } from './records.ts';

const CLOSED = 'O1 nothing is claimed on a closed day';
/** Between two clocks, one of which may have stood still over the reading of another's. */
const SKEW_MS = 3_000;
const DAY_CHARS = 10;

type Read = (pk: string, sk: string) => Item | undefined;

/** The one calendar that tasks of the workload name, and what must be where it says so. */
export class CalendarRules {
  readonly #read: Read;
  #changedAtMs = Number.NEGATIVE_INFINITY;

  constructor(read: Read) {
    this.#read = read;
  }

  /** Whoever decides reads the calendar after the instant that his row bears. */
  written({ pk, sk, before, after }: Written, nowMs: number): void {
    if (pk.startsWith('K#')) this.#changedAtMs = nowMs;
    if (!pk.startsWith('T#') || !sk.startsWith('X#') || sk.includes('#m#')) return;
    if (before !== undefined || after === undefined || text(after, 'backfill') !== undefined) return;
    const [task, definition] = [this.#read(pk, 'T'), this.#read(pk, 'D')];
    if (count(task, 'gen') !== count(after, 'gen')) return;
    const isClaim = text(after, 'status') === 'running';
    const decidedAt = isClaim ? count(after, 'startedAt') : count(after, 'endedAt');
    if (this.#changedAtMs > decidedAt - SKEW_MS) return;
    const isClosed = namesCalendar(definition) && this.isClosed(count(after, 'dueAt'));
    const say = (what: string) => () => `${pk} ${sk}: ${what}`;
    must(!(isClaim && isClosed), CLOSED, say('claimed, though its calendar leaves the day out'));
    must(isClosed || text(after, 'reason') !== 'calendar', CLOSED, say('left out, though its day is open'));
  }

  /** Somebody was told that all tasks have their new next occurrence; those that are due are left to the executor. */
  replanned(tasks: Iterable<Item>, nowMs: number): void {
    for (const task of tasks) {
      const [pk, next] = [text(task, 'pk') ?? '', number(task, 'nextRunAt')];
      if (text(task, 'status') !== 'active' || next === undefined || next <= nowMs + SKEW_MS) continue;
      const schedule = map(this.#read(pk, 'D'), 'schedule');
      if (!namesCalendar(this.#read(pk, 'D'))) continue;
      const say = (what: string) => () => `${pk}: waits for ${new Date(next).toISOString()}, ${what}`;
      must(!this.isClosed(next), CLOSED, say('which is a closed day'));
      const step = number(schedule, 'seconds');
      if (step === undefined || this.isClosed(nowMs)) continue;
      const soon = Math.max(nowMs, count(schedule, 'startAt')) + step * 1_000 + SKEW_MS;
      must(next <= soon, CLOSED, say('though days before that are open'));
    }
  }

  isClosed(atMs: number): boolean {
    const { dates } = JSON.parse(text(this.#read('K#root', 'days'), 'json') ?? '{"dates":[]}');
    return dates.includes(new Date(atMs).toISOString().slice(0, DAY_CHARS));
  }
}

const namesCalendar = (definition: Item | undefined): boolean =>
  list(map(definition, 'schedule'), 'calendars').length > 0;
