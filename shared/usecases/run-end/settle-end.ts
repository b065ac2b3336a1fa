import { type Execution, isFinal } from '../../domain/execution.ts';
import { stopEvent } from '../../domain/lifecycle-event.ts';
import { executionId } from '../../domain/occurrence.ts';
import { countedRun, countSettled, isUncounted } from '../../domain/stop-rules.ts';
import type { Task, TaskDefinition } from '../../domain/task.ts';
import type { Events } from '../../ports.ts';
import { settleDeath, settleSuccess } from '../chain/settle.ts';
import type { ChainDeps } from '../chain/trigger-chained.ts';

export type SettleDeps = ChainDeps & { events: Events };

/** Others may count at the same time; whoever loses this often leaves it to the sweeper. */
const TRIES = 6;

/** Something is left to do for this run, though it ended. */
export const isUnsettled = (run: Execution): boolean =>
  isFinal(run.status) && (run.tally !== undefined || run.aftermath === 'pending' || run.letter === 'pending');

/**
 * What the end of a run leaves to do, in this order: it is counted for the stop rules of its task, the stop is told,
 * the tasks that hang on its outcome are triggered, its dead letter goes out. Each step is idempotent and takes its
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
    if (run.tally === 'untold' && run.epoch === ended.epoch) run = await tellStop(deps, run);
    if (run.epoch !== ended.epoch) return true;
    if (run.status === 'dead' && run.letter === 'pending') return await settleDeath(deps, definition, run);
    if (run.aftermath === 'pending') return await settleSuccess(deps, definition, run);
    return true;
  } catch (error) {
    deps.log.error('end not settled; the sweeper goes on', { executionId: executionId(ended) }, error);
    return false;
  }
}

/** Harmless beside whoever does it as well. Resolves with the run as it stands then. */
export async function settleCount(deps: SettleDeps, ended: Execution): Promise<Execution> {
  let run = ended;
  for (let tries = 0; isUncounted(run) && run.epoch === ended.epoch; tries++) {
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
