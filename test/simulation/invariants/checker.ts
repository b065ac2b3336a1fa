import type { Item } from '../../../infra/local/dynamodb/attribute-value.ts';
import { LetterSchema } from '../../../shared/messages.ts';
import type { SimulatedDynamo, Written } from '../aws/dynamodb.ts';
import type { Faults } from '../faults.ts';
import { checkBackfilled, checkDeadline } from './birth-rules.ts';
import { CalendarRules } from './calendar-rules.ts';
import { checkCount } from './count-rules.ts';
import { Definitions } from './definitions.ts';
import { checkCondition } from './expression-rules.ts';
import { HandlerRules } from './handler-rules.ts';
import { checkMisfire, checkResumed } from './misfire-rules.ts';
import { count, list, map, must, text } from './records.ts';
import { checkRetries } from './retry-rules.ts';
import { checkRevival } from './revival-rules.ts';
import { checkRun, type RunFacts } from './run-rules.ts';
import { checkSemaphore, checkSlots, SlotWatch } from './slot-rules.ts';
import { checkPersonsWrite, checkReborn, checkTask } from './task-rules.ts';

/** What happens to a process so long before it begins an attempt may still cost it that. */
const BEFORE_START_MS = 30_000;

/** Looks at every write, every letter and every start of a handler while the world goes on. */
export class Checker {
  readonly handlers: HandlerRules;
  /** Letters sent, by run and epoch. */
  readonly letters = new Map<string, number>();
  readonly definitions = new Definitions();
  readonly calendars: CalendarRules;
  readonly #dynamo: SimulatedDynamo;
  readonly #faults: Faults;
  readonly #facts: RunFacts;

  constructor(dynamo: SimulatedDynamo, faults: Faults, nowMs: () => number) {
    this.#dynamo = dynamo;
    this.#faults = faults;
    this.#slots = new SlotWatch(faults, this.#read);
    this.calendars = new CalendarRules(this.#read);
    const handlers = new HandlerRules(dynamo, faults, this.definitions, nowMs);
    this.handlers = handlers;
    const { letters } = this;
    this.#facts = {
      get nowMs() {
        return nowMs();
      },
      hasBegun: handlers.hasBegun,
      isAtWork: handlers.isAtWork,
      lettersOf: (key, epoch) => letters.get(`${key}@${epoch}`) ?? 0,
    };
    this.#nowMs = nowMs;
  }
  readonly #nowMs: () => number;

