import { type EndReason, type Execution, isFinal } from '../../domain/execution.ts';
import { waitsSince } from '../../domain/execution-parts.ts';
import { endedWaiting, startedAttempt } from '../../domain/execution-transitions.ts';
import { firstLease } from '../../domain/lease.ts';
import { MANUAL_WAIT_MS } from '../../domain/limits.ts';
import { executionId, isManual, parseRunPointer, runPointer } from '../../domain/occurrence.ts';
import { claimedPointer } from '../../domain/task-transitions.ts';
import { SECOND_MS } from '../../domain/time.ts';
import { readTimetable } from '../calendars/read-timetable.ts';
import { settleFailure } from '../chain/settle.ts';
import { announceEnd } from '../lifecycle-events/announce.ts';
import { advance } from './advance.ts';
import { runAttempt } from './attempt.ts';
import {
  comeBackAt,
  type Delivery,
  type Disposition,
  done,
  type ExecutorDeps,
  hasReceives,
  type Mark,
  mark,
} from './context.ts';
import { hasTimeFor, isPending, planToRun } from './eligibility.ts';
import { type Candidate, slotsOf, underCaps } from './flow-control.ts';
import { isExclusive, livePrevious } from './overlap.ts';

/** How soon at least a run that waits behind another one looks again; the end of that one is not announced to it. */
const WAIT_LOOK_MIN_MS = 10 * SECOND_MS;
const WAIT_LOOK_MAX_MS = 60 * SECOND_MS;

/**
 * Step D: a run that exists and waits (a retry, a person's trigger or retry, a crash's leftover). The task is
 * read after the run, so that what permits the run cannot be older than the run itself.
 */
export async function takeOver(
  deps: ExecutorDeps,
  seen: Execution,
  delivery: Delivery,
): Promise<Disposition> {
  const { clock } = deps;
  const asked = mark(clock);
  const task = await deps.tasks.read(seen);
  if (task === undefined || task.state.status === 'deleted') {
    return endWaiting(deps, seen, delivery, 'cancelled', 'taskDeleted');
  }
  const { queue } = task.definition;
  if (seen.nextAttemptAt !== undefined && seen.nextAttemptAt > clock.nowMs()) {
    return comeBackAt(deps, seen, delivery, { queue, at: seen.nextAttemptAt, note: 'backing off' });
  }
  if (!hasTimeFor(task, delivery)) {
    return comeBackAt(deps, seen, delivery, { queue, at: clock.nowMs(), note: 'too little time left here' });
  }
  if (await mustWaitInLine(deps, seen)) return done('waits for the run before it in its backfill');
  const own = runPointer(seen.occurrence, seen.epoch);
  const pointed = task.state.run === undefined ? undefined : parseRunPointer(task.state.run);
  if (pointed?.occurrence === seen.occurrence && pointed.epoch > seen.epoch) return done('our view is stale');
  const mine = task.state.run === own;
  const mustWait = isExclusive(task) && !mine;

  const t0 = mark(clock);
  /** What the task is told before the run may start, and what it means when it refuses. */
  let permit: { ask(): Promise<boolean>; refused(): Promise<Disposition> } | undefined;
  if (isPending(task, seen)) {
    if (mustWait && (await livePrevious(deps.executions, task, seen)))
      return waitOn(deps, seen, delivery, queue);
    const timetable = await readTimetable(deps, task.definition);
    const plan = planToRun(task, timetable, seen.scheduledAt, clock.nowMs());
    permit = {
      ask: () => advance(deps, seen, task, plan, own, delivery),
      refused: async () => done('the task changed meanwhile'),
    };
  } else if (!isManual(seen.occurrence) && seen.epoch === 0) {
    const { status, generation } = task.state;
    if ((status !== 'active' && status !== 'completed') || generation !== seen.generation) {
      return endWaiting(deps, seen, delivery, 'cancelled', 'taskChanged');
    }
    if (mustWait) return endWaiting(deps, seen, delivery, 'skipped', 'overlap');
  } else if (mustWait) {
    const previous = await livePrevious(deps.executions, task, seen);
    const waitedMs = seen.trigger === 'backfill' ? 0 : clock.nowMs() - seen.scheduledAt;
    if (previous && waitedMs > MANUAL_WAIT_MS && seen.epoch === 0) {
      return endWaiting(deps, seen, delivery, 'skipped', 'waitedTooLong', previous);
    }
    if (previous) return waitOn(deps, seen, delivery, queue);
    permit = {
      ask: async () => (await deps.tasks.update(seen, claimedPointer(task.state, own))).ok,
      refused: () => waitOn(deps, seen, delivery, queue),
    };
  }
  const owner = deps.ids.nonce();
  const attempt = seen.attempt + 1;
  const candidate = { task, key: seen, attempt, owner, startedAt: t0.wallMs, dueAt: waitsSince(seen) };
  return underCaps(deps, candidate, delivery, async () => {
    if (permit && !(await permit.ask())) return permit.refused();
    return start(deps, seen, candidate, { t0, confirmed: asked }, delivery);
  });
}

