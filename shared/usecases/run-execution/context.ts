import type { Execution, ExecutionKey } from '../../domain/execution.ts';
import { RECEIVES_IN_RESERVE, SQS_MAX_DELAY_SECONDS } from '../../domain/limits.ts';
import type { Task } from '../../domain/task.ts';
import { delaySeconds } from '../../domain/task-transitions.ts';
import { type DurationMs, type EpochMs, SECOND_MS } from '../../domain/time.ts';
import type { RateLogs, Semaphores } from '../../flow-ports.ts';
import type { Hint } from '../../messages.ts';
import type {
  Clock,
  Events,
  ExecutionStore,
  HandlerRunner,
  Ids,
  Log,
  Metrics,
  Random,
  TaskStore,
  WorkQueues,
} from '../../ports.ts';
import type { CalendarStore, DeadLetterStore, VariableStore } from '../../tenant-ports.ts';

export interface ExecutorDeps {
  clock: Clock;
  random: Random;
  ids: Ids;
  tasks: TaskStore;
  executions: ExecutionStore;
  calendars: Pick<CalendarStore, 'readMany'>;
  variables: Pick<VariableStore, 'read'>;
  semaphores: Semaphores;
  rates: RateLogs;
  deadLetters: DeadLetterStore;
  queues: WorkQueues;
  handlers: HandlerRunner;
  log: Log;
  events: Events;
  metrics: Metrics;
  /** How long ended runs are kept. */
  retentionMs: DurationMs;
}

/** All that it takes to end an attempt: executor, sweeper and API do. */
export type EndDeps = Omit<ExecutorDeps, 'handlers' | 'ids' | 'variables' | 'calendars' | 'rates'>;

/** How the message in hand reached us. */
export interface Delivery {
  /** Work queue that delivered it. */
  queue: string;
  receiveCount: number;
  maxReceiveCount: number;
  requestId?: string;
  /** What is left of the invocation. */
  remainingMs(): DurationMs;
  /** Work that must be over before the invocation ends, but that nothing here waits for; never rejects. */
  alongside(work: Promise<void>): void;
}

/** For whoever ends an attempt with no message in hand: a retry's hint is a fresh one. `over` awaits what went alongside. */
export function withoutMessage(requestId?: string): { delivery: Delivery; over(): Promise<void> } {
  const alongside: Promise<void>[] = [];
  const delivery: Delivery = {
    queue: '',
    receiveCount: 0,
    maxReceiveCount: 0,
    ...(requestId === undefined ? {} : { requestId }),
    remainingMs: () => 0,
    alongside: (work) => alongside.push(work),
  };
  return {
    delivery,
    over: async () => {
      await Promise.all(alongside);
    },
  };
}

/** What becomes of the message: deleted, or kept by visibility and reported as failed (protocol A2). */
export type Disposition =
  /** `goesOn`: the run was handed off, and what it holds is not given back. */
  { kind: 'done'; note: string; goesOn?: true } | { kind: 'keep'; seconds: number; note: string };

export const done = (note: string): Extract<Disposition, { kind: 'done' }> => ({ kind: 'done', note });

export const hintFor = (key: ExecutionKey): Hint => ({
  v: 1,
  kind: 'hint',
  tenant: key.tenant,
  taskId: key.taskId,
  occurrence: key.occurrence,
});

/** Whether the message may be kept once more, and some receives are left for failures of the infrastructure. */
export const hasReceives = ({ receiveCount, maxReceiveCount }: Delivery): boolean =>
  receiveCount <= maxReceiveCount - RECEIVES_IN_RESERVE;

/**
 * Comes back to this occurrence at `at`: the message itself is kept while its receives last, then a fresh one
 * takes its place; what lies beyond an SQS delay is left to the sweeper, whose next look is set to it.
 */
export async function comeBackAt(
  deps: EndDeps,
  key: ExecutionKey,
  delivery: Delivery,
  q: { queue: string; at: EpochMs; note: string },
): Promise<Disposition> {
  const nowMs = deps.clock.nowMs();
  const seconds = Math.max(1, Math.ceil((q.at - nowMs) / SECOND_MS));
  if (seconds > SQS_MAX_DELAY_SECONDS) return done(`${q.note}; the index wakes it`);
  const note = `${q.note}; back in ${seconds} s`;
  if (q.queue === delivery.queue && hasReceives(delivery)) return { kind: 'keep', seconds, note };
  const { failed } = await deps.queues.send([{ queue: q.queue, hint: hintFor(key), delaySeconds: seconds }]);
  return failed.length === 0 ? done(note) : { kind: 'keep', seconds, note };
}

/** Sends a hint whose loss costs only time; never throws. */
export async function hintAt(
  deps: Pick<ExecutorDeps, 'queues' | 'clock' | 'log'>,
  key: ExecutionKey,
  q: { queue: string; at: EpochMs },
): Promise<void> {
  try {
    const delay = delaySeconds(q.at, deps.clock.nowMs());
    const { failed } = await deps.queues.send([{ queue: q.queue, hint: hintFor(key), delaySeconds: delay }]);
    if (failed.length > 0) deps.log.warn('hint not accepted; the tick will send it', { taskId: key.taskId });
  } catch (error) {
    deps.log.error('hint not sent; the tick will send it', { taskId: key.taskId }, error);
  }
}

/** A point on both clocks: elapsed time is whichever clock says more (a wall clock may be set back). */
export interface Mark {
  wallMs: EpochMs;
  monotonicMs: number;
}
export const mark = (clock: Clock): Mark => ({ wallMs: clock.nowMs(), monotonicMs: clock.monotonicMs() });
export const elapsedMs = (clock: Clock, since: Mark): DurationMs =>
  Math.max(clock.nowMs() - since.wallMs, clock.monotonicMs() - since.monotonicMs);

/** A run that is ours: running under our lease. */
export interface Claim {
  task: Task;
  run: Execution;
  owner: string;
  /** Read before the write that made it ours; the deadline counts from here. */
  t0: Mark;
  /** The last moment at which the task was known to permit the run. */
  confirmed: Mark;
}
