import { spanMs } from '../../domain/lease.ts';
import { KILL_MS, START_BUDGET_MS } from '../../domain/limits.ts';
import { executionId, idempotencyKey } from '../../domain/occurrence.ts';
import { type DurationMs, SECOND_MS, toIso } from '../../domain/time.ts';
import type { HandlerResult } from '../../ports.ts';
import {
  type Claim,
  type Delivery,
  type Disposition,
  done,
  type ExecutorDeps,
  elapsedMs,
} from './context.ts';
import { finish, wakeNext } from './finish.ts';
import { hasCaps } from './flow-control.ts';
import { tokenGiver } from './hand-off.ts';
import { keepLease } from './heartbeats.ts';
import { isExclusive } from './overlap.ts';
import { progressOf } from './progress.ts';
import { payloadOf } from './render-payload.ts';
import { surroundingsOf, taskContextOf } from './run-context.ts';

/** How soon a request to stop reaches a handler, at one read each. */
const STOP_LOOK_MS = 5 * SECOND_MS;

/**
 * RUN and FIN. The handler begins only while the permission is fresh and the deadline ahead; otherwise nothing is
 * written and the sweeper finds the lease expired.
 */
export async function runAttempt(deps: ExecutorDeps, claim: Claim, delivery: Delivery): Promise<Disposition> {
  const { clock } = deps;
  const { run, task } = claim;
  const payload = await payloadOf(deps, claim);
  const timeoutMs = task.definition.timeoutSeconds * SECOND_MS;
  const leftMs = timeoutMs - elapsedMs(clock, claim.t0);
  // Never more than what is left.
  const firstSignMs = spanMs(task.definition, 0) - elapsedMs(clock, claim.t0);
  if (elapsedMs(clock, claim.confirmed) > START_BUDGET_MS || firstSignMs <= 0) {
    return done('too late to begin; the sweeper goes on');
  }
  countLateness(deps, claim);
  const progress = progressOf(deps, claim, delivery);
  const stop = watchForStop(deps, claim);
  const lease =
    task.definition.heartbeatSeconds === undefined ? undefined : keepLease(deps, claim, stop.because);
  const result: HandlerResult =
    payload.kind === 'failed'
      ? payload.failure
      : await deps.handlers.run({
          handler: task.definition.handler,
          ...(task.definition.target === undefined ? {} : { target: task.definition.target }),
          payload: payload.value,
          execution: {
            id: executionId(run),
            idempotencyKey: idempotencyKey(run),
            taskId: run.taskId,
            taskName: run.taskName,
            tenant: run.tenant,
            attempt: run.attempt,
            maxAttempts: run.maxAttempts,
            scheduledAt: toIso(run.scheduledAt),
            trigger: run.trigger,
            queue: run.queue,
          },
          task: taskContextOf(task),
          surroundings: surroundingsOf(deps, run),
          timeoutMs: leftMs,
          signal: stop.signal,
          onProgress: progress.report,
          ...(lease ? { heartbeatMs: firstSignMs, onHeartbeat: lease.beat } : {}),
          onHandOff: tokenGiver(deps, claim),
        });
  stop.end();
  lease?.end();
  warnIfLate(deps, claim, timeoutMs);
  const disposition = await finish(deps, claim, result, delivery, progress.unsaved());
  if (isExclusive(task)) await wakeNext(deps, run);
  return disposition;
}

/** Of what the scheduler is to have begun on time: not a manual run, and none that its task lets wait. */
function countLateness({ metrics }: ExecutorDeps, { run, task }: Claim): void {
  const mayWait = task.definition.overlap === 'queue' || hasCaps(task);
  const onTime = run.attempt === 1 && run.trigger === 'schedule' && !mayWait;
  if (onTime && run.latenessMs !== undefined) metrics.startedLate(run.latenessMs);
}

/** While the handler runs, somebody may ask it to stop: a read every few seconds, none for short runs. */
function watchForStop(deps: ExecutorDeps, { run, owner }: Claim) {
  const stop = new AbortController();
  const because = (why: string) => stop.abort(new Error(why));
  let over = false;
  const look = async () => {
    for (;;) {
      await deps.clock.sleep(STOP_LOOK_MS);
      if (over) return;
      const now = await deps.executions.read(run).catch(() => undefined);
      const ours = now?.status === 'running' && now.owner === owner && now.attempt === run.attempt;
      if (now?.cancelRequested && ours) return because('somebody asked this run to stop');
    }
  };
  void look();
  return {
    signal: stop.signal,
    because,
    end: () => {
      over = true;
    },
  };
}

/** A handler that outlives its lease would break the promise that none runs twice: it must show. */
function warnIfLate(deps: ExecutorDeps, claim: Claim, timeoutMs: DurationMs): void {
  if (elapsedMs(deps.clock, claim.t0) > timeoutMs + KILL_MS) {
    deps.log.error('a handler outlived its deadline', { executionId: executionId(claim.run) });
  }
}
