import type { ExecutionKey } from '../../domain/execution.ts';
import {
  OVERDUE_MS,
  SLOT_LOOK_MAX_MS,
  SLOT_LOOK_MIN_MS,
  SQS_MAX_DELAY_SECONDS,
} from '../../domain/limits.ts';
import type { Task } from '../../domain/task.ts';
import { type DurationMs, type EpochMs, SECOND_MS } from '../../domain/time.ts';
import {
  comeBackAt,
  type Delivery,
  type Disposition,
  done,
  type ExecutorDeps,
  hasReceives,
} from './context.ts';
import { reserveStart, type StartPermit } from './rates.ts';
import { giveBackSlot, obtainSlot } from './slots.ts';

/** An attempt that is about to begin, should the caps of its task let it. */
export interface Candidate {
  task: Task;
  key: ExecutionKey;
  attempt: number;
  /** Nonce of this invocation. */
  owner: string;
  /** What its deadline counts from. */
  startedAt: EpochMs;
  /** Since when it waits. */
  dueAt: EpochMs;
}

/** Semaphores that this attempt will hold a slot of: what its run writes down. */
export const slotsOf = ({ definition }: Task): string[] | undefined =>
  definition.concurrency?.map(({ key }) => key);

export const hasCaps = ({ definition }: Task): boolean =>
  definition.concurrency !== undefined || definition.rateLimit !== undefined;

/**
 * `work` claims the run, runs it and finishes it, while its slots are held; whatever becomes of it, they are given back
 * (a run that is handed off takes them along), and dying gives them back with the lease. A run that must wait has
 * written nothing but its place in the line, and no attempt is spent: a scheduled occurrence waits on in its task.
 */
export async function underCaps(
  deps: ExecutorDeps,
  candidate: Candidate,
  delivery: Delivery,
  work: () => Promise<Disposition>,
): Promise<Disposition> {
  const { task, key, owner } = candidate;
  if (!hasCaps(task)) return work();
  const held: string[] = [];
  try {
    // In one order for everybody, so that no two runs hold what the other waits for.
    for (const cap of inOrder(task.definition.concurrency)) {
      if (!(await obtainSlot(deps, candidate, cap)))
        return await awaitSlot(deps, candidate, delivery, cap.key);
      held.push(cap.key);
    }
    const permit = await reserveStart(deps, candidate, inOrder(task.definition.rateLimit));
    if (permit.at > deps.clock.nowMs()) return await awaitInstant(deps, candidate, delivery, permit);
    const disposition = await work();
    if (disposition.kind === 'done' && disposition.goesOn) held.length = 0;
    return disposition;
  } finally {
    for (const slot of held) await giveBackSlot(deps, { tenant: key.tenant, key: slot }, key, owner);
  }
}

const inOrder = <C extends { key: string }>(caps: readonly C[] = []): C[] =>
  caps.toSorted((a, b) => (a.key < b.key ? -1 : 1));

/**
 * Looks again after as long as it has waited, and is woken when a slot comes free. Tick and sweeper hint what is late
 * as well: such a message looks once and does not come back, or there would be ever more of them.
 */
async function awaitSlot(
  deps: ExecutorDeps,
  { task, key, dueAt }: Candidate,
  delivery: Delivery,
  slot: string,
): Promise<Disposition> {
  const nowMs = deps.clock.nowMs();
  const waitedMs = nowMs - dueAt;
  const note = `waits for a slot of ${slot}`;
  if (!hasReceives(delivery) || !carries(delivery, waitedMs)) return done(note);
  return comeBackAt(deps, key, delivery, {
    queue: task.definition.queue,
    at: nowMs + lookAfter(waitedMs),
    note,
  });
}

const lookAfter = (waitedMs: DurationMs): DurationMs =>
  Math.min(SLOT_LOOK_MAX_MS, Math.max(SLOT_LOOK_MIN_MS, waitedMs));

/** Comes back at the very instant that is its own. */
async function awaitInstant(
  deps: ExecutorDeps,
  { task, key, dueAt }: Candidate,
  delivery: Delivery,
  { at, isNew }: StartPermit,
): Promise<Disposition> {
  const note = 'waits for its rate limit';
  const nowMs = deps.clock.nowMs();
  if (!isNew && !carries(delivery, nowMs - dueAt)) return done(note);
  const latest = nowMs + SQS_MAX_DELAY_SECONDS * SECOND_MS;
  return comeBackAt(deps, key, delivery, { queue: task.definition.queue, at: Math.min(at, latest), note });
}

/** The message with which the run came due or was kept since, and not a repetition by tick or sweeper. */
const carries = ({ receiveCount }: Delivery, waitedMs: DurationMs): boolean =>
  receiveCount > 1 || waitedMs < OVERDUE_MS;
