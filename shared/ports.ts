import type { CalendarLinks } from './domain/calendar.ts';
import type { Change, Guard, Outcome } from './domain/change.ts';
import type { Resolution } from './domain/dead-letter.ts';
import type { Execution, ExecutionKey } from './domain/execution.ts';
import type { Failure } from './domain/failure.ts';
import type { LifecycleEvent } from './domain/lifecycle-event.ts';
import type { PreviousRun, TaskContext, UpstreamRun } from './domain/surroundings.ts';
import type { Target } from './domain/target.ts';
import type { Task, TaskDefinition, TaskKey, TaskState } from './domain/task.ts';
import type { DurationMs, EpochMs } from './domain/time.ts';
import type { DispatchMessage, Hint, Letter } from './messages.ts';

/** What the use cases need of the outside, with the guarantees that every implementation gives. */

export interface Clock {
  nowMs(): EpochMs;
  /** Never goes back; only differences mean anything. */
  monotonicMs(): number;
  sleep(ms: DurationMs): Promise<void>;
}
export interface Random {
  /** 0 ≤ x < 1 */
  next(): number;
}
export interface Ids {
  ulid(nowMs: EpochMs): string;
  /** Unguessable and unique: owner of a lease. */
  nonce(): string;
}

/** All reads are strongly consistent unless they say "index". */
export interface TaskStore {
  /** State and definition of the same version; undefined when the task never existed or its items expired. */
  read(key: TaskKey): Promise<Task | undefined>;
  readState(key: TaskKey): Promise<TaskState | undefined>;
  /**
   * Both items or none; refused when a state item exists (a deleted one may be replaced: `over` names it), and, with
   * nothing existing, when a calendar of its schedule is not there or sealed.
   */
  create(task: Task, over?: TaskState): Promise<Outcome<TaskState>>;
  update(key: TaskKey, change: Change<TaskState>): Promise<Outcome<TaskState>>;
  /** All or none of it, what is superseded kept as a version; refused as well by a calendar as above. */
  replace(
    key: TaskKey,
    change: Change<TaskState>,
    definition: TaskDefinition,
    links?: CalendarLinks,
    superseded?: TaskDefinition,
  ): Promise<Outcome<TaskState>>;
  /** Changes of a task and of one of its runs, both or none; says only whether. */
  updateWithRun(key: ExecutionKey, task: Change<TaskState>, run: Change<Execution>): Promise<boolean>;
}

export interface ExecutionStore {
  read(key: ExecutionKey): Promise<Execution | undefined>;
  /** Put if absent. */
  insert(execution: Execution): Promise<Outcome<Execution>>;
  update(key: ExecutionKey, change: Change<Execution>): Promise<Outcome<Execution>>;
  remove(key: ExecutionKey, guard: Guard<Execution>): Promise<Outcome<Execution>>;
  /** Large payload overrides and results, beside the run. Last writer wins. */
  putDocument(key: ExecutionKey, kind: 'payload' | 'result', json: string, ttlAt?: EpochMs): Promise<void>;
  readDocument(key: ExecutionKey, kind: 'payload' | 'result'): Promise<string | undefined>;
}

export interface DueEntry extends TaskKey {
  at: EpochMs;
  /** The task's work queue. */
  queue: string;
  /** Of a task that has one. */
  deadlineSeconds?: number;
}
export interface OpenEntry extends ExecutionKey {
  at: EpochMs;
}
export interface IndexPage<E> {
  entries: E[];
  /** Pass it on to read the following page; undefined at the end. */
  next: string | undefined;
}

/** Index reads: eventually consistent, oldest first, never a scan. */
export interface ShardIndex {
  /** Tasks of a shard in set `due` or `hot` with after < at ≤ until. */
  due(q: {
    set: 'due' | 'hot';
    shard: number;
    after: EpochMs;
    until: EpochMs;
    limit: number;
    from?: string;
  }): Promise<IndexPage<DueEntry>>;
  /** Runs of a shard in set `open` with at ≤ until. */
  open(q: { shard: number; until: EpochMs; limit: number; from?: string }): Promise<IndexPage<OpenEntry>>;
}

