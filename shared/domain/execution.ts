import type { Upstream } from './chain-link.ts';
import type { Resolution } from './dead-letter.ts';
import type { IndexEntry } from './index-entry.ts';
import type { StopRule, TaskKey } from './task.ts';
import type { EpochMs, EpochSeconds } from './time.ts';

/** One run of a task. The occurrence is its key: the primary key itself is what makes a run unique. */
export interface ExecutionKey extends TaskKey {
  /**
   * Scheduled: the due instant as 15 digits. Manual: the same, then `#m#` and a ULID. Sorts by due instant.
   */
  occurrence: string;
}

/**
 * - `queued`    waits for a message (manual, or retried by a person)         → running, cancelled, skipped
 * - `running`   claimed under a lease by one executor                        → success, retrying, dead, cancelled
 * - `retrying`  an attempt failed; nextAttemptAt says when the next one runs → running, cancelled, skipped
 * - `success` `dead` `cancelled` `skipped` are final; a person's retry makes dead, cancelled, skipped queued again.
 */
export type ExecutionStatus =
  | 'queued'
  | 'running'
  | 'retrying'
  | 'success'
  | 'dead'
  | 'cancelled'
  | 'skipped';
export type Trigger = 'schedule' | 'manual' | 'retry' | 'redrive' | 'backfill' | 'event';

/** Why a run is dead, skipped or cancelled. */
export type EndReason =
  | 'exhausted'
  | 'nonRetryable'
  | 'timedOut'
  | 'crashed'
  | 'overlap'
  | 'misfire'
  | 'paused'
  | 'calendar'
  | 'waitedTooLong'
  | 'taskChanged'
  | 'taskDeleted'
  | 'requested';

export interface AttemptRecord {
  attempt: number;
  status: 'success' | 'failed';
  startedAt: EpochMs;
  finishedAt: EpochMs;
  errorType?: string;
  errorMessage?: string;
  httpStatus?: number;
  /** Absent: it was thrown. */
  cause?: 'timedOut' | 'crashed' | 'aborted' | 'throttled';
  requestId?: string;
}

/** A token that an attempt gave away, and what its holder said. */
export interface HandOff {
  attempt: number;
  tokenHash: string;
  outcomeHash?: string;
}

export type HandOffOutcome =
  | { kind: 'success'; json: string }
  | {
      kind: 'failed';
      errorType: string;
      errorMessage: string;
      nonRetryable: boolean;
      retryAfterSeconds?: number;
      httpStatus?: number;
      throttled?: boolean;
    };

export interface Execution extends ExecutionKey {
  status: ExecutionStatus;
  trigger: Trigger;
  reason?: EndReason;
  shard: number;
  taskName: string;
  handler: string;
  queue: string;
  tags: string[];
  scheduledAt: EpochMs;
  /** First line of the current or last attempt. */
  startedAt?: EpochMs;
  finishedAt?: EpochMs;
  /** Due instant → claim of the first attempt. */
  latenessMs?: number;
  /** Monotonic for ever, also over a person's retries: the fencing token. 0 = never started. */
  attempt: number;
  maxAttempts: number;
  /**
   * Tasks with stop rules: its end is not counted yet (`holds`: the condition on its result held), or it stopped the
   * task and the event is not out.
   */
  tally?: 'pending' | 'holds' | 'untold';
  /** Counted in its task, for ever. */
  counted?: boolean;
  /** The rule by which it stopped its task, or why the condition could not be asked. */
  stopped?: StopRule;
  stopError?: string;
  /** Until when it is to have finished, as long as nobody was told that it is late; `notify`: whether anybody will be. */
  deadline?: { at: EpochMs; notify: boolean };
  /** Its deadline, which it missed. */
  lateSince?: EpochMs;
  /** Attempts made before the last retry by a person: they count in no budget. */
  attemptsBefore?: number;
  /** How often it was put off without spending an attempt, and the handler's last reason. */
  snoozes?: number;
  snoozeReason?: string;
  /** Number of retries by a person. */
  epoch: number;
  /** The task's generation under which it was permitted. */
  generation: number;
  /** Nonce of the invocation that holds the lease. */
  owner?: string;
  leaseUntil?: EpochMs;
  nextAttemptAt?: EpochMs;
  cancelRequested?: boolean;
  /** Who wanted it to end, whether it waited or ran. */
  cancelAsked?: { by: string; at: EpochMs };
  /** Dead runs only: is the letter in the SQS dead-letter queue? */
  letter?: 'pending' | 'sent' | 'purged';
  diedAt?: EpochMs;
  /** What deaths of its kind have in common (fingerprint.ts), and what people said of this one. */
  fingerprint?: string;
  resolution?: Resolution;
  /** The redrive whose first run this one is or was (dead-letter.ts). */
  canary?: string;
  errorType?: string;
  errorMessage?: string;
  /** Failed attempts, and the last one when there was more than one. */
  attempts?: AttemptRecord[];
  /** Serialized JSON of at most INLINE_JSON_BYTES; a larger one is an item beside it (`resultStored`). */
  result?: string;
  resultStored?: boolean;
  /** Payload given by the trigger instead of the task's own; same rule. */
  payload?: string;
  payloadStored?: boolean;
  /** Serialized JSON `{percent, message}` as the handler reported it last. */
  progress?: string;
  /** Occurrences passed over that this one accounts for (itself too when skipped), and the run it collided with. */
  missed?: number;
  collidedWith?: string;
  /** A success that has tasks to trigger: it stays in the open set until they are. */
  aftermath?: 'pending';
  /** The run whose outcome triggered this one. */
  upstream?: Upstream;
  /** The run of the task that was claimed before this one was born. */
  previous?: string;
  /** Of a backfill's run (backfill.ts): which one, the run that must end before it, and the one that it lets go. */
  backfill?: string;
  ahead?: string;
  behind?: string;
  /** The newest ones only; absent unless a handler asked for a token. */
  handOffs?: HandOff[];
  /** Handed off: nothing runs here, and the lease is the time that the token's holder has, renewed by his heartbeats. */
  pendingSeconds?: number;
  /** The token's holder ended it while the handler that gave him the token was still at work. */
  earlyOutcome?: HandOffOutcome;
  /** Keys of the semaphores in which its last attempt took a slot, under the owner's nonce. */
  slots?: string[];
  /** What came in that asked for it: `message/<id>`, or `rule/<name>/<id of the event>`. */
  causedBy?: string;
  /** How many events of our own led to it, one from the other. */
  hops?: number;
  index?: IndexEntry;
  /** Set on ending: retention. */
  ttl?: EpochSeconds;
}

export const isFinal = (status: ExecutionStatus): boolean =>
  status === 'success' || status === 'dead' || status === 'cancelled' || status === 'skipped';
