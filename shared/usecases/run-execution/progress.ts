import type { Execution } from '../../domain/execution.ts';
import { reportedProgress } from '../../domain/execution-transitions.ts';
import { executionId } from '../../domain/occurrence.ts';
import { SECOND_MS } from '../../domain/time.ts';
import type { Claim, Delivery, ExecutorDeps } from './context.ts';

/** Reports closer together than this are merged: each one is a write. */
const PROGRESS_EVERY_MS = 2 * SECOND_MS;

export interface Progress {
  report(progress: { percent?: number; message?: string }): void;
  /** Ends it: the last report, where no write has it yet, for the end of the attempt to carry along. */
  unsaved(): Partial<Pick<Execution, 'progress'>>;
}

/** Shows how far a run is: the first report at once, then the newest every few seconds. */
export function progressOf(deps: ExecutorDeps, { run, owner }: Claim, delivery: Delivery): Progress {
  const { clock, log } = deps;
  let newest: string | undefined;
  let nextAtMs = clock.monotonicMs();
  let waiting = false;

  const save = async (progress: string): Promise<void> => {
    newest = undefined;
    nextAtMs = clock.monotonicMs() + PROGRESS_EVERY_MS;
    try {
      await deps.executions.update(run, reportedProgress(run, owner, progress));
    } catch (error) {
      log.warn('progress not stored', { executionId: executionId(run), error: String(error) });
    }
  };
  const saveLater = async (): Promise<void> => {
    waiting = true;
    await clock.sleep(Math.max(0, nextAtMs - clock.monotonicMs()));
    waiting = false;
    if (newest !== undefined) delivery.alongside(save(newest));
  };
  return {
    report(progress) {
      newest = JSON.stringify(progress);
      if (waiting) return;
      if (clock.monotonicMs() >= nextAtMs) delivery.alongside(save(newest));
      else void saveLater();
    },
    unsaved() {
      const last = newest;
      newest = undefined;
      return last === undefined ? {} : { progress: last };
    },
  };
}