/** Dead letters of a queue that wait for somebody, or the closed ones of all queues. */
export type DeathList =
  | { tenant: string; queue: string; closed?: false }
  | { tenant: string; queue?: never; closed: true };
export interface DeadEntry extends ExecutionKey {
  at: EpochMs;
  queue: string;
  /** Absent when it died before deaths were given one. */
  fingerprint?: string;
  /** Of a closed one. */
  resolution?: Resolution['kind'];
}

/**
 * Lists for people. Keys come from the index (eventually consistent, merged over all shards); readMany then
 * reads the items themselves, so a stale entry shows the present state or vanishes.
 */
export interface Listings {
  /** By name, ascending. */
  tasks(q: { tenant: string; limit: number; from?: string }): Promise<IndexPage<TaskKey>>;
  readTasks(keys: TaskKey[]): Promise<Task[]>;
  /** Newest first by time of ending; `since` bounds that time from below. */
  ended(q: {
    tenant: string;
    since?: EpochMs;
    limit: number;
    from?: string;
  }): Promise<IndexPage<ExecutionKey>>;
  /** Newest first by time of death. */
  dead(q: DeathList & { since?: EpochMs; limit: number; from?: string }): Promise<IndexPage<DeadEntry>>;
  /** The same, all at once and in no order; of more than `limit` about the newest ones. */
  deaths(q: DeathList & { limit: number }): Promise<{ entries: DeadEntry[]; complete: boolean }>;
  /** Runs that have not ended, latest look first. */
  open(q: { tenant: string; limit: number; from?: string }): Promise<IndexPage<ExecutionKey>>;
  readExecutions(keys: ExecutionKey[]): Promise<Execution[]>;
  /** One task's history by primary key (consistent), newest due instant first; both bounds (of the due instant) included. */
  history(q: {
    key: TaskKey;
    fromAt?: EpochMs;
    toAt?: EpochMs;
    limit: number;
    from?: string;
  }): Promise<IndexPage<Execution>>;
  /** Definitions that a task had before, newest first (consistent). */
  versions(q: { key: TaskKey; limit: number; from?: string }): Promise<IndexPage<TaskDefinition>>;
}

/** A request that carried an Idempotency-Key, remembered for a day. */
export interface IdempotencyStore {
  /** Remembers `record` unless the key is known; returns what stands now. */
  remember(q: {
    tenant: string;
    scope: string;
    key: string;
    record: { requestHash: string; value: string };
    expiresAt: EpochMs;
  }): Promise<{ requestHash: string; value: string }>;
}

export interface QueueDepth {
  ready: number;
  delayed: number;
  inFlight: number;
  /** Messages in the SQS dead-letter queue, letters and hints alike. */
  letters: number;
}
export interface QueueInspector {
  depth(queue: string): Promise<QueueDepth>;
  /** Messages that are ready in the work queue; asks about nothing else. */
  waiting(queue: string): Promise<number>;
  /** Empties the SQS dead-letter queue; the table is not touched. */
  purgeLetters(queue: string): Promise<void>;
}

export interface Cursor {
  /** Everything due up to here was claimed for hinting. */
  upto: EpochMs;
  /** When that was. */
  at: EpochMs;
}
export interface CursorStore {
  read(name: CursorName, shard: number): Promise<Cursor | undefined>;
  /** Conditional: false when somebody else moved it since `seen` was read. */
  claim(name: CursorName, shard: number, seen: Cursor | undefined, next: Cursor): Promise<boolean>;
}
export type CursorName = 'dispatch' | 'sweep';

/** Written by every tick, shown by /v1/health. */
export interface Heartbeat {
  record(nowMs: EpochMs): Promise<void>;
  read(): Promise<EpochMs | undefined>;
}

