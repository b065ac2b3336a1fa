import type { Item } from '../../../infra/local/dynamodb/attribute-value.ts';
import type { Written } from '../aws/dynamodb.ts';
import { count, flag, isEnded, list, map, must, number, text } from './records.ts';

/** What is known beside the item itself. */
export interface RunFacts {
  nowMs: number;
  hasBegun(key: string, attempt: number): boolean;
  /** A handler of this attempt is at work at this moment. */
  isAtWork(key: string, attempt: number): boolean;
  lettersOf(key: string, epoch: number): number;
}

const NEXT: Record<string, readonly string[]> = {
  queued: ['running', 'cancelled', 'skipped'],
  running: ['success', 'retrying', 'dead', 'cancelled', 'skipped'],
  retrying: ['running', 'cancelled', 'skipped'],
  success: [],
  dead: ['queued'],
  cancelled: ['queued'],
  skipped: ['queued'],
};
const LOST = new Set(['LeaseExpired', 'HandOffTimeout']);
/** Two clocks are off by no more than this. */
const SKEW_MS = 2_000;

/** Every write of a run. */
export function checkRun({ pk, sk, before, after }: Written, facts: RunFacts): void {
  const key = `${pk} ${sk}`;
  const say = (what: string) => () => `${key}: ${what}`;
  if (before === undefined || after === undefined) {
    if (before) checkErased(key, before, facts);
    if (after) checkPlace(key, after);
    return;
  }
  const [from, to] = [text(before, 'status') ?? '', text(after, 'status') ?? ''];
  const [attempt, next] = [count(before, 'att'), count(after, 'att')];
  const [epoch, nextEpoch] = [count(before, 'epoch'), count(after, 'epoch')];
  must(
    next >= attempt && nextEpoch >= epoch,
    'S1 one run for each occurrence',
    say(`written anew, ${from} → ${to}`),
  );
  if (from !== to) {
    const allowed = NEXT[from]?.includes(to) ?? false;
    must(
      allowed,
      isEnded(from) ? 'S6 what has ended stays' : 'S1 one run for each occurrence',
      say(`${from} → ${to}`),
    );
  }
  const revived = isEnded(from) && to === 'queued';
  must(
    revived ? nextEpoch === epoch + 1 : nextEpoch === epoch,
    'D3 one revival for each death',
    say(`epoch ${epoch} → ${nextEpoch}, ${from} → ${to}`),
  );
  if (revived)
    must(
      !flag(after, 'cancel') && text(after, 'letter') === undefined && text(after, 'tally') === undefined,
      'D3 one revival for each death',
      say('runs again, with what was left of its end'),
    );
  const starts = to === 'running' && from !== 'running';
  must(
    next === attempt + (starts ? 1 : 0),
    'S2 one start for each attempt',
    say(`attempt ${attempt} → ${next}, ${from} → ${to}`),
  );
  if (to === 'running') {
    must(
      next <= count(after, 'maxAtt'),
      'S3 no more attempts than allowed',
      say(`attempt ${next} of ${count(after, 'maxAtt')}`),
    );
    if (!starts)
      must(
        text(before, 'owner') === text(after, 'owner'),
        'S2 one start for each attempt',
        say('another owner'),
      );
  }
  const more = count(after, 'maxAtt') - count(before, 'maxAtt');
  if (!revived)
    must(
      more === 0 || (more === 1 && to === 'retrying'),
      'S3 no more attempts than allowed',
      say(`limit + ${more}`),
    );
  if (starts) {
    const notBefore = number(before, 'nextAt');
    if (notBefore !== undefined)
      must(
        facts.nowMs >= notBefore - SKEW_MS,
        'S7 nothing begins early',
        say(`retried ${notBefore - facts.nowMs} ms early`),
      );
  }
  if (from === 'running' && to !== 'running') checkEnd(key, before, after, facts);
  if (from === 'running' && to === 'running') checkGoesOn(key, before, after);
  checkWord(key, before, after);
  if (text(before, 'letter') === 'pending' && text(after, 'letter') === 'sent')
    must(
      facts.lettersOf(key, epoch) > 0,
      'D1 a letter for each death',
      say('marked as sent, but it was not'),
    );
  must(
    !flag(before, 'counted') || flag(after, 'counted'),
    'C1 each end counts once',
    say('its count is forgotten'),
  );
  checkPlace(key, after);
}

