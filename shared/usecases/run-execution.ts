import { type ExecutionKey, isFinal } from '../domain/execution.ts';
import { EARLY_WAIT_MS } from '../domain/limits.ts';
import { dueAtOf, isManual } from '../domain/occurrence.ts';
import type { Hint } from '../messages.ts';
import { claimOccurrence } from './run-execution/claim-occurrence.ts';
import {
  comeBackAt,
  type Delivery,
  type Disposition,
  done,
  type ExecutorDeps,
} from './run-execution/context.ts';
import { isPending } from './run-execution/eligibility.ts';
import { takeOver } from './run-execution/take-over.ts';

/**
 * What one hint sets in motion: claim the occurrence (put if absent) → advance the task → run → finish.
 *
 * If we die …                          what is left                      who repairs it
 * before the claim (W1)                task due and not advanced         tick: overdue hint
 * between claim (W1) and advance (W2)  run under lease, task due         sweeper expires the lease; take-over advances
 * between advance and finish (FIN)     run under lease                   sweeper expires the lease
 * after a failed attempt's FIN         run retrying                      its message, else the sweeper
 * after a death's FIN                  run dead, letter pending          sweeper sends the letter
 *
 * Rejects only when a store or queue is away; then nothing is decided and the message comes again.
 */
export async function runExecution(deps: ExecutorDeps, hint: Hint, delivery: Delivery): Promise<Disposition> {
  const key: ExecutionKey = { tenant: hint.tenant, taskId: hint.taskId, occurrence: hint.occurrence };
  const dueAt = dueAtOf(key.occurrence);
  if (dueAt - deps.clock.nowMs() > EARLY_WAIT_MS) {
    const revived = isManual(key.occurrence) ? await deps.executions.read(key) : undefined;
    // A person who makes a delayed run run again does not mean its old delay.
    if (revived?.status === 'queued' && revived.epoch > 0) return takeOver(deps, revived, delivery);
    return comeBackAt(deps, key, delivery, { queue: delivery.queue, at: dueAt, note: 'not due yet' });
  }
  // Timers may wake a little early, and nothing is ever claimed before it is due.
  for (let early = dueAt - deps.clock.nowMs(); early > 0; early = dueAt - deps.clock.nowMs()) {
    await deps.clock.sleep(early);
  }
  const task = await deps.tasks.read(key);
  if (task && isPending(task, key)) return claimOccurrence(deps, key, task, delivery);

  const seen = await deps.executions.read(key);
  if (seen === undefined) return done('nothing to run: the task moved on');
  if (isFinal(seen.status) || seen.status === 'running') return done(`already ${seen.status}`);
  return takeOver(deps, seen, delivery);
}
