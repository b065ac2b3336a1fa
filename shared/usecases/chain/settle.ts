import { settledSuccess } from '../../domain/chain.ts';
import type { ChainOutcome } from '../../domain/chain-link.ts';
import type { Execution } from '../../domain/execution.ts';
import { executionId } from '../../domain/occurrence.ts';
import type { TaskDefinition } from '../../domain/task.ts';
import type { Events } from '../../ports.ts';
import { releaseWaiting } from '../dead-letter/release-waiting.ts';
import { sendLetter } from '../dead-letter/send-letter.ts';
import { type ChainDeps, triggerChained } from './trigger-chained.ts';

/**
 * What an outcome sets in motion, after it is stored. Dying in between leaves the run in the open set (success:
 * aftermath pending, death: letter pending) or its failure to the next start: all of them do this again, and the key
 * of a triggered run makes it one. `definition`: undefined when the task is gone, and nothing hangs on it.
 */

/** True when nothing is left to do. */
export async function settleSuccess(
  deps: ChainDeps,
  definition: TaskDefinition | undefined,
  run: Execution,
): Promise<boolean> {
  const done = (await chained(deps, definition, run, 'success')) && (await released(deps, run));
  if (done) await deps.executions.update(run, settledSuccess(run));
  return done;
}

async function released(deps: ChainDeps, run: Execution): Promise<boolean> {
  try {
    await releaseWaiting(deps, run);
    return true;
  } catch (error) {
    deps.log.error('dead letters still wait for their canary', { executionId: executionId(run) }, error);
    return false;
  }
}

export async function settleDeath(
  deps: ChainDeps & { events: Events },
  definition: TaskDefinition | undefined,
  dead: Execution,
): Promise<boolean> {
  const done =
    (await settleFailure(deps, definition, dead)) && (await chained(deps, definition, dead, 'dead'));
  return done && sendLetter(deps, dead);
}

/** Of the run's last attempt, when it failed. */
export const settleFailure = async (
  deps: ChainDeps,
  definition: TaskDefinition | undefined,
  run: Execution,
): Promise<boolean> => chained(deps, definition, run, 'failure');

async function chained(
  deps: ChainDeps,
  definition: TaskDefinition | undefined,
  run: Execution,
  outcome: ChainOutcome,
): Promise<boolean> {
  const at = instantOf(run, outcome);
  if (definition === undefined || at === undefined) return true;
  try {
    await triggerChained(deps, definition, run, outcome, at);
    return true;
  } catch (error) {
    deps.log.error(
      'tasks not triggered yet; it is tried again',
      { executionId: executionId(run), outcome },
      error,
    );
    return false;
  }
}

/** As stored with the outcome, so that whoever settles it finds the same. */
function instantOf(run: Execution, outcome: ChainOutcome): number | undefined {
  switch (outcome) {
    case 'success':
      return run.finishedAt;
    case 'dead':
      return run.diedAt;
    case 'failure':
      return run.attempts?.find(({ attempt, status }) => attempt === run.attempt && status === 'failed')
        ?.finishedAt;
  }
}
