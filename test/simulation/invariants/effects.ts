import type { Written } from '../aws/dynamodb.ts';
import type { SimulatedQueue } from '../aws/sqs.ts';
import { must, text } from './records.ts';

const KEYS = 'K1 one effect for each key';
const MESSAGES = 'M1 one effect for each message';

/** What came of what was asked for under an Idempotency-Key, or by a message with an id. */
export class Effects {
  /** What was asked for → the run or task that was made for it. */
  readonly #made = new Map<string, string>();
  /** Bodies of messages, by what they ask for. */
  readonly #sent = new Map<string, Set<string>>();

  written(writes: readonly Written[]): void {
    for (const write of writes) {
      const asked = askedFor(write);
      if (asked !== undefined) this.#isMade(asked, `${write.pk} ${write.sk}`);
    }
  }

  /** Somebody was told that this is what was made for it. */
  answered(asked: string, made: string): void {
    const own = this.#made.get(asked);
    must(own === made, KEYS, () => `${asked}: ${made} was answered, ${own ?? 'nothing'} was made for it`);
  }

  sent(asked: string, body: string): void {
    this.#sent.set(asked, (this.#sent.get(asked) ?? new Set()).add(body));
  }

  /** When all is quiet: each message has its effect, or lies among the letters, with the reason if it was refused. */
  checkEnd(letters: SimulatedQueue, mayFail: boolean): void {
    const lying = letters.messages.filter(({ gone }) => !gone);
    const bodies = new Set(lying.map(({ body }) => body));
    for (const [asked, sent] of this.#sent)
      must(
        this.#made.has(asked) || [...sent].some((body) => bodies.has(body)),
        MESSAGES,
        () => `${asked}: it has no effect and no letter`,
      );
    for (const { body, attributes } of lying)
      must(
        // What failed too often comes as it was.
        attributes.reason?.StringValue !== undefined || mayFail,
        MESSAGES,
        () => `a letter without its reason: ${body}`,
      );
  }

  #isMade(asked: string, made: string): void {
    const other = this.#made.get(asked);
    must(
      other === undefined,
      asked.startsWith('once-') ? KEYS : MESSAGES,
      () => `${asked}: first ${other}, then ${made}`,
    );
    this.#made.set(asked, made);
  }
}

/** By what only it has it is seen what a run, or a task, was made for: its payload or name, or what caused it. */
function askedFor({ sk, before, after }: Written): string | undefined {
  if (sk === 'T') {
    const maker = text(after, 'createdBy');
    const isNew = before === undefined || text(before, 'createdBy') !== maker;
    return isNew && maker?.startsWith('event:') ? maker : undefined;
  }
  if (before !== undefined) return undefined;
  if (sk.startsWith('X#')) return text(after, 'by') ?? onceIn(text(after, 'payload'));
  return sk === 'D' ? onceIn(text(after, 'name')) : undefined;
}

const onceIn = (what: string | undefined): string | undefined => /once-\d+/.exec(what ?? '')?.[0];
