import type { Item } from '../../../infra/local/dynamodb/attribute-value.ts';
import type { SimulatedDynamo } from '../aws/dynamodb.ts';
import { count, flag, isEnded, list, map, must, number, text } from './records.ts';

/** After faults are over every task moves on within this: a lost hint, two looks of tick and sweeper, a backoff. */
const PATIENCE_MS = 7 * 60_000;

export interface EndFacts {
  dynamo: SimulatedDynamo;
  nowMs: number;
  letters: ReadonlyMap<string, number>;
  /** How often anything went wrong that may double a letter. */
  mayDouble: number;
  purged: boolean;
}

/** What is still under way, though nothing goes wrong any more; undefined: all is quiet. */
export function unfinished({ dynamo, nowMs }: Pick<EndFacts, 'dynamo' | 'nowMs'>): string | undefined {
  for (const item of dynamo.items()) {
    const [pk, sk] = [text(item, 'pk') ?? '', text(item, 'sk') ?? ''];
    if (!pk.startsWith('T#')) continue;
    const what = sk.startsWith('X#')
      ? unfinishedRun(dynamo, pk, item, nowMs)
      : sk === 'T'
        ? waiting(item, nowMs)
        : undefined;
    if (what) return `${pk} ${sk}: ${what}`;
  }
  return undefined;
}

function unfinishedRun(dynamo: SimulatedDynamo, pk: string, run: Item, nowMs: number): string | undefined {
  const status = text(run, 'status');
  if (!isEnded(status)) {
    const dueAt = Math.max(count(run, 'dueAt'), number(run, 'nextAt') ?? 0, number(run, 'startedAt') ?? 0);
    return nowMs - dueAt > PATIENCE_MS ? `still ${status}` : undefined;
  }
  if (nowMs - count(run, 'endedAt') < PATIENCE_MS) return undefined;
  if (text(run, 'letter') === 'pending') return 'its letter is still pending';
  if (text(run, 'tally') !== undefined) return 'not counted, or not told, yet';
  if (text(run, 'after') === 'pending') return 'the tasks that hang on it are not triggered yet';
  const late = map(run, 'deadline');
  if (late && count(late, 'at') < nowMs - PATIENCE_MS && dynamo.read(pk, 'T'))
    return 'its deadline is not told yet';
  // Nothing is left to do; whoever lists what is open would see it for ever.
  return text(run, 'statusKey')?.startsWith('open') ? `${status}, and still in the set open` : undefined;
}

function waiting(task: Item, nowMs: number): string | undefined {
  const due = number(task, 'nextRunAt');
  if (text(task, 'status') !== 'active' || due === undefined) return undefined;
  return nowMs - due > PATIENCE_MS ? `due since ${nowMs - due} ms` : undefined;
}

/** When all is quiet. */
export function checkEnd(facts: EndFacts): void {
  const counted = new Map<string, number>();
  for (const item of facts.dynamo.items()) {
    const [pk, sk] = [text(item, 'pk') ?? '', text(item, 'sk') ?? ''];
    if (pk.startsWith('T#') && sk.startsWith('X#')) {
      checkLetters(`${pk} ${sk}`, item, facts);
      if (flag(item, 'counted')) counted.set(pk, (counted.get(pk) ?? 0) + 1);
      if (text(item, 'status') === 'success') checkChain(pk, item, facts.dynamo);
    }
    if (pk.startsWith('S#')) checkSlots(pk, item, facts.nowMs);
  }
}

function checkLetters(key: string, run: Item, { letters, mayDouble }: EndFacts): void {
  const sent = letters.get(`${key}@${count(run, 'epoch')}`) ?? 0;
  if (text(run, 'status') !== 'dead') return;
  // Somebody put the death away, perhaps before its letter went out.
  if (text(run, 'letter') === 'purged') return;
  must(sent >= 1, 'D1 a letter for each death', () => `${key}: no letter`);
  must(sent <= 1 + mayDouble, 'D1 a letter for each death', () => `${key}: ${sent} letters`);
}

/** A success triggers each task that hangs on it exactly once; the key of that run is made of it. */
function checkChain(pk: string, run: Item, dynamo: SimulatedDynamo): void {
  const task = dynamo.read(pk, 'T');
  const definition = dynamo.read(pk, 'D');
  // Links may have been edited, and tasks deleted, since.
  if (count(task, 'ver') !== 1 || text(run, 'after') !== undefined) return;
  for (const link of list(definition, 'onSuccess')) {
    const target = 'M' in link ? `T#root#${text(link.M, 'taskId')}` : '';
    if (text(dynamo.read(target, 'T'), 'status') === 'deleted' || count(dynamo.read(target, 'T'), 'ver') > 1)
      continue;
    const own = [...dynamo.partition(target)].filter(([, item]) => {
      const upstream = map(item, 'upstream');
      return (
        pk === `T#root#${text(upstream, 'taskId')}` &&
        text(upstream, 'occurrence') === text(run, 'sk')?.slice(2) &&
        text(upstream, 'outcome') === 'success'
      );
    });
    const epochs = 1 + count(run, 'epoch');
    must(
      own.length >= 1 && own.length <= epochs,
      'H1 one run for each link',
      () => `${pk} ${text(run, 'sk')}: ${own.length}`,
    );
  }
}

function checkSlots(pk: string, semaphore: Item, nowMs: number): void {
  for (const [name, holder] of Object.entries(map(semaphore, 'holders') ?? {})) {
    const until = 'M' in holder ? count(holder.M, 'until') : 0;
    must(
      until < nowMs + PATIENCE_MS,
      'S8 no more at once than the caps say',
      () => `${pk}: ${name} until ${until}`,
    );
  }
}