  written(writes: readonly Written[], by: string): void {
    this.#slots.check(this.#nowMs());
    for (const write of writes) this.definitions.written(write);
    for (const write of writes) {
      this.calendars.written(write, this.#nowMs());
      if (write.pk.startsWith('L#')) this.handlers.noteInstants(write, write.pk.split('#')[2] ?? '');
      if (write.pk.startsWith('S#')) checkSemaphore(write, this.#nowMs());
      if (!write.pk.startsWith('T#')) continue;
      if (write.sk.startsWith('X#')) {
        checkRun(write, this.#facts);
        this.#checkRevival(write, by);
        this.#checkLink(write);
        this.#checkLoss(write, by);
        this.#slots.written(write, by, this.#nowMs());
        checkRetries(write, this.definitions);
        checkCondition(write, this.definitions);
        checkDeadline(write, this.definitions);
        checkMisfire(write, this.#read);
        checkBackfilled(write, {
          nowMs: this.#nowMs(),
          read: this.#read,
          partition: (pk) => this.#dynamo.partition(pk),
        });
        checkSlots(write, this.#read);
        this.handlers.notePending(`${write.pk} ${write.sk}`, write.after);
        this.handlers.noteAsked(`${write.pk} ${write.sk}`, write.after);
      } else if (write.sk === 'T') this.#task(write, writes);
    }
  }

  #task(write: Written, writes: readonly Written[]): void {
    const { pk, before, after } = write;
    if (count(before, 'gen') !== count(after, 'gen')) {
      this.handlers.fencedAtMs.set(pk, this.#nowMs());
    }
    if (count(before, 'ver') !== count(after, 'ver')) this.handlers.noteRules(pk);
    if (after && confirms(before, after)) this.handlers.noteConfirmed(pk, after);
    // A new life of a deleted task.
    const reborn = text(before, 'status') === 'deleted' && text(after, 'status') !== 'deleted';
    if (reborn) {
      checkReborn(write);
      return;
    }
    const runs = writes.filter(({ sk }) => sk.startsWith('X#'));
    checkTask(write, runs, { read: this.#read, overlapOf: this.handlers.overlapOf });
    if (before && after) checkCount(write, runs, this.#read(pk, 'D'));
    checkResumed(write, this.#read);
    const definition = writes.find((other) => other.pk === pk && other.sk === 'D');
    checkPersonsWrite(write, definition);
  }

  /** A plan has one link from a task to another for each outcome, so one outcome makes one run there. */
  #checkLink({ pk, sk, before, after }: Written): void {
    const upstream = map(after, 'upstream');
    if (before !== undefined || upstream === undefined) return;
    const [from, of, outcome] = [
      text(upstream, 'taskId'),
      text(upstream, 'occurrence'),
      text(upstream, 'outcome'),
    ];
    const link = `${pk} for ${from}~${of} attempt ${count(upstream, 'attempt')} ${outcome}`;
    const other = this.#chained.get(link);
    this.#chained.set(link, sk);
    must(
      other === undefined || other === sk,
      'H1 one run for each link',
      () => `${link}: ${other} and ${sk}`,
    );
  }
  readonly #chained = new Map<string, string>();
  readonly #read = (pk: string, sk: string): Item | undefined => this.#dynamo.read(pk, sk);

  /** An attempt is declared lost only if something happened to the process that began it. */
  #checkLoss({ pk, sk, before, after }: Written, by: string): void {
    const attempt = `${pk} ${sk}#${count(after, 'att')}`;
    const [from, to] = [text(before, 'status'), text(after, 'status')];
    if (to === 'running' && from !== 'running') this.#authors.set(attempt, { by, atMs: this.#nowMs() });
    const last = list(after, 'attempts').at(-1);
    const lost = last && 'M' in last && text(last.M, 'errorType') === 'LeaseExpired';
    if (from !== 'running' || to === 'running' || !lost || count(last.M, 'attempt') !== count(before, 'att'))
      return;
    const author = this.#authors.get(attempt);
    must(
      author === undefined || this.#faults.hadTrouble(author.by, author.atMs - BEFORE_START_MS),
      'E1 no attempt is lost without a cause',
      () => `${attempt}: declared lost, but nothing had happened to ${author?.by}`,
    );
  }
  readonly #slots: SlotWatch;
  readonly #authors = new Map<string, { by: string; atMs: number }>();

  #checkRevival({ pk, sk, before, after }: Written, by: string): void {
    if (!before || text(before, 'status') !== 'dead' || text(after, 'status') !== 'queued') return;
    const isMoved = this.#moved.has(`${pk} ${sk}@${count(before, 'epoch')}`);
    checkRevival(this.#dynamo, { pk, sk, before, by, isMoved });
  }
  readonly #moved = new Set<string>();

  /** A person moved a message from one queue to another. */
  moved(body: string): void {
    const { success, data } = LetterSchema.safeParse(JSON.parse(body));
    if (success) this.#moved.add(`T#${data.tenant}#${data.taskId} X#${data.occurrence}@${data.epoch}`);
  }

  sent(url: string, body: string): void {
    if (!url.endsWith('-dlq')) return;
    const parsed = LetterSchema.safeParse(JSON.parse(body));
    if (!parsed.success) return;
    const { tenant, taskId, occurrence, epoch } = parsed.data;
    const key = `T#${tenant}#${taskId} X#${occurrence}`;
    const run: Item | undefined = this.#dynamo.read(`T#${tenant}#${taskId}`, `X#${occurrence}`);
    const died =
      count(run, 'epoch') > epoch || (count(run, 'epoch') === epoch && text(run, 'status') === 'dead');
    must(
      died,
      'D1 a letter for each death',
      () => `${key}@${epoch}: a letter, but it is ${text(run, 'status')}`,
    );
    const name = `${key}@${epoch}`;
    this.letters.set(name, (this.letters.get(name) ?? 0) + 1);
  }
}

/** W2: the task points at a run, or at the same one once more, when an edit has made its instant due again. */
const confirms = (before: Item | undefined, after: Item): boolean =>
  text(after, 'run') !== text(before, 'run') ||
  (count(after, 'nextRunAt') !== count(before, 'nextRunAt') &&
    Number(text(after, 'run')?.split('@')[0]) === count(before, 'nextRunAt'));
