import { calendarsOf } from '../../domain/calendar.ts';
import { type Execution, type ExecutionKey, isFinal } from '../../domain/execution.ts';
import { claimedExecution, skippedExecution } from '../../domain/execution-births.ts';
import { adoptedClaim, erasableClaim, withdrawnClaim } from '../../domain/execution-transitions.ts';
import { firstLease } from '../../domain/lease.ts';
import type { OccurrencePlan } from '../../domain/misfire-plan.ts';
import { isAllowed } from '../../domain/next-occurrence.ts';
import { dueAtOf, executionId, parseRunPointer, runPointer } from '../../domain/occurrence.ts';
import { isUncounted } from '../../domain/stop-rules.ts';
import type { Task } from '../../domain/task.ts';
import { readTimetable } from '../calendars/read-timetable.ts';
import { announceEnd } from '../lifecycle-events/announce.ts';
import { settleCount } from '../run-end/settle-end.ts';
import { advance } from './advance.ts';
import { runAttempt } from './attempt.ts';
import { comeBackAt, type Delivery, type Disposition, done, type ExecutorDeps, mark } from './context.ts';
import { hasTimeFor, isPending, planFor, planPast, planToRun } from './eligibility.ts';
import { slotsOf, underCaps } from './flow-control.ts';
import { isExclusive, livePrevious } from './overlap.ts';
import { takeOver } from './take-over.ts';

/** Step B: a due occurrence that nobody has claimed, as far as we know. */
export async function claimOccurrence(
  deps: ExecutorDeps,
  key: ExecutionKey,
  read: Task,
  delivery: Delivery,
): Promise<Disposition> {
  const { clock, executions } = deps;
  if (!hasTimeFor(read, delivery)) {
    const soon = { queue: read.definition.queue, at: clock.nowMs(), note: 'too little time left here' };
    return comeBackAt(deps, key, delivery, soon);
  }
  // First whether the run before it lives, then its count: one that ends in between would be neither.
  const live = isExclusive(read) ? await livePrevious(executions, read, key) : undefined;
  const task = live ? read : await afterCount(deps, key, read);
  if (!isPending(task, key)) return done('a stop rule has ended the task');
  // While that was counted the task came to point at another run, of which nothing is known here.
  if (task.state.run !== read.state.run) return claimOccurrence(deps, key, task, delivery);
  const t0 = mark(clock);
  const dueAt = dueAtOf(key.occurrence);
  const timetable = await readTimetable(deps, task.definition);
  const isOpen = isAllowed(timetable, dueAt);
  const plan = isOpen ? planFor(task, timetable, dueAt, t0.wallMs) : planPast(timetable, dueAt);
  const previous = isOpen ? live : undefined;
  if (previous && task.definition.overlap === 'queue') return done('waits behind the run before it');

  if (plan.kind !== 'run' || previous) {
    const run = skippedExecution(task, key, {
      reason: !isOpen ? 'calendar' : previous ? 'overlap' : 'misfire',
      nowMs: t0.wallMs,
      retentionMs: deps.retentionMs,
      missed: plan.missed,
      ...(previous ? { collidedWith: executionId(previous) } : {}),
    });
    const inserted = await executions.insert(run);
    if (!inserted.ok) return afterLostClaim(deps, key, task, plan, inserted.existing, delivery);
    delivery.alongside(announceEnd(deps, run));
    await advance(deps, key, task, plan, undefined, delivery);
    return done(`skipped: ${run.reason}`);
  }
  const owner = deps.ids.nonce();
  let lost: { existing: Execution | undefined } | undefined;
  const disposition = await underCaps(
    deps,
    { task, key, attempt: 1, owner, startedAt: t0.wallMs, dueAt },
    delivery,
    async () => {
      const run = claimedExecution(task, key, {
        owner,
        startedAt: t0.wallMs,
        leaseUntil: firstLease(task.definition, t0.wallMs),
        missed: plan.missed,
        slots: slotsOf(task),
      });
      const inserted = await executions.insert(run);
      if (inserted.ok || inserted.existing?.owner === owner)
        return confirmClaim(deps, task, run, plan, t0, owner, delivery);
      lost = inserted;
      return done('claimed by another');
    },
  );
  // Only now, with our slots given back: taking the run over needs them for another attempt.
  return lost ? afterLostClaim(deps, key, task, plan, lost.existing, delivery) : disposition;
}

/** The run before may have ended without having been counted yet, and be the one that stops the task. */
async function afterCount(deps: ExecutorDeps, key: ExecutionKey, task: Task): Promise<Task> {
  if (task.definition.stop === undefined || task.state.run === undefined) return task;
  const { occurrence } = parseRunPointer(task.state.run);
  const last = await deps.executions.read({ ...key, occurrence });
  if (last === undefined || !isFinal(last.status) || !isUncounted(last)) return task;
  await settleCount(deps, last);
  return (await deps.tasks.read(key)) ?? task;
}

