import type { Item } from '../../../infra/local/dynamodb/attribute-value.ts';
import type { Written } from '../aws/dynamodb.ts';
import type { Definitions } from './definitions.ts';
import { count, list, map, must, number, text } from './records.ts';

const LIMIT = 'S3 no more attempts than allowed';
const POLICY = 'R1 retries follow the policy';
/** Retries of whatever kind, and snoozes, that a run has at most. */
const MOST_RETRIES = 100;

/** Every write of a run: how many attempts it has, and what follows a failed one. */
export function checkRetries({ pk, sk, before, after }: Written, definitions: Definitions): void {
  if (after === undefined) return;
  const [from, to] = [text(before, 'status'), text(after, 'status')];
  const fresh = before === undefined ? 0 : count(before, 'att');
  if (before === undefined || (to === 'queued' && from !== 'queued')) {
    const granted = count(after, 'maxAtt') - fresh;
    const problem = definitions.problem(pk, ({ retry }) => {
      const limit = retry && 'M' in retry ? count(retry.M, 'limit') : 0;
      return granted === limit + 1 ? undefined : `${granted} attempts, with a limit of ${limit} retries`;
    });
    must(problem === undefined, LIMIT, () => `${pk} ${sk}: ${problem}`);
  }
  if (before === undefined || from !== 'running' || (to !== 'retrying' && to !== 'dead')) return;
  // Which of its failures a run pays for itself is told by the limit: of one that was edited meanwhile nothing is said.
  const limits = new Set(definitions.of(pk).map((definition) => count(map(definition, 'retry'), 'limit')));
  const problem = definitions.problem(pk, (definition) =>
    wrongWith(before, after, map(definition, 'retry') ?? {}, limits.size === 1),
  );
  must(problem === undefined, POLICY, () => `${pk} ${sk} attempt ${count(before, 'att')}: ${problem}`);
}

function wrongWith(before: Item, after: Item, policy: Item, knowsWait: boolean): string | undefined {
  const attempt = count(before, 'att');
  const more = count(after, 'maxAtt') - count(before, 'maxAtt');
  const putOff = count(after, 'snoozes') - count(before, 'snoozes');
  const failures = failuresOf(after).filter(({ of }) => of > count(before, 'attBefore'));
  const failure = failures.at(-1);
  if (text(after, 'status') === 'retrying' && failure?.of !== attempt)
    return more === 1 && putOff === 1 ? undefined : `put off: limit + ${more}, snoozes + ${putOff}`;
  if (failure?.of !== attempt) return undefined;

  const rules = list(policy, 'rules').flatMap((rule) => ('M' in rule ? [rule.M] : []));
  // Only what rules of the workload look at.
  if (rules.some((rule) => text(map(rule, 'match'), 'cause') === undefined)) return undefined;
  const ruleOf = ({ cause }: Failed) =>
    rules.find((rule) => {
      const wanted = text(map(rule, 'match'), 'cause');
      return wanted === cause || (wanted === 'error' && cause === 'throttled');
    });
  const rule = ruleOf(failure);
  const own = number(rule, 'limit');
  const then = text(rule, 'then');
  const nth = failures.filter((past) => (rule ? ruleOf(past) === rule : paysFor(ruleOf(past)))).length;
  const dead = text(after, 'status') === 'dead';
  const usedUp = attempt >= count(before, 'maxAtt');
  const isFinal = text(after, 'reason') === 'nonRetryable';
  if (dead) {
    if (isFinal) return mayBeFinal(failure, then) ? undefined : 'gave up at once';
    if (rule === undefined || paysFor(rule)) return usedUp ? undefined : 'gave up with an attempt left';
    const over = nth > (own ?? MOST_RETRIES) || failures.length > MOST_RETRIES;
    return over ? undefined : 'gave up, though its rule has one left';
  }
  if (failure.type === FINAL) return 'tried again, though it was said to be in vain';
  if (then === 'stop') return 'tried again, though a rule says stop';
  if (own !== undefined && nth > own) return `tried again for the ${nth}th time by a rule for ${own}`;
  const free = rule !== undefined && !paysFor(rule);
  if (more !== (free ? 1 : 0)) return `limit + ${more}`;
  if (putOff !== (then === 'snooze' ? 1 : 0)) return `snoozes + ${putOff}`;
  if (!free && usedUp) return 'tried again, though its attempts are used up';
  if (!knowsWait) return undefined;
  const waitMs = (number(after, 'nextAt') ?? 0) - failure.atMs;
  const [least, most] = waitOf(policy, rule, nth);
  return waitMs >= least && waitMs <= most ? undefined : `waits ${waitMs} ms, not ${least} to ${most}`;
}

/** From the attempts of the task's own limit. */
const paysFor = (rule: Item | undefined): boolean =>
  rule === undefined || (text(rule, 'then') === 'retry' && number(rule, 'limit') === undefined);

function waitOf(policy: Item, rule: Item | undefined, nth: number): [least: number, most: number] {
  const base = number(rule, 'baseSeconds') ?? count(policy, 'baseSeconds');
  const cap = number(rule, 'maxSeconds') ?? Math.max(count(policy, 'maxSeconds'), rule ? base : 0);
  const strategy = text(rule, 'strategy') ?? text(policy, 'strategy');
  const times = strategy === 'fixed' ? 1 : strategy === 'linear' ? nth : 2 ** (nth - 1);
  const fullMs = Math.min(cap, base * times) * 1_000;
  const jitter = text(policy, 'jitter');
  if (jitter === 'full') return [0, fullMs];
  return jitter === 'equal' ? [Math.floor(fullMs / 2), fullMs] : [fullMs, fullMs];
}

const FINAL = 'NonRetryableError';
/** What handlers, and whoever holds a token, say is in vain. */
const mayBeFinal = ({ type }: Failed, then: string | undefined): boolean =>
  type === FINAL || type === 'Outside' || then === 'stop';

interface Failed {
  of: number;
  type: string | undefined;
  cause: string;
  atMs: number;
}

const failuresOf = (run: Item): Failed[] =>
  list(run, 'attempts').flatMap((cell) =>
    'M' in cell && text(cell.M, 'status') === 'failed'
      ? [
          {
            of: count(cell.M, 'attempt'),
            type: text(cell.M, 'errorType'),
            cause: text(cell.M, 'cause') ?? 'error',
            atMs: count(cell.M, 'finishedAt'),
          },
        ]
      : [],
  );
