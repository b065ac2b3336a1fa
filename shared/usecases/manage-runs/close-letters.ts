import type { CloseInput, LetterOutcomes, ReopenInput } from '../../contract/dead-letters.ts';
import type { Change } from '../../domain/change.ts';
import type { Resolution } from '../../domain/dead-letter.ts';
import type { Execution } from '../../domain/execution.ts';
import { closedLetter, reopenedLetter } from '../../domain/letter-transitions.ts';
import type { Principal } from '../../domain/principal.ts';
import { type Choice, chosenLetters, doneWithEach, requireLetter } from './chosen-letters.ts';
import { type ManageRunsDeps, requireRun, runConflict, runKey, untilWritten } from './context.ts';

/**
 * Resolved is what lies there now. A fingerprint that is ignored stays so for what dies later, until it is reopened; that
 * is stored first, so that whatever dies meanwhile is either found here or ignored at birth.
 */
export async function closeLetters(
  deps: ManageRunsDeps,
  principal: Principal,
  queue: string,
  q: CloseInput & { kind: Resolution['kind'] },
): Promise<LetterOutcomes> {
  const { tenant, actor: by } = principal;
  const at = deps.clock.nowMs();
  const said = { at, by, ...(q.note === undefined ? {} : { note: q.note }) };
  const { fingerprint } = q;
  if (q.kind === 'ignored' && fingerprint !== undefined)
    await deps.deadLetters.ignore({ tenant, queue, fingerprint, ...said });
  const choice: Choice = { tenant, queue, ids: q.ids, fingerprint };
  const chosen = await chosenLetters(deps, choice, false);
  return doneWithEach(chosen, (id) =>
    rewrite(deps, principal, id, { choice, change: (seen) => closedLetter(seen, { ...said, kind: q.kind }) }),
  );
}

/** Back to those that wait for somebody; a fingerprint is not ignored any more. */
export async function reopenLetters(
  deps: ManageRunsDeps,
  principal: Principal,
  queue: string,
  { ids, fingerprint }: ReopenInput,
): Promise<LetterOutcomes> {
  const { tenant } = principal;
  if (fingerprint !== undefined) await deps.deadLetters.unignore({ tenant, queue, fingerprint });
  const choice: Choice = { tenant, queue, ids, fingerprint };
  const chosen = await chosenLetters(deps, choice, true);
  return doneWithEach(chosen, (id) => rewrite(deps, principal, id, { choice, change: reopenedLetter }));
}

function rewrite(
  deps: ManageRunsDeps,
  principal: Principal,
  id: string,
  q: { choice: Choice; change: (seen: Execution) => Change<Execution> | 'refused' },
): Promise<Execution> {
  const key = runKey(principal, id);
  return untilWritten(id, 'close', async () => {
    const seen = await requireRun(deps, key);
    requireLetter(q.choice, 'close')(seen);
    const change = q.change(seen);
    if (change === 'refused') {
      const why =
        seen.letter === 'pending'
          ? 'Its letter is not out yet; try again in a minute'
          : 'It is not in the list any more, or not in that one';
      throw runConflict(id, seen.status, 'close', why);
    }
    const outcome = await deps.executions.update(key, change);
    return outcome.ok ? outcome.record : undefined;
  });
}
