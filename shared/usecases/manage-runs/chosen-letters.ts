import { type LetterOutcomes, MAX_LETTERS_A_CALL } from '../../contract/dead-letters.ts';
import { SchedulerError } from '../../domain/errors.ts';
import type { Execution } from '../../domain/execution.ts';
import { fingerprintOfRun } from '../../domain/fingerprint.ts';
import { mapBounded } from '../../domain/map-bounded.ts';
import { executionId } from '../../domain/occurrence.ts';
import { readDeaths } from '../dead-letter/deaths.ts';
import { type ManageRunsDeps, runConflict } from './context.ts';

/** What a call means: the runs named, those of a fingerprint, or all of the queue. */
export interface Choice {
  tenant: string;
  queue: string;
  ids?: readonly string[] | undefined;
  fingerprint?: string | undefined;
}
export interface Chosen {
  wanted: string[];
  /** As many more are left for another call. */
  remaining: number;
}
type Outcome = LetterOutcomes['items'][number];

const WIDTH = 20;

/** The newest deaths first. */
export async function chosenLetters(
  deps: ManageRunsDeps,
  { tenant, queue, ids, fingerprint }: Choice,
  closed: boolean,
): Promise<Chosen> {
  if (ids) return { wanted: [...new Set(ids)], remaining: 0 };
  const { deaths } = await readDeaths(deps, { tenant, queue, closed });
  const asked = deaths.filter((death) => fingerprint === undefined || death.fingerprint === fingerprint);
  const wanted = asked.slice(0, MAX_LETTERS_A_CALL);
  return { wanted: wanted.map(executionId), remaining: asked.length - wanted.length };
}

/** The index lags behind, and ids are whatever somebody sends: the run itself says whether it is meant. */
export const requireLetter =
  ({ queue, fingerprint }: Choice, action: string) =>
  (seen: Execution): void => {
    if (seen.queue !== queue || seen.status !== 'dead')
      throw runConflict(
        executionId(seen),
        seen.status,
        action,
        `The execution is no dead letter of queue ${queue}`,
      );
    if (fingerprint !== undefined && fingerprintOfRun(seen) !== fingerprint)
      throw runConflict(executionId(seen), seen.status, action, 'It has died of something else since');
  };

/** Each by itself: what is refused or lost in between stays as it is, and calling again goes on. */
export async function doneWithEach(
  { wanted, remaining }: Chosen,
  work: (id: string) => Promise<unknown>,
): Promise<LetterOutcomes> {
  const items = await mapBounded(wanted, WIDTH, (id) => outcomeOf(id, work));
  return { count: items.filter(({ ok }) => ok).length, items, more: remaining > 0, remaining };
}

export async function outcomeOf(id: string, work: (id: string) => Promise<unknown>): Promise<Outcome> {
  try {
    await work(id);
    return { id, ok: true };
  } catch (error) {
    if (!(error instanceof SchedulerError)) throw error;
    return { id, ok: false, code: error.code, message: messageOf(error) };
  }
}

/** With what is wrong in it: an outcome has no list of errors. */
const messageOf = (error: SchedulerError): string =>
  'errors' in error.details
    ? error.details.errors.map(({ path, message }) => `${path}: ${message}`).join('; ')
    : error.message;