/** The same attempt, before and after. */
function checkGoesOn(key: string, before: Item, after: Item): void {
  const say = (what: string) => () => `${key} attempt ${count(after, 'att')}: ${what}`;
  must(
    !flag(before, 'cancel') || flag(after, 'cancel'),
    'A1 what was answered stays done',
    say('the request to stop is gone'),
  );
  const [pending, told] = [number(after, 'pendingS') !== undefined, map(after, 'early') !== undefined];
  must(!(pending && told), 'A1 what was answered stays done', say('waits for what it was told already'));
  must(
    pending || count(after, 'lease') >= count(before, 'lease'),
    'S2 one start for each attempt',
    say(`its lease is taken back by ${count(before, 'lease') - count(after, 'lease')} ms`),
  );
}

/** What the holder of a token says counts for the attempt that gave it away. */
function checkWord(key: string, before: Item, after: Item): void {
  const said = (run: Item): number[] =>
    list(run, 'handOffs').flatMap((cell) =>
      'M' in cell && text(cell.M, 'outcomeHash') !== undefined ? [count(cell.M, 'attempt')] : [],
    );
  const known = said(before);
  for (const attempt of said(after))
    must(
      known.includes(attempt) || (attempt === count(before, 'att') && text(before, 'status') === 'running'),
      'S6 what has ended stays',
      () => `${key}: whoever held the token of attempt ${attempt} ended attempt ${count(before, 'att')}`,
    );
}

/** A claim may be taken back only while its handler has not begun. */
function checkErased(key: string, before: Item, facts: RunFacts): void {
  const unbegun =
    text(before, 'status') === 'running' && count(before, 'att') === 1 && !facts.hasBegun(key, 1);
  must(unbegun, 'S1 one run for each occurrence', () => `${key}: erased`);
}

function checkEnd(key: string, before: Item, after: Item, facts: RunFacts): void {
  const attempt = count(before, 'att');
  const to = text(after, 'status') ?? '';
  const reason = text(after, 'reason');
  const say = (what: string) => () => `${key} attempt ${attempt}: ${what} → ${to}`;
  must(
    !facts.isAtWork(key, attempt),
    'S2 one start for each attempt',
    say('ended while its handler was at work'),
  );
  if (to === 'skipped' || (to === 'cancelled' && reason !== 'requested'))
    must(
      !facts.hasBegun(key, attempt),
      'S6 what has ended stays',
      say('taken back after its handler had begun'),
    );
  if (flag(before, 'cancel'))
    must(
      // Passed over before it began, it does not go on either.
      to === 'cancelled' || to === 'success' || to === 'skipped',
      'A1 what was answered stays done',
      say('goes on, though asked to stop'),
    );
  if (to === 'success')
    must(facts.hasBegun(key, attempt), 'L1 every due run ends, as it went', say('success without a handler'));
  const last = list(after, 'attempts').at(-1);
  const reports = last && 'M' in last ? count(last.M, 'attempt') : 0;
  const told =
    to === 'dead' ||
    (to === 'success' && attempt > 1) ||
    list(after, 'attempts').length > list(before, 'attempts').length;
  must(
    !told || reports === attempt,
    'S2 one start for each attempt',
    say(`attempt ${reports} reports in its place`),
  );
  const lost = last && 'M' in last && reports === attempt && LOST.has(text(last.M, 'errorType') ?? '');
  if (lost) {
    const lease = count(before, 'lease');
    must(
      facts.nowMs >= lease - SKEW_MS / 2,
      'S2 one start for each attempt',
      say('declared lost before its lease was over'),
    );
  }
  if (to === 'dead')
    must(text(after, 'letter') === 'pending', 'D1 a letter for each death', say('no letter is due'));
}

/** Who looks for it finds it. */
function checkPlace(key: string, item: Item): void {
  const status = text(item, 'status') ?? '';
  const place = text(item, 'statusKey')?.split('#')[0] ?? 'nowhere';
  const open = !isEnded(status);
  must(
    !open || place === 'open',
    'I1 the index agrees with the item',
    () => `${key}: ${status}, but in ${place}`,
  );
  const unsettled =
    text(item, 'letter') === 'pending' ||
    text(item, 'tally') !== undefined ||
    text(item, 'after') === 'pending';
  must(
    !unsettled || place === 'open',
    'I1 the index agrees with the item',
    () => `${key}: something is left to do, but in ${place}`,
  );
  must(place !== 'nowhere', 'I1 the index agrees with the item', () => `${key}: ${status} is in no list`);
}