/** A message to a work queue that does not (or no longer) exist goes nowhere and is reported as failed. */
export interface WorkQueues {
  /** Whether a queue of this name is configured now; names outlive queues in runs and tasks. */
  has(queue: string): boolean;
  /** Sends in batches of ten; resolves with the hints that the queue refused. */
  send(hints: { queue: string; hint: Hint; delaySeconds: number }[]): Promise<{ failed: Hint[] }>;
  sendLetter(queue: string, letter: Letter): Promise<void>;
  /** Sets a message aside that nobody can read (protocol A5): to the dead-letter queue, as it came, with the reason. */
  sendPoison(queue: string, body: string, reason: string): Promise<void>;
  /** ARN that a letter of this queue names as its redrive destination. */
  arnOf(queue: string): string;
}

export interface DispatchQueue {
  send(messages: DispatchMessage[]): Promise<void>;
}

/** Messages in hand of the executor's own queue (protocol A2). */
export interface Visibility {
  /** The message comes back in so many seconds from now, if it is not deleted before. */
  extend(receiptHandle: string, seconds: number): Promise<void>;
}

/** The queue of what comes in from outside, and the messages of it that are in hand. */
export interface Inbox extends Visibility {
  /** Sets a message aside for people: to the dead-letter queue, as it came, with the reason. */
  refuse(body: string, reason: string): Promise<void>;
}

/**
 * Runs user code, or calls the target. Never rejects: whatever happens is a result. Honours timeout and signal by
 * killing the thread, or ending the connection.
 */
export interface HandlerRunner {
  run(request: HandlerRequest): Promise<HandlerResult>;
}
export interface Surroundings {
  previous(): Promise<PreviousRun | null>;
  upstream(): Promise<UpstreamRun | null>;
  variables(): Promise<Readonly<Record<string, unknown>>>;
}
export interface HandlerRequest {
  handler: string;
  /** Takes the place of the handler. */
  target?: Target;
  /** Parsed JSON; validated against the handler's schema in the thread. */
  payload: unknown;
  execution: {
    id: string;
    idempotencyKey: string;
    taskId: string;
    taskName: string;
    tenant: string;
    attempt: number;
    maxAttempts: number;
    scheduledAt: string;
    trigger: string;
    queue: string;
  };
  task: TaskContext;
  /** What the handler may look at, each read when it is asked for. */
  surroundings?: Surroundings;
  /** Time left until the attempt's deadline. */
  timeoutMs: DurationMs;
  /** Aborts when somebody asked the run to stop. */
  signal?: AbortSignal;
  onProgress?(progress: { percent?: number; message?: string }): void;
  /** What is left until its first sign of life is due; absent: none is. Without one in time it is stopped as at its timeout. */
  heartbeatMs?: DurationMs;
  /** It shows a sign of life. Resolves with what is left until the next one is due, once that is certain; undefined: nothing new. */
  onHeartbeat?(): Promise<DurationMs | undefined>;
  /** The handler wants to hand the run off: resolves with the token, once it is known. */
  onHandOff?(): Promise<string>;
}
export type HandlerResult =
  | { kind: 'success'; result: unknown }
  /** The run goes on outside; whoever holds its token ends it, or lets this time pass. */
  | { kind: 'pending'; timeoutSeconds: number }
  | ({ kind: 'failed' } & Failure)
  /** The handler puts the run off; that is no failure and costs no attempt. */
  | { kind: 'snoozed'; seconds: number; reason: string };

/** Tells others what has happened, after it is stored (docs/events.md). */
export interface Events {
  /** Rejects only when the bus is away and telling it again later may help. */
  publish(event: LifecycleEvent): Promise<void>;
}

/** Counted in memory; one line for a whole batch carries it out. What dies with its process is not counted. */
export interface Metrics {
  runSucceeded(): void;
  /** Also an attempt of which nothing was heard again. */
  attemptFailed(): void;
  runDead(): void;
  /** The first attempt of a scheduled run began so long after its due instant. */
  startedLate(latenessMs: DurationMs): void;
  canaryRan(): void;
  /** Writes what was counted since the last time, if anything. */
  flush(): void;
}

/** Structured and bounded; never payloads. */
type Fields = Record<string, string | number | boolean | undefined>;
export interface Log {
  debug(message: string, fields?: Fields): void;
  info(message: string, fields?: Fields): void;
  warn(message: string, fields?: Fields): void;
  error(message: string, fields?: Fields, cause?: unknown): void;
}
