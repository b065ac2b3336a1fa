import { DAY_MS, MINUTE_MS, SECOND_MS } from './time.ts';

/**
 * Every limit with a dimension, in one place. AWS limits carry their source; protocol constants name the
 * rule that fixes them (docs/protocol.md).
 */

// --- Amazon SQS: docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html
export const SQS_MAX_DELAY_SECONDS = 900;
export const SQS_MAX_VISIBILITY_SECONDS = 43_200;
export const SQS_BATCH_ENTRIES = 10;

// --- Amazon DynamoDB: docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html
export const DYNAMODB_BATCH_GET_KEYS = 100;
export const DYNAMODB_TRANSACT_ITEMS = 100;

// --- AWS Lambda: docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
export const LAMBDA_MAX_TIMEOUT_SECONDS = 900;
/** docs.aws.amazon.com/lambda/latest/api/API_ScalingConfig.html */
export const MIN_WORKERS = 2;
export const MAX_WORKERS = 1_000;

// --- Protocol (docs/protocol.md §1)
/** Largest difference that we tolerate between two hosts' clocks. */
export const CLOCK_SKEW_MS = 2 * SECOND_MS;
/** A handler is certainly dead this long after its deadline (worker.terminate()). */
export const KILL_MS = 5 * SECOND_MS;
/** Slack of a lease beyond deadline and kill; must be ≥ 2 × CLOCK_SKEW_MS. */
export const GRACE_MS = 5 * SECOND_MS;
/** A handler begins at most this long after the task was last seen to permit it. */
export const START_BUDGET_MS = 5 * SECOND_MS;
/** The tick hints what falls due within this window, beyond the next tick and its jitter. */
export const LOOK_AHEAD_MS = 75 * SECOND_MS;
/** Whoever makes a task due sooner than this sends the hint himself; > look-ahead + tick period + jitter. */
export const HOT_WINDOW_MS = 150 * SECOND_MS;
/** An entry this long past due lost its hint: the tick hints it anew. */
export const OVERDUE_MS = 60 * SECOND_MS;
/** First look of the sweeper at a run that waits for a message. */
export const OPEN_LOOK_MS = 60 * SECOND_MS;
/** A running run shows up in a sweep this long after its lease ended. */
export const LEASE_LOOK_MS = 5 * SECOND_MS;
/** An early message is waited out in the executor up to this; a longer one is sent again with a delay. */
export const EARLY_WAIT_MS = 2 * SECOND_MS;
/** What the executor must have left of its own time beyond timeout and kill before it takes a run. */
export const EXECUTOR_MARGIN_MS = 3 * SECOND_MS;
/** A kept message is given back to the queue while this many receives are left (protocol A2). */
export const RECEIVES_IN_RESERVE = 5;
/** A manual run waits this long at most behind its task's live run, then it is skipped. */
export const MANUAL_WAIT_MS = 60 * MINUTE_MS;
/** A run that waits for a slot looks again after as long as it has waited, within these bounds. */
export const SLOT_LOOK_MIN_MS = 5 * SECOND_MS;
export const SLOT_LOOK_MAX_MS = 60 * SECOND_MS;
/** Waiting runs that a semaphore remembers by name, to wake them; further ones look again by themselves. */
export const SLOT_WAITERS = 32;
/** Expired holders that one write takes out of a semaphore: an expression has 4 KB. */
export const SLOT_EVICTIONS = 20;
/** Runs that a rate limit gives an instant of their own; further ones ask again. */
export const RATE_RESERVATIONS = 64;
/** A run that comes later than this after its instant needs another one. */
export const RATE_RESERVATION_KEPT_MS = 30 * SECOND_MS;
/** Semaphores and rate limits that nobody uses any more are removed after so long: later than any lease ends. */
export const FLOW_ITEM_KEPT_MS = 8 * DAY_MS;
/** A deleted task's items stay this long, so that late messages still find "deleted". */
export const DELETED_TASK_KEPT_MS = 7 * DAY_MS;

