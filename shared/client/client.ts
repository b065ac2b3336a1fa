import type { RetryInput, TriggerInput } from '../contract/execution.ts';
import { bulkOf } from './bulk.ts';
import { deadLetterCalls } from './dead-letters.ts';
import { type Listing, listing } from './listing.ts';
import { openEvents } from './live.ts';
import { type CallOptions, makeStreams, makeTransport, type TransportOptions } from './transport.ts';
import type {
  AuditEntry,
  AuditFilter,
  Backfill,
  BackfillInput,
  BackfillState,
  Calendar,
  CalendarChange,
  CalendarInput,
  Execution,
  ExecutionFilter,
  ExecutionPayload,
  ExecutionWhy,
  Firings,
  FiringsFilter,
  GuardedOptions,
  Handler,
  Health,
  IdempotentOptions,
  LimitInUse,
  Me,
  NewToken,
  Occurrences,
  PageSize,
  PauseOptions,
  Preview,
  Purge,
  PutOptions,
  Queue,
  QueuePatch,
  Schedule,
  Stats,
  StatsSpan,
  Task,
  TaskExecutionFilter,
  TaskFilter,
  TaskInput,
  TaskPatch,
  TaskVersion,
  TaskWhy,
  Tenant,
  TenantInput,
  Token,
  TokenFilter,
  TokenInput,
  Variable,
} from './types.ts';

export type { Problem } from '../contract/problem.ts';
export { type Bulk, type BulkInput, type BulkJob, isBulkJob } from './bulk.ts';
export type {
  Canary,
  DeadLetterFilter,
  DeadLetterGroup,
  DeadLetterGroupFilter,
  DeadLetterOutcomes,
  IgnoredFingerprint,
  Redrive,
} from './dead-letters.ts';
export type { Listing, Page } from './listing.ts';
export { ConnectionError, ProblemError } from './problem-error.ts';
export type { CallOptions, TransportOptions as ClientOptions } from './transport.ts';
export type * from './types.ts';

export type Client = ReturnType<typeof createClient>;

