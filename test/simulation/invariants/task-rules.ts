import { isDeepStrictEqual } from 'node:util';
import type { Item } from '../../../infra/local/dynamodb/attribute-value.ts';
import type { Written } from '../aws/dynamodb.ts';
import { count, isEnded, list, map, must, number, text } from './records.ts';

export interface TaskFacts {
  read(pk: string, sk: string): Item | undefined;
  /** What the definition said in that generation. */
  overlapOf(pk: string, generation: number): string;
}

const pad = (at: number): string => String(at).padStart(15, '0');

/** Every write of a task's state. `runs`: the runs written in the same transaction. */
export function checkTask(
  { pk, sk, before, after }: Written,
  runs: readonly Written[],
  facts: TaskFacts,
): void {
  const say = (what: string) => () => `${pk}: ${what}`;
  must(after !== undefined, 'A1 what was answered stays done', say('a task vanished'));
  if (after === undefined || sk !== 'T') return;
  checkPlace(pk, after);
  if (before === undefined) return;
  const [version, next] = [count(before, 'ver'), count(after, 'ver')];
  const [from, to] = [text(before, 'status') ?? '', text(after, 'status') ?? ''];
  const fenced = count(after, 'gen') !== count(before, 'gen');
  must(
    next >= version && next <= version + 1,
    'A1 what was answered stays done',
    say(`version ${version} → ${next}`),
  );
  must(
    count(after, 'gen') >= count(before, 'gen') && (!fenced || next > version),
    'A1 what was answered stays done',
    say('generations go up, with the version'),
  );
  checkTally(pk, before, after, runs);
  if (next > version) return;
  checkPointer(pk, before, after, facts);
  // Nobody but a person changes a status, except that a schedule comes to its end.
  must(
    from === to || (from === 'active' && to === 'completed'),
    'A1 what was answered stays done',
    say(`${from} → ${to}`),
  );
  const [due, nextDue] = [number(before, 'nextRunAt'), number(after, 'nextRunAt')];
  if (due === nextDue) return;
  must(
    from === 'active' && due !== undefined,
    'A1 what was answered stays done',
    say(`${from}, and yet due at ${nextDue}`),
  );
  if (due !== undefined) checkAdvance(pk, { due, nextDue, before, after }, facts);
}

function checkAdvance(
  pk: string,
  q: { due: number; nextDue: number | undefined; before: Item; after: Item },
  facts: TaskFacts,
): void {
  const { due, nextDue, before, after } = q;
  const schedule = map(facts.read(pk, 'D'), 'schedule');
  if (list(schedule, 'calendars').length > 0) return;
  const run = facts.read(pk, `X#${pad(due)}`);
  const say = (what: string) => () => `${pk}: from ${due} to ${nextDue}: ${what}`;
  must(run !== undefined, 'L2 no occurrence is passed over in silence', say('nothing is written of it'));
  const exclusive = text(facts.read(pk, 'D'), 'overlap') !== 'allow';
  // One that a person revived before the task moved on claims its place when it starts.
  if (exclusive && run && !isEnded(text(run, 'status')) && count(run, 'epoch') === 0)
    must(
      text(after, 'run') === `${pad(due)}@0`,
      'S4 never two at once where they must not overlap',
      say('its run is not pointed at'),
    );
  const seconds = number(schedule, 'seconds');
  const startAt = number(schedule, 'startAt');
  if (text(schedule, 'kind') !== 'interval' || seconds === undefined || startAt === undefined) return;
  if (nextDue === undefined) return;
  const step = seconds * 1_000;
  must(
    (nextDue - startAt) % step === 0,
    'A1 what was answered stays done',
    say('not an instant of its schedule'),
  );
  must(nextDue > due, 'L2 no occurrence is passed over in silence', say('goes back'));
  const between = Math.floor((nextDue - startAt) / step) - Math.floor((due - startAt) / step) - 1;
  const missed = count(after, 'missed') - count(before, 'missed');
  must(
    missed === between || missed === between + 1,
    'L2 no occurrence is passed over in silence',
    say(`${between} lie between, ${missed} are counted as missed`),
  );
}