/**
 * The end of the one before wakes it; if that is lost, the sweeper. One that a person revived waits for nobody, and nobody
 * for it: it may be waiting itself for whoever came after it, by the overlap rule.
 */
async function mustWaitInLine({ executions }: ExecutorDeps, seen: Execution): Promise<boolean> {
  if (seen.ahead === undefined || seen.epoch > 0) return false;
  const before = await executions.read({ ...seen, occurrence: seen.ahead });
  return before !== undefined && !isFinal(before.status) && before.epoch === 0;
}

/**
 * Looks again after a quarter of what it has waited. The sweeper adds a message every 5 minutes, so one whose receives
 * are used up is not replaced, or there would be ever more of them.
 */
async function waitOn(
  deps: ExecutorDeps,
  seen: Execution,
  delivery: Delivery,
  queue: string,
): Promise<Disposition> {
  const note = 'waits behind the run before it';
  if (!hasReceives(delivery)) return done(`${note}; the index wakes it`);
  const nowMs = deps.clock.nowMs();
  const quarterMs = (nowMs - waitsSince(seen)) / 4;
  const lookMs = Math.min(WAIT_LOOK_MAX_MS, Math.max(WAIT_LOOK_MIN_MS, quarterMs));
  return comeBackAt(deps, seen, delivery, { queue, at: nowMs + lookMs, note });
}

async function endWaiting(
  deps: ExecutorDeps,
  seen: Execution,
  delivery: Delivery,
  status: 'cancelled' | 'skipped',
  reason: EndReason,
  previous?: Execution,
): Promise<Disposition> {
  const q = {
    status,
    reason,
    nowMs: deps.clock.nowMs(),
    retentionMs: deps.retentionMs,
    ...(previous === undefined ? {} : { collidedWith: executionId(previous) }),
  };
  const written = await deps.executions.update(seen, endedWaiting(seen, q));
  if (written.ok) delivery.alongside(announceEnd(deps, written.record));
  return done(`${status}: ${reason}`);
}

/** START. The task permits it as of the moment when it was asked for, so the budget to begin counts from then. */
async function start(
  deps: ExecutorDeps,
  seen: Execution,
  { task, owner }: Candidate,
  { t0, confirmed }: { t0: Mark; confirmed: Mark },
  delivery: Delivery,
): Promise<Disposition> {
  // Whoever wrote the failure may have died before this.
  if (seen.status === 'retrying' && !(await settleFailure(deps, task.definition, seen)))
    return waitOn(deps, seen, delivery, task.definition.queue);
  const change = startedAttempt(seen, {
    owner,
    startedAt: t0.wallMs,
    leaseUntil: firstLease(task.definition, t0.wallMs),
    generation: task.state.generation,
    queue: task.definition.queue,
    slots: slotsOf(task),
  });
  const started = await deps.executions.update(seen, change);
  const run = started.ok ? started.record : started.existing;
  const ours = run !== undefined && (started.ok || (run.owner === owner && run.attempt === seen.attempt + 1));
  if (!ours) return done('another started it');
  return runAttempt(deps, { task, run, owner, t0, confirmed }, delivery);
}
