import { isDeepStrictEqual } from 'node:util';
import type { Item } from '../../../infra/local/dynamodb/attribute-value.ts';
import type { Written } from '../aws/dynamodb.ts';
import { count, map, must, number, text } from './records.ts';

const COUNTS = 'C1 each end counts once';

/** Every write of a task: what it counts for its stop rules, and whether it stops when one of them holds. */
export function checkCount(
  { pk, before, after }: Written,
  runs: readonly Written[],
  definition: Item | undefined,
): void {
  const [old, tally] = [map(before, 'tally'), map(after, 'tally')];
  const say = (what: string) => () => `${pk}: ${what}`;
  const counted = runs.find(({ before: was }) => isMarked(was));
  if (counted === undefined) {
    const started = old !== undefined && isDeepStrictEqual(tally, { ...old, failures: { N: '0' } });
    const anew = count(after, 'ver') > count(before, 'ver') && (tally === undefined || started);
    must(anew || isDeepStrictEqual(old, tally), COUNTS, say('its counts change without a run'));
    return;
  }
  const success = text(counted.before, 'status') === 'success';
  const [failures, successes] = [success ? 0 : count(old, 'failures') + 1, success ? 1 : 0];
  must(count(tally, 'failures') === failures, COUNTS, say(`not ${failures} failures in a row`));
  must(
    count(tally, 'successes') === count(old, 'successes') + successes,
    COUNTS,
    say(`${count(tally, 'successes')} successes`),
  );
  const stop = map(definition, 'stop');
  const holds = (rule: string, reached: number): boolean => reached >= (number(stop, rule) ?? Infinity);
  const completes =
    text(counted.before, 'tally') === 'holds' ||
    holds('afterSuccesses', count(tally, 'successes')) ||
    holds('afterRuns', count(tally, 'runs'));
  const disables = !completes && holds('afterConsecutiveFailures', count(tally, 'failures'));
  const [from, to] = [text(before, 'status') ?? '', text(after, 'status')];
  const ends = completes && ['active', 'paused', 'disabled'].includes(from);
  const expected = ends ? 'completed' : disables && from === 'active' ? 'disabled' : from;
  must(to === expected, COUNTS, say(`${from} → ${to}, not ${expected}, by its stop rules`));
}

const isMarked = (run: Item | undefined): boolean =>
  text(run, 'tally') === 'pending' || text(run, 'tally') === 'holds';
