import type { Execution, ExecutionKey } from '../../domain/execution.ts';
import { leaseAt } from '../../domain/lease.ts';
import { FLOW_ITEM_KEPT_MS, GRACE_MS } from '../../domain/limits.ts';
import {
  awaitSlot,
  parseSlotName,
  releaseSlot,
  type SemaphoreKey,
  slotName,
  takeSlot,
} from '../../domain/semaphore.ts';
import type { ConcurrencyCap, TaskDefinition } from '../../domain/task.ts';
import { type EpochMs, SECOND_MS } from '../../domain/time.ts';
import type { Semaphores } from '../../flow-ports.ts';
import type { Clock, Log, WorkQueues } from '../../ports.ts';
import { hintAt } from './context.ts';

/** Each refusal shows what stands, and is decided anew; whoever loses this often in a row waits. */
const TRIES = 8;

interface Taker {
  key: ExecutionKey;
  attempt: number;
  owner: string;
  startedAt: EpochMs;
  dueAt: EpochMs;
  task: { definition: Pick<TaskDefinition, 'queue' | 'timeoutSeconds'> };
}

/**
 * Takes a slot, or enters the line of those who wait for one. Dying afterwards leaves a slot until its lease ends, or a
 * name in the line that costs somebody a message.
 */
export async function obtainSlot(
  { semaphores, clock }: { semaphores: Semaphores; clock: Clock },
  taker: Taker,
  cap: ConcurrencyCap,
): Promise<boolean> {
  const { key, owner, attempt, startedAt, dueAt } = taker;
  const { queue, timeoutSeconds } = taker.task.definition;
  // With heartbeats the run's lease may end sooner, but never later.
  const until = leaseAt(startedAt + timeoutSeconds * SECOND_MS);
  const semaphore: SemaphoreKey = { tenant: key.tenant, key: cap.key };
  const name = slotName(key);
  let seen = await semaphores.read(semaphore);
  for (let tries = 0; tries < TRIES; tries++) {
    const step = takeSlot(seen, {
      name,
      holder: { nonce: owner, attempt, until },
      limit: cap.limit,
      nowMs: clock.nowMs(),
      keptUntil: until + FLOW_ITEM_KEPT_MS,
    });
    if (step === 'held') return true;
    if (step === 'rival') return false;
    const waiter = { dueAt, queue };
    const change = step === 'full' ? seen && awaitSlot(seen, { name, waiter, limit: cap.limit }) : step;
    if (change === undefined) return false;
    const outcome = await semaphores.update(semaphore, change);
    if (outcome.ok && change.kind === 'wait') return false;
    if (outcome.ok && change.kind !== 'evict') return true;
    seen = outcome.ok ? outcome.record : outcome.existing;
  }
  return false;
}

interface ReleaseDeps {
  semaphores: Semaphores;
  clock: Clock;
  queues: WorkQueues;
  log: Log;
}

/**
 * Gives a slot back, if it is still ours, and wakes who is due longest of those who wait. Never throws: a slot that is
 * not given back ends with its lease, and who is not woken looks again by himself.
 */
export async function giveBackSlot(
  deps: ReleaseDeps,
  semaphore: SemaphoreKey,
  key: ExecutionKey,
  nonce: string,
): Promise<void> {
  const held = { name: slotName(key), nonce };
  try {
    let seen = await deps.semaphores.read(semaphore);
    for (let tries = 0; tries < TRIES; tries++) {
      const change = releaseSlot(seen, held);
      if (change?.kind !== 'release') return;
      const outcome = await deps.semaphores.update(semaphore, change);
      if (outcome.ok) {
        const waiter = change.wakes === undefined ? undefined : seen?.waiters[change.wakes];
        if (change.wakes !== undefined && waiter !== undefined)
          await wake(deps, semaphore, change.wakes, waiter.queue);
        return;
      }
      seen = outcome.existing;
    }
    await deps.semaphores.update(semaphore, { kind: 'release', ...held, wakes: undefined });
  } catch (error) {
    deps.log.warn('slot not given back; it ends with its lease', {
      slot: semaphore.key,
      error: String(error),
    });
  }
}

/** All slots of a run that nothing here works at: one that was handed off, or whose lease is over. */
export async function giveBackSlots(deps: ReleaseDeps, run: Execution): Promise<void> {
  for (const key of run.slots ?? [])
    await giveBackSlot(deps, { tenant: run.tenant, key }, run, run.owner ?? '');
}

/**
 * A run that goes on outside keeps its slots for as long as its lease will be; told before that is written, and counted
 * from the same instant, so that no slot ends sooner, however long the process stands still in between. False when one
 * of them is somebody else's by now: then the lease was over as well.
 */
export async function keepSlots(
  { semaphores }: { semaphores: Semaphores },
  run: Execution,
  q: { nowMs: EpochMs; seconds: number },
): Promise<boolean> {
  const until = q.nowMs + q.seconds * SECOND_MS + GRACE_MS;
  for (const key of run.slots ?? []) {
    const slot = { name: slotName(run), nonce: run.owner ?? '' };
    const change = { kind: 'extend', ...slot, until, keptUntil: until + FLOW_ITEM_KEPT_MS } as const;
    if (!(await semaphores.update({ tenant: run.tenant, key }, change)).ok) return false;
  }
  return true;
}

const wake = (deps: ReleaseDeps, { tenant }: SemaphoreKey, name: string, queue: string): Promise<void> =>
  hintAt(deps, { tenant, ...parseSlotName(name) }, { queue, at: deps.clock.nowMs() });
