import type * as z from 'zod';
import type { AuditEntryWire } from '../contract/audit.ts';
import type { BackfillInputSchema, BackfillStateWire, BackfillWire } from '../contract/backfill.ts';
import type { CalendarChangeSchema, CalendarInputSchema, CalendarSchema } from '../contract/calendar.ts';
import type { ExecutionWire, TriggerInput } from '../contract/execution.ts';
import type { PurgeSchema, QueuePatchSchema, QueueWire, RedriveSchema } from '../contract/queue.ts';
import type { ScheduleSchema } from '../contract/schedule.ts';
import type { HandlerSchema, HealthSchema, PreviewSchema, UpcomingSchema } from '../contract/service.ts';
import type { StatsQuery, StatsWire } from '../contract/stats.ts';
import type { TaskInputSchema, TaskWire } from '../contract/task.ts';
import type { TenantInputSchema, TenantSchema } from '../contract/tenant.ts';
import type { NewTokenSchema, TokenInputSchema, TokenSchema } from '../contract/token.ts';
import type { VariableSchema } from '../contract/variables.ts';
import type { ExecutionWhyWire, TaskWhyWire } from '../contract/why.ts';
import { bulkOf } from './bulk.ts';
import { type Listing, listing } from './listing.ts';
import { openEvents } from './live.ts';
import { type CallOptions, makeStreams, makeTransport, type TransportOptions } from './transport.ts';

export type { Problem } from '../contract/problem.ts';
export { type Bulk, type BulkInput, type BulkJob, isBulkJob } from './bulk.ts';
export type { Listing, Page } from './listing.ts';
export { ConnectionError, ProblemError } from './problem-error.ts';
export type { CallOptions, TransportOptions as ClientOptions } from './transport.ts';

export type Task = TaskWire;
/** What a task is made of; everything absent gets the default of its queue. */
export type TaskInput = z.input<typeof TaskInputSchema>;
/** JSON merge patch: null takes a field back to its default. */
export type TaskPatch = { [F in keyof TaskInput]?: TaskInput[F] | null };
export type Schedule = z.input<typeof ScheduleSchema>;
export type Execution = ExecutionWire;
export type ExecutionStatus = Execution['status'];
export type TaskWhy = TaskWhyWire;
export type ExecutionWhy = ExecutionWhyWire;
export type { LiveEvent } from '../contract/live.ts';
export type Queue = QueueWire;
/** What is changed while it runs; null takes a setting back to the configuration's. */
export type QueuePatch = z.input<typeof QueuePatchSchema>;
export type Backfill = BackfillWire;
export type BackfillInput = z.input<typeof BackfillInputSchema>;
export type BackfillState = BackfillStateWire;
export type Redrive = z.infer<typeof RedriveSchema>;
export type Purge = z.infer<typeof PurgeSchema>;
export type Preview = z.infer<typeof PreviewSchema>;
export type Handler = z.infer<typeof HandlerSchema>;
export type Health = z.infer<typeof HealthSchema>;
export type Tenant = z.infer<typeof TenantSchema>;
export type TenantInput = z.input<typeof TenantInputSchema>;
export type Token = z.infer<typeof TokenSchema>;
export type NewToken = z.infer<typeof NewTokenSchema>;
export type TokenInput = z.input<typeof TokenInputSchema>;
export type Calendar = z.infer<typeof CalendarSchema>;
export type CalendarInput = z.input<typeof CalendarInputSchema>;
export type CalendarChange = z.infer<typeof CalendarChangeSchema>;
export type AuditEntry = AuditEntryWire;
export type Variable = z.infer<typeof VariableSchema>;

export type Stats = StatsWire;
/** Of statistics; instants are ISO 8601. */
export type StatsSpan = { [F in keyof StatsQuery]?: StatsQuery[F] | undefined };

