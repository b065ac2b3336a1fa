import { failuresInBudget } from '../../domain/attempt-budget.ts';
import { CANARY_RETENTION_MS, isCanary } from '../../domain/canary.ts';
import type { Change, Outcome } from '../../domain/change.ts';
import type { Execution } from '../../domain/execution.ts';
import { failed, stopped, succeeded } from '../../domain/execution-transitions.ts';
import type { Failure } from '../../domain/failure.ts';
import { INLINE_JSON_BYTES } from '../../domain/limits.ts';
import { retryDelayMs } from '../../domain/retry-policy.ts';
import { type EpochMs, SECOND_MS } from '../../domain/time.ts';
import type { HandlerResult } from '../../ports.ts';
import { sendLetter } from '../dead-letter/send-letter.ts';
import { announceEnd } from '../lifecycle-events/announce.ts';
import {
  type Claim,
  comeBackAt,
  type Delivery,
  type Disposition,
  done,
  type ExecutorDeps,
  hintAt,
} from './context.ts';

/** A result is worth some patience with a store that is away: longer than the SDK's own retries. */
const WRITE_TRIES = 4;

/** FIN (W3): one conditional write says how the attempt ended. Refused: we were declared lost, say nothing. */
export async function finish(
  deps: ExecutorDeps,
  claim: Claim,
  result: HandlerResult,
  delivery: Delivery,
): Promise<Disposition> {
  const canary = isCanary(claim.run);
  const common = {
    owner: claim.owner,
    nowMs: deps.clock.nowMs(),
    retentionMs: canary ? Math.min(CANARY_RETENTION_MS, deps.retentionMs) : deps.retentionMs,
    requestId: delivery.requestId,
  };
  if (result.kind === 'success') {
    const change = succeeded(claim.run, {
      ...common,
      result: await storedResult(deps, claim.run, result.result),
    });
    const written = await write(deps, claim, change);
    if (!written.ok) return done('declared lost before it reported success');
    if (canary) deps.metrics.canaryRan();
    else deps.metrics.runSucceeded();
    delivery.alongside(announceEnd(deps, written.record));
    letGo(deps, claim, delivery);
    return done('success');
  }
  const failure: Failure = { ...result, nonRetryable: result.nonRetryable };
  const nextAttemptAt = nextAttempt(deps, claim, result, common.nowMs);
  const written = await write(deps, claim, failed(claim.run, { ...common, failure, nextAttemptAt }));
  if (!written.ok) {
    if (!written.existing?.cancelRequested) return done('declared lost before it reported a failure');
    const cancelled = await write(deps, claim, stopped(claim.run, { ...common, failure }));
    if (!cancelled.ok) return done('declared lost');
    delivery.alongside(announceEnd(deps, cancelled.record));
    letGo(deps, claim, delivery);
    return done('cancelled on request');
  }
  if (!canary) deps.metrics.attemptFailed();
  if (nextAttemptAt === undefined) {
    if (!canary) deps.metrics.runDead();
    letGo(deps, claim, delivery);
    await sendLetter(deps, written.record);
    return done(`dead: ${written.record.reason}`);
  }
  const { queue } = claim.task.definition;
  return comeBackAt(deps, claim.run, delivery, { queue, at: nextAttemptAt, note: 'retrying' });
}

/** The run that waits for this one in a backfill; should its hint be lost, the sweeper has another. */
function letGo(deps: ExecutorDeps, { run, task }: Claim, delivery: Delivery): void {
  if (run.behind === undefined) return;
  const at = deps.clock.nowMs();
  delivery.alongside(hintAt(deps, { ...run, occurrence: run.behind }, { queue: task.definition.queue, at }));
}

/** When the policy runs it again; undefined = never. */
function nextAttempt(
  deps: ExecutorDeps,
  { run, task }: Claim,
  result: Extract<HandlerResult, { kind: 'failed' }>,
  nowMs: EpochMs,
): EpochMs | undefined {
  if (result.nonRetryable || run.attempt >= run.maxAttempts) return undefined;
  if (result.retryAfterSeconds !== undefined) return nowMs + result.retryAfterSeconds * SECOND_MS;
  return (
    nowMs +
    retryDelayMs(task.definition.retry, failuresInBudget(run, task.definition.retry.limit), () =>
      deps.random.next(),
    )
  );
}

/** Small results live in the run, large ones beside it, stored before the success that shows them. */
async function storedResult(deps: ExecutorDeps, run: Execution, value: unknown): Promise<Partial<Execution>> {
  const json = JSON.stringify(value ?? null);
  if (Buffer.byteLength(json) <= INLINE_JSON_BYTES) return { result: json };
  await persist(deps, () =>
    deps.executions.putDocument(run, 'result', json, deps.clock.nowMs() + deps.retentionMs),
  );
  return { resultStored: true };
}

async function write(
  deps: ExecutorDeps,
  { run, owner }: Claim,
  change: Change<Execution>,
): Promise<Outcome<Execution>> {
  const outcome = await persist(deps, () => deps.executions.update(run, change));
  if (outcome.ok) return outcome;
  // The answer to a write that happened may have got lost on the way, and the SDK asked again.
  const { existing } = outcome;
  const ours =
    existing?.owner === owner && existing.attempt === run.attempt && existing.status === change.set.status;
  return ours ? { ok: true, record: existing } : outcome;
}

async function persist<T>(deps: ExecutorDeps, work: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await work();
    } catch (error) {
      if (tries === WRITE_TRIES) throw error;
      await deps.clock.sleep(tries * SECOND_MS);
    }
  }
}
