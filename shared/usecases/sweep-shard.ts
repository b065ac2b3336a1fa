import { afterFailure } from '../domain/after-failure.ts';
import { isCanary } from '../domain/canary.ts';
import { crossedAgeOrDue } from '../domain/crossed-age.ts';
import { deadlineSettled } from '../domain/deadline.ts';
import { type Execution, isFinal } from '../domain/execution.ts';
import { expiredLease, lostAttempt } from '../domain/execution-failures.ts';
import { claimedLetter } from '../domain/letter-transitions.ts';
import { CLOCK_SKEW_MS, LOOK_AHEAD_MS } from '../domain/limits.ts';
import { executionId } from '../domain/occurrence.ts';
import { uncountedEnd } from '../domain/stop-rules.ts';
import { delaySeconds } from '../domain/task-transitions.ts';
import type { DurationMs, EpochMs } from '../domain/time.ts';
import type { QueueControls, Semaphores } from '../flow-ports.ts';
import type {
  Clock,
  CursorStore,
  Events,
  ExecutionStore,
  Log,
  Metrics,
  OpenEntry,
  Random,
  ShardIndex,
  TaskStore,
  WorkQueues,
} from '../ports.ts';
import type { DeadLetterStore } from '../tenant-ports.ts';
import { settleFailure } from './chain/settle.ts';
import { announceEnd } from './lifecycle-events/announce.ts';
import { pausedIn } from './queue-settings/paused.ts';
import { isUnsettled, settleEnd } from './run-end/settle-end.ts';
import { tellLate } from './run-end/tell-late.ts';
import { withoutMessage } from './run-execution/context.ts';
import { finish, resultOf } from './run-execution/finish.ts';
import { giveBackSlots } from './run-execution/slots.ts';

export interface SweepDeps {
  clock: Clock;
  random: Random;
  index: ShardIndex;
  cursors: CursorStore;
  tasks: TaskStore;
  executions: ExecutionStore;
  semaphores: Semaphores;
  queueControls: Pick<QueueControls, 'read'>;
  queues: WorkQueues;
  deadLetters: DeadLetterStore;
  log: Log;
  events: Events;
  metrics: Metrics;
  retentionMs: DurationMs;
}

export interface Swept {
  hinted: number;
  expired: number;
  letters: number;
  /** Missed their deadline, and were told of. */
  late: number;
  /** Could not be taken further; the next sweep tries again. A letter that does not go out is one of these. */
  failed: number;
}

const PAGE = 100;

/**
 * Each minute, per shard: every run that has not ended and whose next look has come (rule H3). Waiting ones are
 * hinted with growing distance, an expired lease ends its attempt, a letter that its author could not send goes
 * out. Each item is read again, and each write is conditional: doubled sweepers are harmless. Dying anywhere
 * leaves the rest for the next minute.
 */
export async function sweepShard(
  deps: SweepDeps,
  q: { shard: number; restore: boolean },
  remainingMs: () => DurationMs,
): Promise<Swept> {
  const nowMs = deps.clock.nowMs();
  const swept: Swept = { hinted: 0, expired: 0, letters: 0, late: 0, failed: 0 };
  // After a loss of messages also runs whose message was still to come are hinted.
  const until = q.restore ? nowMs + RESTORE_AHEAD_MS : nowMs;
  const first = await deps.index.open({ shard: q.shard, until, limit: PAGE });
  if (first.entries.length === 0) return swept;

  const seen = await deps.cursors.read('sweep', q.shard);
  if (!(await deps.cursors.claim('sweep', q.shard, seen, { upto: nowMs, at: nowMs }))) return swept;
  const look: Look = {
    nowMs,
    sinceMs: q.restore ? undefined : seen?.at,
    restore: q.restore,
    isPaused: pausedIn(deps),
  };
  for (let page = first; ; ) {
    for (const group of groupsOf(page.entries, CONCURRENCY)) {
      await Promise.all(group.map((entry) => sweepRun(deps, entry, look, swept)));
      if (remainingMs() < STOP_BELOW_MS) return swept;
    }
    if (page.next === undefined) return swept;
    page = await deps.index.open({ shard: q.shard, until, limit: PAGE, from: page.next });
  }
}
const CONCURRENCY = 10;
const STOP_BELOW_MS = 5_000;
/** The longest that a message may have been under way: 15 min of delay, and the sweeper's look after it. */
const RESTORE_AHEAD_MS = 17 * 60_000;

interface Look {
  nowMs: EpochMs;
  sinceMs: EpochMs | undefined;
  restore: boolean;
  isPaused: (queue: string) => Promise<boolean>;
}

async function sweepRun(deps: SweepDeps, entry: OpenEntry, look: Look, swept: Swept): Promise<void> {
  try {
    const read = await deps.executions.read(entry);
    if (read === undefined) return;
    const run = await afterDeadline(deps, read, look, swept);
    if (run.status === 'queued' || run.status === 'retrying') {
      // Of a paused queue the message waits there; more of them would only pile up.
      const isDue = crossedAgeOrDue(entry.at, look.sinceMs, look.nowMs);
      if (isFarOff(run, look)) await deps.executions.update(run, deadlineSettled(run, look.nowMs));
      else if (look.restore || (isDue && !(await look.isPaused(run.queue)))) {
        await hintWaiting(deps, run);
        swept.hinted++;
      }
    } else if (run.status === 'running') {
      if (await expire(deps, run)) swept.expired++;
    } else if (isUnsettled(run) && lookOf(run, entry) <= look.nowMs) {
      // As the run has it now: one that died after we saw its lease in the index has a minute to send its letter itself.
      await settle(deps, run, swept);
    }
  } catch (error) {
    swept.failed++;
    deps.log.error('run not swept; the next sweep tries again', { executionId: executionId(entry) }, error);
  }
}

