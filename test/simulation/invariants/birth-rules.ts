import type { Item } from '../../../infra/local/dynamodb/attribute-value.ts';
import type { Written } from '../aws/dynamodb.ts';
import type { Definitions } from './definitions.ts';
import { count, isEnded, list, map, must, number, text } from './records.ts';

const BACKFILL = 'B2 a backfill fills gaps, in its order';
const DEADLINE = 'N1 what is to be told is told';
/** Longer than a request of a person, and a write of it that got stuck, take. */
const REQUEST_MS = 100_000;

interface Facts {
  nowMs: number;
  read(pk: string, sk: string): Item | undefined;
  partition(pk: string): ReadonlyMap<string, Item>;
}

/** A backfill makes no run for an instant that was answered long ago, or that its task still waits for. */
export function checkBackfilled({ pk, sk, before, after }: Written, facts: Facts): void {
  if (before !== undefined || text(after, 'backfill') === undefined) return;
  const at = count(after, 'dueAt');
  for (const [other, run] of facts.partition(pk)) {
    const stands = other !== sk && other.startsWith('X#') && count(run, 'dueAt') === at;
    if (!stands || text(run, 'trigger') === 'manual' || text(run, 'trigger') === 'event') continue;
    const answered = ['success', 'dead'].includes(text(run, 'status') ?? '');
    must(
      !answered || count(run, 'endedAt') > facts.nowMs - REQUEST_MS,
      BACKFILL,
      () => `${pk} ${sk}: ${other} has answered for that`,
    );
  }
  const task = facts.read(pk, 'T');
  const recurs = !['once', 'now'].includes(text(map(facts.read(pk, 'D'), 'schedule'), 'kind') ?? '');
  must(
    !recurs || at < (number(task, 'nextRunAt') ?? Infinity),
    BACKFILL,
    () => `${pk} ${sk}: the task itself waits for that`,
  );
}

/** A run of a backfill begins when the one before it in its line has ended, or was taken out of it. */
export function checkLine(pk: string, run: Item | undefined, read: Facts['read']): void {
  const ahead = text(run, 'ahead');
  if (ahead === undefined || count(run, 'epoch') > 0) return;
  const before = read(pk, `X#${ahead}`);
  must(
    before === undefined || isEnded(text(before, 'status')) || count(before, 'epoch') > 0,
    BACKFILL,
    () => `${pk} ${text(run, 'sk')}: began, but ${ahead} before it is ${text(before, 'status')}`,
  );
}

/** The caps that its task names are those whose slots the run holds, under its own nonce. */
export function checkHolds(
  pk: string,
  run: Item | undefined,
  name: string,
  q: { definitions: Definitions; read: Facts['read'] },
): void {
  const slots = list(run, 'slots').flatMap((cell) => ('S' in cell ? [cell.S] : []));
  const problem = q.definitions.problem(pk, (definition) => {
    const keys = list(definition, 'concurrency').map((cap) => ('M' in cap ? text(cap.M, 'key') : ''));
    return keys.sort().join() === slots.toSorted().join() ? undefined : `holds ${slots}, not ${keys}`;
  });
  must(problem === undefined, 'S8 no more at once than the caps say', () => `${pk} ${name}: ${problem}`);
  for (const slot of slots) {
    const holder = map(map(q.read(`S#root#${slot}`, 'S'), 'holders'), name);
    must(
      text(holder, 'nonce') === text(run, 'owner'),
      'S8 no more at once than the caps say',
      () => `${pk} ${name}: began without its slot of ${slot}`,
    );
  }
}

/** A deadline counts from when the run was due, and an end after it is late. */
export function checkDeadline({ pk, sk, before, after }: Written, definitions: Definitions): void {
  const [own, old] = [map(after, 'deadline'), map(before, 'deadline')];
  const say = (what: string) => () => `${pk} ${sk}: ${what}`;
  if (before === undefined && own !== undefined) {
    const problem = definitions.problem(pk, (definition) => {
      const at = count(after, 'dueAt') + count(map(definition, 'deadline'), 'seconds') * 1_000;
      return at === count(own, 'at') ? undefined : `its deadline is ${count(own, 'at')}, not ${at}`;
    });
    must(problem === undefined, DEADLINE, say(problem ?? ''));
  }
  const status = text(after, 'status');
  const ended = text(before, 'status') === 'running' && (status === 'success' || status === 'dead');
  if (!ended || old === undefined || count(after, 'endedAt') <= count(old, 'at')) return;
  must(number(after, 'late') !== undefined && own !== undefined, DEADLINE, say('ended late in silence'));
}
