import { afterFailure, maySnooze, snoozedTooOften } from '../../domain/after-failure.ts';
import { CANARY_RETENTION_MS, isCanary } from '../../domain/canary.ts';
import { linksOf, unsettledSuccess } from '../../domain/chain.ts';
import type { Change, Outcome } from '../../domain/change.ts';
import type { Execution, HandOffOutcome } from '../../domain/execution.ts';
import { failed, snoozed, stopped } from '../../domain/execution-failures.ts';
import { succeeded } from '../../domain/execution-transitions.ts';
import type { Failure } from '../../domain/failure.ts';
import { handedOff } from '../../domain/hand-off.ts';
import { INLINE_JSON_BYTES } from '../../domain/limits.ts';
import { scheduledOccurrence } from '../../domain/occurrence.ts';
import { uncountedEnd } from '../../domain/stop-rules.ts';
import { SECOND_MS } from '../../domain/time.ts';
import type { HandlerResult } from '../../ports.ts';
import { settleFailure } from '../chain/settle.ts';
import { announceEnd } from '../lifecycle-events/announce.ts';
import { isUnsettled, settleEnd } from '../run-end/settle-end.ts';
import { markedSuccess } from '../run-end/stop-condition.ts';
import {
  type Claim,
  comeBackAt,
  type Delivery,
  type Disposition,
  done,
  type EndDeps,
  hintAt,
} from './context.ts';
import { keepSlots } from './slots.ts';

/** A result is worth some patience with a store that is away: longer than the SDK's own retries. */
const WRITE_TRIES = 4;

/** An attempt that ends: its executor says so for the handler, API and sweeper for the holder of its token. */
export type Ending = Pick<Claim, 'task' | 'run' | 'owner'>;

/** FIN (W3): one conditional write says how the attempt ended. `also` is written with it. */
export async function finish(
  deps: EndDeps,
  claim: Ending,
  result: HandlerResult,
  delivery: Delivery,
  also: Partial<Execution> = {},
): Promise<Disposition> {
  const canary = isCanary(claim.run);
  const { definition } = claim.task;
  const common = {
    owner: claim.owner,
    nowMs: deps.clock.nowMs(),
    retentionMs: canary ? Math.min(CANARY_RETENTION_MS, deps.retentionMs) : deps.retentionMs,
    ...(delivery.requestId === undefined ? {} : { requestId: delivery.requestId }),
  };
  const write = (change: Change<Execution>) =>
    writeEnd(deps, claim, { ...change, set: { ...also, ...change.set } });
  const lost = (existing: Execution | undefined) => declaredLost(deps, claim, existing, delivery);
  const stop = async (failure: Failure): Promise<Disposition> => {
    const cancelled = await write(stopped(claim.run, { ...common, failure }));
    if (!cancelled.ok) return lost(cancelled.existing);
    delivery.alongside(announceEnd(deps, cancelled.record));
    letGo(deps, claim, delivery);
    return done('cancelled on request');
  };
  const refused = (existing: Execution | undefined, failure: Failure) =>
    existing?.cancelRequested ? stop(failure) : lost(existing);

  if (result.kind === 'success') {
    const more = await markedSuccess(deps, claim, result.result);
    const plain = succeeded(claim.run, {
      ...common,
      result: await storedResult(deps, claim.run, result.result),
      more,
    });
    // Others follow it: the tasks that hang on it, or the dead letters that wait for their canary.
    const follows = linksOf(definition, 'success').length > 0 || claim.run.canary !== undefined;
    const written = await write(follows ? unsettledSuccess(plain, claim.run, common.nowMs) : plain);
    if (!written.ok) return lost(written.existing);
    if (canary) deps.metrics.canaryRan();
    else deps.metrics.runSucceeded();
    delivery.alongside(announceEnd(deps, written.record));
    letGo(deps, claim, delivery);
    if (isUnsettled(written.record)) await settleEnd(deps, definition, written.record);
    return done('success');
  }
  if (result.kind === 'pending') {
    const pending = { ...common, seconds: result.timeoutSeconds };
    if (!(await keepSlots(deps, claim.run, pending)))
      return done('its slots are gone, and so is its lease; the sweeper goes on');
    const written = await write(handedOff(claim.run, pending));
    if (written.ok) return { ...done('handed off'), goesOn: true };
    return refused(written.existing, stoppedBefore('handed off'));
  }
  const { queue, retry, stop: stopRules } = definition;
  const failure: Failure = result.kind === 'failed' ? result : snoozedTooOften(result.reason);
  if (result.kind === 'snoozed' && maySnooze(claim.run)) {
    const at = common.nowMs + result.seconds * SECOND_MS;
    const written = await write(snoozed(claim.run, { ...common, nextAttemptAt: at, reason: result.reason }));
    if (!written.ok) return refused(written.existing, stoppedBefore('put off'));
    return comeBackAt(deps, claim.run, delivery, { queue, at, note: 'put off' });
  }
  const after = afterFailure(claim.run, retry, failure, common.nowMs, () => deps.random.next());
  const written = await write(
    failed(claim.run, {
      ...common,
      after,
      target: definition.target,
      more: uncountedEnd(claim.run, stopRules, { success: false }),
    }),
  );
  if (!written.ok) return refused(written.existing, failure);
  if (!canary) deps.metrics.attemptFailed();
  if (after.nextAttemptAt === undefined) {
    if (!canary) deps.metrics.runDead();
    letGo(deps, claim, delivery);
    await settleEnd(deps, definition, written.record);
    return done(`dead: ${written.record.reason}`);
  }
  await settleFailure(deps, definition, written.record);
  return comeBackAt(deps, claim.run, delivery, { queue, at: after.nextAttemptAt, note: 'retrying' });
}