const lookOf = ({ index }: Execution, entry: OpenEntry): EpochMs =>
  index && 'at' in index ? index.at : entry.at;

/** A missed deadline is told; when that does not succeed, whatever else the run needs goes on all the same. */
async function afterDeadline(deps: SweepDeps, run: Execution, look: Look, swept: Swept): Promise<Execution> {
  if (run.deadline === undefined || isFinal(run.status) || run.deadline.at > look.nowMs) return run;
  try {
    const told = await tellLate(deps, run, look.nowMs);
    swept.late++;
    return told;
  } catch (error) {
    swept.failed++;
    deps.log.error('late run not told of; the next sweep does', { executionId: executionId(run) }, error);
    return run;
  }
}

/** Looked at for its deadline, and that is settled: its message, or the alarm that stands for one, is still to come. */
const isFarOff = (run: Execution, { restore, nowMs }: Look): boolean =>
  !restore &&
  run.deadline === undefined &&
  run.nextAttemptAt !== undefined &&
  run.nextAttemptAt > nowMs + LOOK_AHEAD_MS;

/** Of several sweepers one sends a letter; what else is to be done may be done twice. */
async function settle(deps: SweepDeps, run: Execution, swept: Swept): Promise<void> {
  const hasLetter = run.letter === 'pending';
  const claimed = hasLetter
    ? await deps.executions.update(run, claimedLetter(run, deps.clock.nowMs()))
    : { ok: true as const, record: run };
  if (!claimed.ok) return;
  const definition = (await deps.tasks.read(run))?.definition;
  if (!(await settleEnd(deps, definition, claimed.record))) swept.failed++;
  else if (hasLetter) swept.letters++;
}

/** To the queue that the run was on, or, when that is gone, to the one that its task names by now. */
async function hintWaiting(deps: SweepDeps, run: Execution): Promise<void> {
  const { tenant, taskId, occurrence } = run;
  const hint = { v: 1, kind: 'hint', tenant, taskId, occurrence } as const;
  const delay = delaySeconds(run.nextAttemptAt ?? run.scheduledAt, deps.clock.nowMs());
  const sendTo = async (queue: string): Promise<boolean> =>
    (await deps.queues.send([{ queue, hint, delaySeconds: delay }])).failed.length === 0;
  if (await sendTo(run.queue)) return;
  const queue = (await deps.tasks.read(run))?.definition.queue;
  if (queue !== undefined && queue !== run.queue && (await sendTo(queue))) return;
  deps.log.warn('hint refused; the next look tries again', {
    executionId: executionId(run),
    queue: run.queue,
  });
}

/** The lease of a run that healthy processes finish in time has ended, also by the slowest clock. */
async function expire(deps: SweepDeps, run: Execution): Promise<boolean> {
  const nowMs = deps.clock.nowMs();
  if (run.leaseUntil === undefined || nowMs < run.leaseUntil + CLOCK_SKEW_MS) return false;
  const task = await deps.tasks.read(run);
  if (run.earlyOutcome && task) {
    // Its process is gone, but the holder of its token has said how it ended.
    const { delivery, over } = withoutMessage();
    const ending = { task, run, owner: run.owner ?? '' };
    await finish(deps, ending, resultOf(run.earlyOutcome), delivery);
    await giveBackSlots(deps, run);
    await over();
    return true;
  }
  const failure = lostAttempt(run);
  const after = task
    ? afterFailure(run, task.definition.retry, failure, nowMs, () => deps.random.next())
    : { failure, nextAttemptAt: undefined };
  const more = uncountedEnd(run, task?.definition.stop, { success: false });
  const { retentionMs } = deps;
  const target = task?.definition.target;
  const change = expiredLease(run, { nowMs, retentionMs, after, target, more });
  const outcome = await deps.executions.update(run, change);
  const ended = outcome.ok ? outcome.record : outcome.existing;
  // The answer to our own write may have been lost, and a slot can last longer than the lease of its run.
  if (!ended || !(outcome.ok || says(ended, { ...run, ...change.set }))) return false;
  await giveBackSlots(deps, run);
  if (ended.status === 'cancelled') await announceEnd(deps, ended);
  else if (!isCanary(ended)) deps.metrics.attemptFailed();
  if (ended.status === 'retrying') {
    await settleFailure(deps, task?.definition, ended);
    await hintWaiting(deps, ended);
  }
  if (ended.status === 'dead') {
    if (!isCanary(ended)) deps.metrics.runDead();
    await settleEnd(deps, task?.definition, ended);
  }
  return true;
}

const says = (written: Execution, meant: Execution): boolean =>
  written.status === meant.status &&
  written.epoch === meant.epoch &&
  written.attempt === meant.attempt &&
  written.finishedAt === meant.finishedAt &&
  written.nextAttemptAt === meant.nextAttemptAt;

function groupsOf<T>(items: T[], size: number): T[][] {
  const groups: T[][] = [];
  for (let at = 0; at < items.length; at += size) groups.push(items.slice(at, at + size));
  return groups;
}