/** The admin API of a deployment. Needs nothing but fetch: runs in Node, in browsers and at the edge. */
export function createClient(options: TransportOptions) {
  const send = makeTransport(options);
  const stream = makeStreams(options);
  const get = <T>(path: string, call: CallOptions = {}, query = {}) =>
    send<T>({ method: 'GET', path, query, ...call });
  const post = <T>(path: string, body?: unknown, call: CallOptions = {}, headers = {}) =>
    send<T>({ method: 'POST', path, body, headers, ...call });

  return {
    tasks: {
      list: (filter: TaskFilter = {}, call?: CallOptions): Listing<Task> =>
        listing(send, '/v1/tasks', { ...filter }, call),
      get: (id: string, call?: CallOptions) => get<Task>(taskPath(id), call),
      create: (input: TaskInput, { idempotencyKey, ...call }: IdempotentOptions = {}) =>
        post<Task>('/v1/tasks', input, call, keyed(idempotencyKey)),
      /** Creates it, or makes it what `input` says; the same again changes nothing. */
      put: (id: string, input: TaskInput, { ifVersion, ifAbsent, dryRun, ...call }: PutOptions = {}) =>
        send<Task>({
          method: 'PUT',
          path: taskPath(id),
          query: { dryRun },
          body: input,
          headers: { ...matching(ifVersion), ...(ifAbsent ? { 'If-None-Match': '*' } : {}) },
          ...call,
        }),
      patch: (id: string, patch: TaskPatch, { ifVersion, ...call }: GuardedOptions = {}) =>
        send<Task>({
          method: 'PATCH',
          path: taskPath(id),
          body: patch,
          headers: matching(ifVersion),
          ...call,
        }),
      delete: (id: string, { ifVersion, ...call }: GuardedOptions = {}) =>
        send<void>({ method: 'DELETE', path: taskPath(id), headers: matching(ifVersion), ...call }),
      pause: (id: string, { reason, ...call }: PauseOptions = {}) =>
        post<Task>(`${taskPath(id)}/pause`, reason === undefined ? undefined : { reason }, {
          ...call,
          ...REPEATABLE,
        }),
      resume: (id: string, call?: CallOptions) =>
        post<Task>(`${taskPath(id)}/resume`, undefined, { ...call, ...REPEATABLE }),
      /** Runs it besides its schedule. */
      trigger: (id: string, input: TriggerInput = {}, { idempotencyKey, ...call }: IdempotentOptions = {}) =>
        post<Execution>(`${taskPath(id)}/trigger`, input, call, keyed(idempotencyKey)),
      upcoming: async (id: string, count = 10, call?: CallOptions): Promise<string[]> =>
        (await get<Occurrences>(`${taskPath(id)}/upcoming`, call, { count })).items,
      /** The next ones with what jitter and calendars moved; or what the schedule says from an instant on. */
      occurrences: (id: string, span: { count?: number; from?: string } = {}, call?: CallOptions) =>
        get<Occurrences>(`${taskPath(id)}/upcoming`, call, span),
      /** The one gate that keeps it from running right now, in words and facts. */
      why: (id: string, call?: CallOptions) => get<TaskWhy>(`${taskPath(id)}/why`, call),
      /** What it says, and what it said before, the newest first. */
      versions: (id: string, page: PageSize = {}, call?: CallOptions): Listing<TaskVersion> =>
        listing(send, `${taskPath(id)}/versions`, { ...page }, call),
      executions: (id: string, filter: TaskExecutionFilter = {}, call?: CallOptions): Listing<Execution> =>
        listing(send, `${taskPath(id)}/executions`, { ...filter }, call),
      /** Repeating it creates no run twice. */
      backfill: (id: string, input: BackfillInput, call?: CallOptions) =>
        post<Backfill>(`${taskPath(id)}/backfill`, input, { ...call, ...REPEATABLE }),
      backfillState: (id: string, backfillId: string, call?: CallOptions) =>
        get<BackfillState>(`${taskPath(id)}/backfills/${encodeURIComponent(backfillId)}`, call),
      abortBackfill: (id: string, backfillId: string, call?: CallOptions) =>
        send<BackfillState>({
          method: 'DELETE',
          path: `${taskPath(id)}/backfills/${encodeURIComponent(backfillId)}`,
          ...call,
        }),
    },
    executions: {
      list: (filter: ExecutionFilter = {}, call?: CallOptions): Listing<Execution> =>
        listing(send, '/v1/executions', { ...filter }, call),
      get: (id: string, call?: CallOptions) => get<Execution>(executionPath(id), call),
      /** What it was given, or what its task has now; its size only for a viewer. */
      payload: (id: string, call?: CallOptions) =>
        get<ExecutionPayload>(`${executionPath(id)}/payload`, call),
      /** Why it waits, or how it ended. */
      why: (id: string, call?: CallOptions) => get<ExecutionWhy>(`${executionPath(id)}/why`, call),
      cancel: (id: string, call?: CallOptions) =>
        post<Execution>(`${executionPath(id)}/cancel`, undefined, call),
      /** With the payload that it had, unless another is given. */
      retry: (id: string, input: RetryInput = {}, call?: CallOptions) =>
        post<Execution>(`${executionPath(id)}/retry`, input, call),
    },
    ...bulkOf(send, options.sleep ?? ((ms) => new Promise((resolve) => setTimeout(resolve, ms)))),
    queues: {
      list: (call?: CallOptions): Listing<Queue> => listing(send, '/v1/queues', {}, call),
      get: (name: string, call?: CallOptions) => get<Queue>(queuePath(name), call),
      patch: (name: string, patch: QueuePatch, call?: CallOptions) =>
        send<Queue>({ method: 'PATCH', path: queuePath(name), body: patch, ...call }),
      ...deadLetterCalls(send),
      /** Throws all dead letters away; `confirm` repeats the queue's name. */
      purge: (name: string, confirm: string, call?: CallOptions) =>
        post<Purge>(`${queuePath(name)}/dead-letters/purge`, { confirm }, call),
    },
    /** Shared caps and rate limits that runs take right now. */
    limits: (page: PageSize = {}, call?: CallOptions): Listing<LimitInUse> =>
      listing(send, '/v1/limits', { ...page }, call),
    variables: {
      list: (call?: CallOptions): Listing<Variable> => listing(send, '/v1/variables', {}, call),
      get: (name: string, call?: CallOptions) => get<Variable>(variablePath(name), call),
      put: (name: string, value: unknown, call?: CallOptions) =>
        send<Variable>({ method: 'PUT', path: variablePath(name), body: { value }, ...call }),
      delete: (name: string, call?: CallOptions) =>
        send<void>({ method: 'DELETE', path: variablePath(name), ...call }),
    },
    calendars: {
      list: (page: PageSize = {}, call?: CallOptions): Listing<Calendar> =>
        listing(send, '/v1/calendars', { ...page }, call),
      get: (id: string, call?: CallOptions) => get<Calendar>(calendarPath(id), call),
      /** Tasks that use it, by id. */
      tasks: (id: string, page: PageSize = {}, call?: CallOptions): Listing<{ id: string }> =>
        listing(send, `${calendarPath(id)}/tasks`, { ...page }, call),
      put: (id: string, input: CalendarInput, call?: CallOptions) =>
        send<CalendarChange>({ method: 'PUT', path: calendarPath(id), body: input, ...call }),
      delete: (id: string, call?: CallOptions) =>
        send<void>({ method: 'DELETE', path: calendarPath(id), ...call }),
    },
    tokens: {
      list: (filter: TokenFilter = {}, call?: CallOptions): Listing<Token> =>
        listing(send, '/v1/tokens', { ...filter }, call),
      /** Its secret is in this answer and never again. */
      create: (input: TokenInput, call?: CallOptions) => post<NewToken>('/v1/tokens', input, call),
      revoke: (id: string, call?: CallOptions) =>
        send<void>({ method: 'DELETE', path: `/v1/tokens/${encodeURIComponent(id)}`, ...call }),
    },
    tenants: {
      list: (page: PageSize = {}, call?: CallOptions): Listing<Tenant> =>
        listing(send, '/v1/tenants', { ...page }, call),
      get: (id: string, call?: CallOptions) => get<Tenant>(tenantPath(id), call),
      put: (id: string, input: TenantInput, call?: CallOptions) =>
        send<Tenant>({ method: 'PUT', path: tenantPath(id), body: input, ...call }),
      delete: (id: string, call?: CallOptions) =>
        send<void>({ method: 'DELETE', path: tenantPath(id), ...call }),
    },
    audit: {
      /** Who changed what, the newest first. */
      list: (filter: AuditFilter = {}, call?: CallOptions): Listing<AuditEntry> =>
        listing(send, '/v1/audit', { ...filter }, call),
    },
    /** When a schedule would be due, or the error that creating a task with it would give. */
    preview: (schedule: Schedule, count = 10, call?: CallOptions) =>
      post<Preview>('/v1/schedules/preview', { schedule, count }, { ...call, ...REPEATABLE }),
    handlers: (call?: CallOptions): Listing<Handler> => listing(send, '/v1/handlers', {}, call),
    /** Changes as they happen, from now on; undefined where the deployment cannot send them. */
    events: (call?: CallOptions) => openEvents(stream, call),
    /** When tasks are due, by minute: one page of tasks, and pages add up. */
    upcoming: (filter: FiringsFilter = {}, call?: CallOptions) =>
      get<Firings>('/v1/upcoming', call, { ...filter }),
    /** What ended in a span of time; the last hour by the minute when none is said. */
    stats: (span: StatsSpan = {}, call?: CallOptions) => get<Stats>('/v1/stats', call, { ...span }),
    /** The text that Prometheus reads. */
    metrics: (call?: CallOptions) => get<string>('/v1/metrics', call),
    /** Whom the API takes you for. */
    me: (call?: CallOptions) => get<Me>('/v1/me', call),
    /** Needs no credential. A ProblemError of status 503 while the store does not answer. */
    health: (call?: CallOptions) => get<Health>('/v1/health', call),
  };
}

const REPEATABLE = { repeatable: true };
const RANDOM_BYTES = 16;

const taskPath = (id: string) => `/v1/tasks/${encodeURIComponent(id)}`;
const executionPath = (id: string) => `/v1/executions/${encodeURIComponent(id)}`;
const queuePath = (name: string) => `/v1/queues/${encodeURIComponent(name)}`;
const calendarPath = (id: string) => `/v1/calendars/${encodeURIComponent(id)}`;
const tenantPath = (id: string) => `/v1/tenants/${encodeURIComponent(id)}`;
const variablePath = (name: string) => `/v1/variables/${encodeURIComponent(name)}`;

const matching = (version: number | undefined) =>
  version === undefined ? {} : { 'If-Match': `"${version}"` };
const keyed = (key: string = newKey()) => ({ 'Idempotency-Key': key });

/** Not randomUUID, which browsers offer on https only. */
const newKey = (): string =>
  [...crypto.getRandomValues(new Uint8Array(RANDOM_BYTES))]
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join('');
