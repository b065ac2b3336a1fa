import type { ChainLink } from './chain-link.ts';
import type { IndexEntry } from './index-entry.ts';
import type { Schedule } from './schedule.ts';
import type { Target } from './target.ts';
import type { EpochMs, EpochSeconds } from './time.ts';

export interface TaskKey {
  tenant: string;
  taskId: string;
}

/** Where tasks go that name no queue; it is always configured. */
export const DEFAULT_QUEUE = 'default';

/** `disabled` is paused by the system (a stop rule); every rule treats both alike. */
export type TaskStatus = 'active' | 'paused' | 'disabled' | 'completed' | 'deleted';
export type OverlapPolicy = 'forbid' | 'queue' | 'allow';
export type MisfirePolicy = 'fireOnce' | 'skip' | 'catchUp';
export type RetryStrategy = 'fixed' | 'linear' | 'exponential';
export type Jitter = 'none' | 'full' | 'equal';

export interface RetryPolicy {
  strategy: RetryStrategy;
  /** Retries after the first attempt. */
  limit: number;
  baseSeconds: number;
  maxSeconds: number;
  jitter: Jitter;
  /** The first that matches a failure decides instead of the above. */
  rules?: RetryRule[];
}

/** `error`: whatever was thrown, throttles included; `throttled`: the other side said "too many requests". */
export type RuleCause = 'error' | 'timedOut' | 'crashed' | 'throttled';

/** What to do about failures of one kind, instead of what the task's policy says (docs/lifecycle.md). */
export interface RetryRule {
  /** Everything named must hold; nothing named matches every failure. */
  match: {
    /** Exact, or with `*` for any characters. */
    errorType?: string;
    /** Statuses, or classes of them such as `5xx`; any of them. */
    httpStatus?: (number | string)[];
    cause?: RuleCause;
  };
  /** `snooze`: again later without spending an attempt. */
  then: 'retry' | 'stop' | 'snooze';
  strategy?: RetryStrategy;
  baseSeconds?: number;
  maxSeconds?: number;
  /** A budget of the rule's own: so many failures that it takes; they do not count in the task's. */
  limit?: number;
}

/** At most so many runs at the same time of all the tenant's tasks that name the key. */
export interface ConcurrencyCap {
  key: string;
  limit: number;
}

/** At most so many starts in any period of so many seconds, of all the tenant's tasks that name the key. */
export interface RateCap {
  key: string;
  limit: number;
  perSeconds: number;
}

/** The first that holds completes the task, or disables it after failures; runs are counted when they end. */
export interface StopRules {
  afterRuns?: number;
  afterSuccesses?: number;
  afterConsecutiveFailures?: number;
  /** JSONata over { result, payload, task }: true of a run that succeeded. */
  when?: string;
}
export type StopRule = keyof StopRules;

/** Ends counted since the stop rules or the schedule were last changed. */
export interface Tally {
  runs: number;
  successes: number;
  /** Deaths since the last success, or since a person last resumed the task. */
  failures: number;
}

/** Who paused a task, and what for. */
export interface Pause {
  by: string;
  at: EpochMs;
  reason?: string;
}

/** The hot item: every run writes it, so it stays under 1 KB. */
export interface TaskState extends TaskKey {
  status: TaskStatus;
  /** Fixed at creation; a task keeps its number for life. */
  shard: number;
  /** Absent when nothing is due any more, or while the task is not active. */
  nextRunAt?: EpochMs;
  /** +1 on every admin change of status, schedule, overlap or misfire; fences runs permitted earlier. */
  generation: number;
  /** +1 on every admin change; the ETag. */
  version: number;
  /** The `version` at which the definition was last written; must equal the definition's own. */
  definitionVersion: number;
  /** `<occurrence>@<epoch>` of the last claimed run: the overlap pointer, never cleared. */
  run?: string;
  /** What it waited for when it was paused: from there on its occurrences pass it by. */
  pausedFrom?: EpochMs;
  /** Only while it is paused by a person. */
  paused?: Pause;
  /** Occurrences passed over by misfire rules, ever. */
  missed: number;
  /** Only of tasks with stop rules. */
  tally?: Tally;
  /** The due instant of the last occurrence that was told of as late before anybody had claimed it. */
  lateFor?: EpochMs;
  /** The rule that ended it, and the occurrence of the run that fulfilled it. */
  stopped?: { by: StopRule; at: EpochMs; run: string };
  createdAt: EpochMs;
  updatedAt: EpochMs;
  createdBy: string;
  /** Present iff active with a nextRunAt. */
  index?: IndexEntry;
  /** Set when deleted. */
  ttl?: EpochSeconds;
}

/** What the user wrote; changes rarely. Payload is serialized JSON. */
export interface TaskDefinition extends TaskKey {
  definitionVersion: number;
  /** Who wrote this version; absent when that was before it was noted. */
  written?: { by: string; at: EpochMs };
  name: string;
  description?: string;
  /** A registered handler, or what targetHandler says of the target. */
  handler: string;
  target?: Target;
  payload: string;
  schedule: Schedule;
  queue: string;
  tags: string[];
  timeoutSeconds: number;
  /** The handler shows a sign of life at least so often; absent: it need not. Not above timeoutSeconds. */
  heartbeatSeconds?: number;
  retry: RetryPolicy;
  overlap: OverlapPolicy;
  misfire: MisfirePolicy;
  misfireGraceSeconds: number;
  catchUpLimit: number;
  /** Absent when there are none, and so for rateLimit. */
  concurrency?: ConcurrencyCap[];
  rateLimit?: RateCap[];
  stop?: StopRules;
  /** A run that has not finished so long after it was due is late. */
  deadline?: { seconds: number; notify: boolean };
  system: boolean;
  onSuccess?: ChainLink[];
  onFailure?: ChainLink[];
  onDead?: ChainLink[];
  /** `tasks` set: lists all tasks of a tenant; removed when deleted. */
  index?: IndexEntry;
  ttl?: EpochSeconds;
}

export interface Task {
  state: TaskState;
  definition: TaskDefinition;
}
