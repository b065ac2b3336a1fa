import type { CompleteInput, FailInput, HeartbeatInput } from '../../contract/hand-off.ts';
import { SchedulerError } from '../../domain/errors.ts';
import type { Execution, HandOff, HandOffOutcome } from '../../domain/execution.ts';
import { extendedHandOff, hashOf, tenantOfToken, toldEarly, withOutcome } from '../../domain/hand-off.ts';
import { parseExecutionId } from '../../domain/occurrence.ts';
import type { Principal } from '../../domain/principal.ts';
import type { Metrics, Random } from '../../ports.ts';
import { withoutMessage } from '../run-execution/context.ts';
import { finish, resultOf, wakeNext } from '../run-execution/finish.ts';
import { isExclusive } from '../run-execution/overlap.ts';
import { giveBackSlots, keepSlots } from '../run-execution/slots.ts';
import { type ManageRunsDeps, runConflict, untilWritten } from './context.ts';

export interface HandOffDeps extends ManageRunsDeps {
  random: Random;
  metrics: Metrics;
}

const TOO_MANY_REQUESTS = 429;

export const completeRun = (
  deps: HandOffDeps,
  id: string,
  { token, result }: CompleteInput,
  requestId: string,
): Promise<Execution> => {
  const outcome = { kind: 'success', json: JSON.stringify(result ?? null) } as const;
  return settle(deps, id, token, outcome, requestId);
};

export const failRun = (
  deps: HandOffDeps,
  id: string,
  { token, error }: FailInput,
  requestId: string,
): Promise<Execution> => {
  const { type, message, nonRetryable = false, retryAfterSeconds, httpStatus } = error;
  const outcome = {
    kind: 'failed',
    errorType: type,
    errorMessage: message,
    nonRetryable,
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
    ...(httpStatus === undefined ? {} : { httpStatus }),
    ...(httpStatus === TOO_MANY_REQUESTS ? { throttled: true } : {}),
  } as const;
  return settle(deps, id, token, outcome, requestId);
};

/**
 * The end of an attempt by the holder of its token, as FIN would write it. Saying the same again is harmless, also
 * after a crash in between; another word, or one about an attempt that is over, is refused.
 */
function settle(
  deps: HandOffDeps,
  id: string,
  token: string,
  outcome: HandOffOutcome,
  requestId: string,
): Promise<Execution> {
  const outcomeHash = hashOf(JSON.stringify(outcome));
  const action = outcome.kind === 'success' ? 'complete' : 'fail';
  return untilWritten(id, action, async () => {
    const { run, handOff } = await heldBy(deps, id, token);
    if (handOff.outcomeHash === outcomeHash) return run;
    requireOpen(id, run, handOff, action);
    const handOffs = withOutcome(run.handOffs ?? [], handOff.tokenHash, outcomeHash);
    if (run.pendingSeconds === undefined) {
      const early = await deps.executions.update(run, toldEarly(run, outcome, handOffs));
      return early.ok ? early.record : undefined;
    }
    const task = await deps.tasks.read(run);
    if (!task) throw runConflict(id, run.status, action, 'The task of this execution has been deleted');
    const { delivery, over } = withoutMessage(requestId);
    const end = { ...deps, queues: deps.workQueues };
    // First: its work is over by its holder's own word, and dying in between must not keep the slots for a week.
    await giveBackSlots(end, run);
    await finish(end, { task, run, owner: run.owner ?? '' }, resultOf(outcome), delivery, { handOffs });
    if (isExclusive(task)) await wakeNext(end, run);
    await over();
    deps.metrics.flush();
    // Read again: what stands there now is ours, or the word of whoever was faster.
    return undefined;
  });
}

/** The holder is still at work. */
export function beatHandOff(
  deps: HandOffDeps,
  id: string,
  { token, progress }: HeartbeatInput,
): Promise<Execution> {
  return untilWritten(id, 'heartbeat', async () => {
    const { run, handOff } = await heldBy(deps, id, token);
    requireOpen(id, run, handOff, 'heartbeat');
    const nowMs = deps.clock.nowMs();
    const change = extendedHandOff(run, {
      nowMs,
      ...(progress === undefined ? {} : { progress: JSON.stringify(progress) }),
    });
    if (!change) return run;
    if (
      change.set.leaseUntil !== undefined &&
      !(await keepSlots(deps, run, { nowMs, seconds: run.pendingSeconds ?? 0 }))
    )
      throw runConflict(id, run.status, 'heartbeat', 'The time that the holder of this token had is over');
    const extended = await deps.executions.update(run, change);
    return extended.ok ? extended.record : undefined;
  });
}

/** Who speaks when a token does: its holder, whoever that is, may see this one run. */
export async function holderOf(deps: HandOffDeps, id: string, token: string): Promise<Principal> {
  const { run, handOff } = await heldBy(deps, id, token);
  // Operator: it is shown what it gave itself.
  return { tenant: run.tenant, role: 'operator', actor: `handOff:${id}/${handOff.attempt}` };
}

/** A stranger learns nothing, not even whether there is such a run. */
async function heldBy(
  deps: HandOffDeps,
  id: string,
  token: string,
): Promise<{ run: Execution; handOff: HandOff }> {
  const key = parseExecutionId(id);
  const tenant = tenantOfToken(token);
  const run = key && tenant ? await deps.executions.read({ tenant, ...key }) : undefined;
  const tokenHash = hashOf(token);
  const handOff = run?.handOffs?.find((one) => one.tokenHash === tokenHash);
  if (run && handOff) return { run, handOff };
  const reason = 'the token is not one of this execution';
  throw new SchedulerError('unauthenticated', 'The token is not one of this execution', { reason });
}

function requireOpen(id: string, run: Execution, handOff: HandOff, action: string): void {
  const refuse = (why: string) => runConflict(id, run.status, action, why);
  if (handOff.outcomeHash !== undefined)
    throw refuse('The holder of this token has said already how it ended');
  if (handOff.attempt !== run.attempt)
    throw refuse(`The token is of attempt ${handOff.attempt}; by now it is attempt ${run.attempt}`);
  if (run.status !== 'running')
    throw refuse(`The attempt of this token is over: the execution is ${run.status}`);
}