/** A task that does not overlap points at another run only when the one that it pointed at is over. */
function checkPointer(pk: string, before: Item, after: Item, facts: TaskFacts): void {
  const [old, now] = [text(before, 'run'), text(after, 'run')];
  const [at = '', epoch] = old?.split('@') ?? [];
  if (old === undefined || old === now || now?.split('@')[0] === at) return;
  const moves = number(before, 'nextRunAt') !== number(after, 'nextRunAt');
  if (moves && facts.overlapOf(pk, count(after, 'gen')) === 'allow') return;
  const run = facts.read(pk, `X#${at}`);
  const lives = run !== undefined && !isEnded(text(run, 'status')) && count(run, 'epoch') === Number(epoch);
  must(
    !lives,
    'S4 never two at once where they must not overlap',
    () => `${pk}: points at ${now}, but ${old} is ${text(run, 'status')}`,
  );
}

/** A new life of a deleted task goes on counting, and knows which run of the old one may still be at work. */
export function checkReborn({ pk, before, after }: Written): void {
  must(
    count(after, 'gen') > count(before, 'gen') && count(after, 'ver') > count(before, 'ver'),
    'S5 nothing begins after it was forbidden',
    () => `${pk}: created anew under generation ${count(after, 'gen')}, after ${count(before, 'gen')}`,
  );
  must(
    text(after, 'run') === text(before, 'run'),
    'S4 never two at once where they must not overlap',
    () => `${pk}: created anew, it forgets ${text(before, 'run')}`,
  );
}

/** What a person changed, by the item and its definition as they were and are, written together. */
export function checkPersonsWrite({ pk, before, after }: Written, definition: Written | undefined): void {
  if (count(after, 'ver') === count(before, 'ver') || before === undefined || after === undefined) return;
  const [from, to] = [text(before, 'status'), text(after, 'status')];
  const changed = (name: string): boolean =>
    definition?.before !== undefined && !isDeepStrictEqual(definition.before[name], definition.after?.[name]);
  const say = (what: string) => () => `${pk}: ${what}`;
  const newRules = from !== 'completed' && (changed('overlap') || changed('misfire'));
  if (from !== to || changed('schedule') || newRules)
    must(
      count(after, 'gen') > count(before, 'gen'),
      'S5 nothing begins after it was forbidden',
      say(`${from} → ${to}, or other rules, under the same generation`),
    );
  if (from === 'active' && to === 'active' && !changed('schedule'))
    must(
      number(after, 'nextRunAt') === number(before, 'nextRunAt'),
      'L2 no occurrence is passed over in silence',
      say('an edit that keeps the schedule moved it'),
    );
}

/** What ends is counted in the very write that says so of the run. */
function checkTally(pk: string, before: Item, after: Item, runs: readonly Written[]): void {
  const [old, tally] = [map(before, 'tally'), map(after, 'tally')];
  const more = count(tally, 'runs') - count(old, 'runs');
  const counted = runs.filter(({ before: was, after: is }) => was && is && !was.counted && is.counted).length;
  if (counted === 0 && (tally === undefined || more === 0)) return;
  must(more === counted, 'C1 each end counts once', () => `${pk}: ${more} counted, of ${counted} runs`);
}

function checkPlace(pk: string, after: Item): void {
  const due = number(after, 'nextRunAt');
  const [set] = text(after, 'statusKey')?.split('#') ?? [];
  const waits = text(after, 'status') === 'active' && due !== undefined;
  const placed = set === 'due' || set === 'hot';
  must(
    waits === placed,
    'I1 the index agrees with the item',
    () => `${pk}: ${text(after, 'status')}, due at ${due}, in ${set}`,
  );
  if (waits)
    must(
      text(after, 'timeKey')?.startsWith(pad(due)) ?? false,
      'I1 the index agrees with the item',
      () => `${pk}: not at ${due}`,
    );
}