/** Somebody wrote this run before us. */
async function afterLostClaim(
  deps: ExecutorDeps,
  key: ExecutionKey,
  task: Task,
  plan: OccurrencePlan,
  existing: Execution | undefined,
  delivery: Delivery,
): Promise<Disposition> {
  if (existing === undefined) return done('claimed and erased by another');
  if (isFinal(existing.status)) {
    await advance(deps, key, task, plan, undefined, delivery);
    return done(`already ${existing.status}; the task moved past it`);
  }
  if (existing.status === 'running') {
    // Helping an owner who is slow to advance matters only where the next run need not wait for this one.
    if (!isExclusive(task)) await advance(deps, key, task, plan, runPointer(key.occurrence, 0), delivery);
    return done('another is running it');
  }
  return takeOver(deps, existing, delivery);
}

/** W2 and step C: our claim counts once the task has moved past the occurrence. */
async function confirmClaim(
  deps: ExecutorDeps,
  seenTask: Task,
  run: Execution,
  firstPlan: OccurrencePlan,
  t0: ReturnType<typeof mark>,
  owner: string,
  delivery: Delivery,
): Promise<Disposition> {
  const { executions, clock } = deps;
  const pointer = runPointer(run.occurrence, 0);
  let task = seenTask;
  let plan = firstPlan;
  let generation = run.generation;
  // Each turn means that a person edited the task in between; whoever edits faster than this waits for the sweeper.
  for (let turn = 0; turn < 5; turn++) {
    const advancing = mark(clock);
    if (await advance(deps, run, task, plan, pointer, delivery)) {
      // Calendars were read before: what they permitted is as old as that.
      const confirmed = calendarsOf(task.definition.schedule).length > 0 ? t0 : advancing;
      return runAttempt(deps, { task, run, owner, t0, confirmed }, delivery);
    }
    const confirmed = mark(clock);
    const again = await deps.tasks.read(run);
    if (again === undefined) return withdraw(deps, run, owner, delivery, 'cancelled', 'taskDeleted');
    task = again;
    if (!isPending(task, run)) {
      const { status } = task.state;
      if (task.state.generation !== generation || (status !== 'active' && status !== 'completed')) {
        const reason = status === 'deleted' ? 'taskDeleted' : 'taskChanged';
        return withdraw(deps, run, owner, delivery, 'cancelled', reason);
      }
      if (!isExclusive(task) || task.state.run === pointer) {
        return runAttempt(deps, { task, run, owner, t0, confirmed }, delivery);
      }
      return withdraw(deps, run, owner, delivery, 'skipped', 'overlap');
    }
    plan = planToRun(task, await readTimetable(deps, task.definition), run.scheduledAt, clock.nowMs());
    const previous = isExclusive(task) ? await livePrevious(executions, task, run) : undefined;
    if (previous && task.definition.overlap === 'queue') return erase(deps, run, owner, delivery);
    if (previous) {
      const [collided, past] = [task, plan];
      // Only then: of a claim that was declared lost there is a run that waits, and the task must not pass it by.
      return withdraw(deps, run, owner, delivery, 'skipped', 'overlap', () =>
        advance(deps, run, collided, past, undefined, delivery),
      );
    }
    if (generation !== task.state.generation) {
      const adopted = await executions.update(run, adoptedClaim(owner, task.state.generation));
      if (!adopted.ok) return done('lost our claim');
      generation = task.state.generation;
    }
  }
  return done('the task changes too fast; the sweeper goes on');
}

async function withdraw(
  deps: ExecutorDeps,
  run: Execution,
  owner: string,
  delivery: Delivery,
  status: 'cancelled' | 'skipped',
  reason: 'taskChanged' | 'taskDeleted' | 'overlap',
  andThen?: () => Promise<unknown>,
): Promise<Disposition> {
  const q = { status, reason, nowMs: deps.clock.nowMs(), retentionMs: deps.retentionMs };
  const written = await deps.executions.update(run, withdrawnClaim(run, owner, q));
  if (!written.ok) return done('lost our claim');
  delivery.alongside(announceEnd(deps, written.record));
  await andThen?.();
  return done(`${status}: ${reason}`);
}

async function erase(
  deps: ExecutorDeps,
  run: Execution,
  owner: string,
  delivery: Delivery,
): Promise<Disposition> {
  const erased = await deps.executions.remove(run, erasableClaim(owner));
  if (!erased.ok && erased.existing?.cancelRequested) {
    return withdraw(deps, run, owner, delivery, 'cancelled', 'taskChanged');
  }
  return done('waits behind the run before it');
}