interface PageSize {
  /** Of one page, 1 to 200. */
  limit?: number | undefined;
}
export interface TokenFilter extends PageSize {
  /** Other than one's own: for an admin of root. */
  tenant?: string | undefined;
}
export interface TaskFilter extends PageSize {
  status?: Task['status'] | readonly Task['status'][] | undefined;
  queue?: string | undefined;
  tag?: string | undefined;
  handler?: string | undefined;
  /** Part of id, name, description, handler or a tag, in upper or lower case. */
  search?: string | undefined;
}
export interface TaskExecutionFilter extends PageSize {
  status?: ExecutionStatus | readonly ExecutionStatus[] | undefined;
  /** Due at or after; ISO 8601. */
  from?: string | undefined;
  /** Due before; ISO 8601. */
  to?: string | undefined;
}
export interface ExecutionFilter extends TaskExecutionFilter {
  queue?: string | undefined;
  taskId?: string | undefined;
  tag?: string | undefined;
}

export interface AuditFilter extends PageSize {
  /** This, or what stands beneath it: `event` for everything that came in. */
  actor?: string | undefined;
  /** `task.pause`, or `task` for all that was done to tasks. */
  action?: string | undefined;
  /** `tasks/nightly-report`, or `tasks` for all of them. */
  resource?: string | undefined;
  /** At or after; ISO 8601. */
  from?: string | undefined;
  /** Before; ISO 8601. */
  to?: string | undefined;
}

export interface IdempotentOptions extends CallOptions {
  /** Made anew for each call, and kept over its retries, unless given. */
  idempotencyKey?: string;
}
export interface GuardedOptions extends CallOptions {
  /** Only if the task is at this version. */
  ifVersion?: number;
}
export interface PutOptions extends GuardedOptions {
  /** Only if there is no such task. */
  ifAbsent?: boolean;
  /** Check it and give back what would become of it, and write nothing. */
  dryRun?: boolean;
}

export interface PauseOptions extends CallOptions {
  /** Shown with the task until it is resumed. */
  reason?: string | undefined;
}

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
        (await get<z.infer<typeof UpcomingSchema>>(`${taskPath(id)}/upcoming`, call, { count })).items,
      /** The one gate that keeps it from running right now, in words and facts. */
      why: (id: string, call?: CallOptions) => get<TaskWhy>(`${taskPath(id)}/why`, call),
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
      /** Why it waits, or how it ended. */
      why: (id: string, call?: CallOptions) => get<ExecutionWhy>(`${executionPath(id)}/why`, call),
      cancel: (id: string, call?: CallOptions) =>
        post<Execution>(`${executionPath(id)}/cancel`, undefined, call),
      retry: (id: string, call?: CallOptions) =>
        post<Execution>(`${executionPath(id)}/retry`, undefined, call),
    },
    ...bulkOf(send, options.sleep ?? ((ms) => new Promise((resolve) => setTimeout(resolve, ms)))),
    queues: {
      list: (call?: CallOptions): Listing<Queue> => listing(send, '/v1/queues', {}, call),
      get: (name: string, call?: CallOptions) => get<Queue>(queuePath(name), call),
      patch: (name: string, patch: QueuePatch, call?: CallOptions) =>
        send<Queue>({ method: 'PATCH', path: queuePath(name), body: patch, ...call }),
      deadLetters: (name: string, page: PageSize = {}, call?: CallOptions): Listing<Execution> =>
        listing(send, `${queuePath(name)}/dead-letters`, { ...page }, call),
      /** Those named, or all; at most 1,000 a call, `more` says whether to go on. */
      redrive: (name: string, ids?: readonly string[], call?: CallOptions) =>
        post<Redrive>(`${queuePath(name)}/dead-letters/redrive`, ids ? { ids } : {}, call),
      /** Throws all dead letters away; `confirm` repeats the queue's name. */
      purge: (name: string, confirm: string, call?: CallOptions) =>
        post<Purge>(`${queuePath(name)}/dead-letters/purge`, { confirm }, call),
    },
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
    /** What ended in a span of time; the last hour by the minute when none is said. */
    stats: (span: StatsSpan = {}, call?: CallOptions) => get<Stats>('/v1/stats', call, { ...span }),
    /** The text that Prometheus reads. */
    metrics: (call?: CallOptions) => get<string>('/v1/metrics', call),
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
