import { type Execution, isFinal } from '../../domain/execution.ts';
import { rested } from '../../domain/execution-parts.ts';
import { stopEvent } from '../../domain/lifecycle-event.ts';
import { executionId } from '../../domain/occurrence.ts';
import { countedRun, countSettled, isUncounted } from '../../domain/stop-rules.ts';
import type { Task, TaskDefinition } from '../../domain/task.ts';
import type { Events } from '../../ports.ts';
import { settleDeath, settleSuccess } from '../chain/settle.ts';
import type { ChainDeps } from '../chain/trigger-chained.ts';
import { tellLate } from './tell-late.ts';

export type SettleDeps = ChainDeps & { events: Events };

/** Others may count at the same time; whoever loses this often leaves it to the sweeper. */
const TRIES = 6;

/** Something is left to do for this run, though it ended. */
export const isUnsettled = (run: Execution): boolean => isFinal(run.status) && run.index?.set === 'open';

/**
 * What the end of a run leaves to do: it is counted for the stop rules of its task, the tasks that hang on its outcome
 * are triggered, a stop and a missed deadline are told, its dead letter goes out. Each step is idempotent and takes its
 * mark away; until the last one the run stays in the set `open`. Dying, or a store or bus that is away, leaves the rest
 * to the sweeper. Never rejects; false: not all is done. `definition`: undefined when the task is gone.
 */
export async function settleEnd(
  deps: SettleDeps,
  definition: TaskDefinition | undefined,
  ended: Execution,
): Promise<boolean> {
  try {
    let run = await settleCount(deps, ended);
    if (run.status === 'success' && run.aftermath === 'pending') {
      if (!(await settleSuccess(deps, definition, run))) return false;
      run = withoutAftermath(run);
    }
    if (run.tally === 'untold' && isSame(run, ended)) run = await tellStop(deps, run);
    if (run.deadline && isSame(run, ended)) run = await tellLate(deps, run, deps.clock.nowMs());
    if (!isSame(run, ended)) return true;
    if (run.status === 'dead' && run.letter === 'pending') return await settleDeath(deps, definition, run);
    // Another was faster with all that was left, and the end came after him.
    if (isUnsettled(run) && run.index !== undefined) await deps.executions.update(run, rested(run));
    return true;
  } catch (error) {
    deps.log.error('end not settled; the sweeper goes on', { executionId: executionId(ended) }, error);
    return false;
  }
}

/** A person may have made it run again meanwhile. */
const isSame = (run: Execution, ended: Execution): boolean =>
  run.status === ended.status && run.epoch === ended.epoch;

const withoutAftermath = ({ aftermath: _, ...run }: Execution): Execution => run;

/** Harmless beside whoever does it as well. Resolves with the run as it stands then. */
export async function settleCount(deps: SettleDeps, ended: Execution): Promise<Execution> {
  let run = ended;
  for (let tries = 0; isUncounted(run) && isSame(run, ended); tries++) {
    if (tries === TRIES) throw new Error('the task changes too often');
    run = await count(deps, run);
  }
  return run;
}

async function count(deps: SettleDeps, run: Execution): Promise<Execution> {
  const task = await deps.tasks.read(run);
  if (!hasRules(task)) return settled(deps, run);
  const change = countedRun(task, run, deps.clock.nowMs());
  await deps.tasks.updateWithRun(run, change.task, change.run);
  // Written or not, the run says where things stand, also when the answer got lost on the way.
  return (await deps.executions.read(run)) ?? gone(run);
}

const hasRules = (task: Task | undefined): task is Task =>
  task?.definition.stop !== undefined && task.state.status !== 'deleted';

/** Told before the mark goes, so at least once. */
async function tellStop(deps: SettleDeps, run: Execution): Promise<Execution> {
  const task = await deps.tasks.read(run);
  if (task && run.stopped !== undefined) await deps.events.publish(stopEvent(task, run, run.stopped));
  return settled(deps, run);
}

async function settled(deps: SettleDeps, run: Execution): Promise<Execution> {
  const outcome = await deps.executions.update(run, countSettled(run));
  return (outcome.ok ? outcome.record : outcome.existing) ?? gone(run);
}

const gone = ({ tally: _, ...run }: Execution): Execution => run;
