import type { Item } from '../../../infra/local/dynamodb/attribute-value.ts';
import { LetterSchema } from '../../../shared/messages.ts';
import type { SimulatedDynamo, Written } from '../aws/dynamodb.ts';
import { HandlerRules } from './handler-rules.ts';
import { count, map, must, text } from './records.ts';
import { checkRevival } from './revival-rules.ts';
import { checkRun, type RunFacts } from './run-rules.ts';
import { checkSemaphore, checkSlots } from './slot-rules.ts';
import { checkPersonsWrite, checkTask } from './task-rules.ts';

/** Looks at every write, every letter and every start of a handler while the world goes on. */
export class Checker {
  readonly handlers: HandlerRules;
  /** Letters sent, by run and epoch. */
  readonly letters = new Map<string, number>();
  readonly #dynamo: SimulatedDynamo;
  readonly #facts: RunFacts;

  constructor(dynamo: SimulatedDynamo, nowMs: () => number) {
    this.#dynamo = dynamo;
    const handlers = new HandlerRules(dynamo, nowMs);
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
    for (const write of writes) {
      if (write.pk.startsWith('L#')) this.handlers.noteInstants(write, write.pk.split('#')[2] ?? '');
      if (write.pk.startsWith('S#')) checkSemaphore(write, this.#nowMs());
      if (!write.pk.startsWith('T#')) continue;
      if (write.sk.startsWith('X#')) {
        checkRun(write, this.#facts);
        this.#checkRevival(write, by);
        this.#checkLink(write);
        checkSlots(write, (pk, sk) => this.#dynamo.read(pk, sk));
        this.handlers.notePending(`${write.pk} ${write.sk}`, write.after);
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
    if (reborn) return;
    checkTask(
      write,
      writes.filter(({ sk }) => sk.startsWith('X#')),
      { read: (pk, sk) => this.#dynamo.read(pk, sk) },
    );
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