/** The tick comes once a minute; one may be lost without harm, for the next makes good for it. */
export const TICK_LATE_MS = 150 * SECOND_MS;

// --- The contract (docs/api.md)
export const MIN_MISFIRE_GRACE_SECONDS = 150;
export const DEFAULT_MISFIRE_GRACE_SECONDS = 300;
export const DEFAULT_TIMEOUT_SECONDS = 60;
export const MAX_TASK_TIMEOUT_SECONDS = 870;
/** They are one item, which DynamoDB lets grow to 400 KB. */
export const MAX_VARIABLES = 100;
export const MAX_VARIABLE_BYTES = 2_048;
/** Links between a run that nobody chained and the last of its chain. */
export const MAX_CHAIN_DEPTH = 50;
/** A backfill's runs are written within one request. */
export const MAX_BACKFILL_RUNS = 1_000;
export const MAX_BACKFILL_OCCURRENCES = 10_000;
/** What one bulk request does itself; a filter that matches more becomes a job. */
export const MAX_BULK_ITEMS = 1_000;
/** Of a job that are written down before they are acted on. */
export const BULK_BATCH = 50;
export const MAX_BULK_WALKS = 5;
export const MAX_BULK_FAILURES = 100;
/** How long a job that is over can be looked at. */
export const BULK_JOB_KEPT_MS = 7 * DAY_MS;
/** The lease of a task with heartbeats must leave room for their writes. */
export const MIN_HEARTBEAT_SECONDS = 5;
export const MAX_RETRY_LIMIT = 100;
export const MAX_RETRY_DELAY_SECONDS = 43_200;
export const MAX_RETRY_RULES = 10;
/** How often one run may be put off (SnoozeError, or a rule) until a person retries it. */
export const MAX_SNOOZES = 1_000;
export const MAX_PAYLOAD_BYTES = 128 * 1024;
export const MAX_BODY_BYTES = 256 * 1024;
/** Of a body: far beyond what a payload needs, far below what a recursive reader could choke on. */
export const MAX_JSON_DEPTH = 64;
export const MAX_JSON_VALUES = 50_000;
/** Problems that one answer lists. */
export const MAX_LISTED_ERRORS = 100;
export const MAX_RESULT_BYTES = 16 * 1024;
/** A larger result or payload override lives in an item of its own, so that the hot row stays under 1 KB. */
export const INLINE_JSON_BYTES = 512;
export const MAX_ERROR_MESSAGE_CHARS = 2_000;
/** In the list of attempts each message is kept shorter: every write bills the whole item. */
export const MAX_ATTEMPT_MESSAGE_CHARS = 256;
export const MAX_ATTEMPTS_KEPT = 101;
/** Tokens of so many attempts are still told from foreign ones. */
export const HAND_OFFS_KEPT = 10;
/** A week. */
export const MAX_HAND_OFF_SECONDS = 604_800;
export const MAX_ERROR_TYPE_CHARS = 100;
export const MAX_PROGRESS_CHARS = 256;
export const MAX_BACKLOG_LIMIT = 1_000_000;
/** How long whoever met a full queue is asked to stay away. */
export const BACKLOG_RETRY_SECONDS = 30;
/** Caps of either kind that one task may name. */
export const MAX_CAPS = 4;
export const MAX_CONCURRENCY = 1_000;
/** The instants of so many starts are kept with a rate limit: 2 KB at most. */
export const MAX_RATE = 100;
export const MAX_RATE_PERIOD_SECONDS = 86_400;
export const PAGE_LIMIT_DEFAULT = 50;
export const PAGE_LIMIT_MAX = 200;
export const MAX_CRON_EXPRESSIONS = 20;
export const MAX_CRON_EXPRESSION_CHARS = 512;
export const MAX_RRULE_CHARS = 512;
export const MAX_RRULE_COUNT = 10_000;
export const MAX_RRULE_INTERVAL = 1_000_000;
/** Local times that one period of a recurrence rule may name. */
export const MAX_RRULE_CANDIDATES = 10_000;
/** How many periods the search for one occurrence of a recurrence rule looks at. */
export const MAX_RRULE_PERIODS = 10_000;
export const MAX_CALENDAR_DATES = 1_000;
export const MAX_CALENDAR_RANGES = 100;
export const MAX_CALENDARS_OF_SCHEDULE = 8;
/** How many days in a row a calendar may exclude, and how far an occurrence is shifted at most. */
export const MAX_EXCLUDED_DAYS = 366;
/** How many days without an occurrence the search under calendars looks at. */
export const MAX_DAYS_LOOKED_AT = 3_700;
/** Ten years. */
export const MAX_INTERVAL_SECONDS = 315_576_000;
export const MAX_JITTER_SECONDS = 86_400;
/** Instants that users may write: [1970, 2101). */
export const MAX_INSTANT_EXCLUSIVE_MS = Date.UTC(2101, 0, 1);
export const UPCOMING_MAX = 100;
/** Of one task from an instant on, past ones as well. */
export const OCCURRENCES_MAX = 1_000;
/** Of GET /v1/upcoming, and how many tasks of one minute it names. */
export const FIRINGS_SPAN_HOURS = 24;
export const FIRING_TASKS_NAMED = 5;
/** Missed occurrences are counted one by one but of a plain interval, and no further than this. */
export const MISSED_COUNT_CAP = 100_000;
export const IDEMPOTENCY_KEPT_MS = DAY_MS;
/** A token that is used all the time writes down when it was last used this often. */
export const TOKEN_USE_STEP_MS = 5 * MINUTE_MS;
/** Shown in lists for so long after it expired. */
export const EXPIRED_TOKEN_KEPT_MS = 30 * DAY_MS;
export const MAX_TENANT_TASKS = 1_000_000;
export const MAX_RATE_PER_MINUTE = 1_000_000;
/** Only a deleted task makes room for another: worth a look again after so long. */
export const TASK_LIMIT_RETRY_SECONDS = 60;
/** An executor knows of a tenant's new limits after so long. */
export const TENANT_LIMITS_KNOWN_MS = 30 * SECOND_MS;
/** Ten years. */
export const MAX_TOKEN_SECONDS = 315_576_000;
export const MAX_TRIGGER_DELAY_SECONDS = 366 * 86_400;
/** Nothing lies in a queue of SQS for longer. */
export const EVENT_ID_KEPT_MS = 14 * DAY_MS;
/** An event about a run that events led to may lead to another one, so often and no further. */
export const MAX_EVENT_HOPS = 10;
/** Of a resource before, and as much after a change: an entry of the audit trail stays below 7 KB. */
export const MAX_AUDIT_STATE_BYTES = 3_072;
/** A longer text in it is masked. */
export const MAX_AUDIT_TEXT_CHARS = 1_024;
/** Of the name of a resource, which may be whatever somebody wrote into a path. */
export const MAX_AUDIT_RESOURCE_CHARS = 256;
/** A minute is summed up so long after its end: whoever writes down what ended in it has done so by then. */
export const STATS_CLOSE_AFTER_MS = MINUTE_MS;
/** What ended is kept for so long after it was summed up. */
export const STATS_BATCH_KEPT_MS = 2 * DAY_MS;
/** Tasks of one ranking that a summary keeps. */
export const STATS_TASKS_KEPT = 25;
/** Of one ranking, as people see it. */
export const STATS_TASKS_SHOWN = 10;
/** Points of a series. */
export const MAX_STATS_POINTS = 1_500;
/** Ends that one item holds: below 400 KB with the longest ids. */
export const STATS_ENDS_IN_BATCH = 1_000;