/** The run that waits for this one in a backfill; should its hint be lost, the sweeper has another. */
function letGo(deps: EndDeps, { run, task }: Ending, delivery: Delivery): void {
  if (run.behind === undefined) return;
  const at = deps.clock.nowMs();
  delivery.alongside(hintAt(deps, { ...run, occurrence: run.behind }, { queue: task.definition.queue, at }));
}

const stoppedBefore = (what: string): Failure => ({
  cause: 'aborted',
  errorType: 'AbortError',
  errorMessage: `Stopped on request, when it was about to be ${what}`,
  nonRetryable: false,
});

/** FIN refused: the run is another's by now, or the holder of our token has said already how it ended. */
async function declaredLost(
  deps: EndDeps,
  claim: Ending,
  existing: Execution | undefined,
  delivery: Delivery,
): Promise<Disposition> {
  const ours =
    existing?.status === 'running' &&
    existing.owner === claim.owner &&
    existing.attempt === claim.run.attempt;
  if (!ours || existing.earlyOutcome === undefined || claim.run.earlyOutcome !== undefined)
    return done('declared lost before it reported its end');
  return finish(deps, { ...claim, run: existing }, resultOf(existing.earlyOutcome), delivery);
}

export const resultOf = (outcome: HandOffOutcome): HandlerResult =>
  outcome.kind === 'success'
    ? { kind: 'success', result: JSON.parse(outcome.json) }
    : { ...outcome, cause: 'error' };

/** Overlap forbid and queue: an occurrence that came due meanwhile waits in the task itself; wake it. */
export async function wakeNext(
  deps: Pick<EndDeps, 'tasks' | 'clock' | 'queues' | 'log'>,
  run: Execution,
): Promise<void> {
  const task = await deps.tasks.read(run);
  const dueAt = task?.state.status === 'active' ? task.state.nextRunAt : undefined;
  if (task === undefined || dueAt === undefined || dueAt > deps.clock.nowMs()) return;
  const key = { tenant: run.tenant, taskId: run.taskId, occurrence: scheduledOccurrence(dueAt) };
  await hintAt(deps, key, { queue: task.definition.queue, at: dueAt });
}

/** Small results live in the run, large ones beside it, stored before the success that shows them. */
async function storedResult(deps: EndDeps, run: Execution, value: unknown): Promise<Partial<Execution>> {
  const json = JSON.stringify(value ?? null);
  if (Buffer.byteLength(json) <= INLINE_JSON_BYTES) return { result: json };
  await persist(deps, () =>
    deps.executions.putDocument(run, 'result', json, deps.clock.nowMs() + deps.retentionMs),
  );
  return { resultStored: true };
}

async function writeEnd(
  deps: EndDeps,
  { run, owner }: Ending,
  change: Change<Execution>,
): Promise<Outcome<Execution>> {
  const outcome = await persist(deps, () => deps.executions.update(run, change));
  if (outcome.ok) return outcome;
  // The answer to a write that happened may have got lost on the way, and the SDK asked again.
  const { existing } = outcome;
  const ours =
    existing?.owner === owner &&
    existing.attempt === run.attempt &&
    existing.status === (change.set.status ?? 'running') &&
    existing.pendingSeconds === change.set.pendingSeconds;
  return ours ? { ok: true, record: existing } : outcome;
}

async function persist<T>(deps: EndDeps, work: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await work();
    } catch (error) {
      if (tries === WRITE_TRIES) throw error;
      await deps.clock.sleep(tries * SECOND_MS);
    }
  }
}
