import * as z from 'zod';
import { deadLetterExamples } from './examples-dead-letters.ts';

/** One story: a nightly report of the tenant acme, as each schema shows it. */

const T = '2026-11-21T02:00:00.000Z';
const cron = { kind: 'cron', expressions: ['0 2 * * *'], timezone: 'Europe/Paris', jitterSeconds: 0 };
const taskInput = {
  name: 'Nightly report',
  handler: 'demo.echo',
  payload: { to: 'team@example.com' },
  schedule: cron,
  tags: ['billing'],
};
const retry = { strategy: 'exponential', limit: 5, baseSeconds: 10, maxSeconds: 3600, jitter: 'none' };
const stamps = { createdAt: '2026-11-20T09:00:00.000Z', createdBy: 'token:01KAJ3V1Q2M8W4C6Z7X9R0T5YB' };
const RUN = 'nightly-report~001795312800000';

const task = {
  id: 'nightly-report',
  ...taskInput,
  queue: 'default',
  timeoutSeconds: 60,
  overlap: 'forbid',
  misfire: 'fireOnce',
  misfireGraceSeconds: 300,
  catchUpLimit: 10,
  concurrency: [],
  rateLimit: [],
  system: false,
  status: 'active',
  retry,
  ...stamps,
  updatedAt: stamps.createdAt,
  version: 3,
  nextRunAt: '2026-11-22T01:00:00.000Z',
  scheduleDescription: 'At 02:00 AM (Europe/Paris)',
  lastRun: { executionId: RUN, status: 'success', scheduledAt: T, finishedAt: '2026-11-21T02:00:01.292Z' },
};

const execution = {
  id: RUN,
  idempotencyKey: `nightly-report/${T}`,
  taskId: 'nightly-report',
  taskName: 'Nightly report',
  queue: 'default',
  tags: ['billing'],
  trigger: 'schedule',
  status: 'success',
  reason: null,
  scheduledAt: T,
  startedAt: '2026-11-21T02:00:00.412Z',
  finishedAt: '2026-11-21T02:00:01.292Z',
  nextAttemptAt: null,
  latenessMs: 412,
  durationMs: 880,
  attempt: 1,
  maxAttempts: 6,
  snoozes: 0,
  snoozeReason: null,
  attempts: [
    {
      attempt: 1,
      status: 'success',
      startedAt: '2026-11-21T02:00:00.412Z',
      finishedAt: '2026-11-21T02:00:01.292Z',
      errorType: null,
      errorMessage: null,
      httpStatus: null,
      cause: null,
      requestId: null,
    },
  ],
  errorMessage: null,
  result: { sent: 1 },
  progress: null,
  missed: 0,
  collidedWith: null,
  upstream: null,
  fingerprint: null,
  resolution: null,
  canary: null,
  retries: 0,
  backfill: null,
  lateSince: null,
  causedBy: null,
  stopped: null,
  stopError: null,
  cancelRequested: false,
  pending: false,
  pendingUntil: null,
};

const BACKFILL = 'mi7o9c00-mi93p400-01KAJ3V1Q2M8W4C6Z7X9R0T5YB';
const HAND_OFF_TOKEN = 'acme.2f1c7b1e9d0a4c5e8f3b6a7d9c0e1f24';
const calendar = {
  id: 'holidays',
  name: 'Holidays',
  timezone: 'Europe/Paris',
  dates: ['2026-05-14', '--12-25'],
  ranges: [{ from: '2026-08-01', to: '2026-08-16' }],
  weekdays: ['sat', 'sun'],
  ...stamps,
  updatedAt: stamps.createdAt,
  version: 1,
};
const token = {
  id: '01KAJ3V1Q2M8W4C6Z7X9R0T5YB',
  name: 'ci',
  tenant: 'acme',
  role: 'operator',
  ...stamps,
  expiresAt: '2027-02-19T09:00:00.000Z',
  lastUsedAt: null,
};

const figures = {
  runs: { success: 59, dead: 1, cancelled: 0, skipped: 0 },
  failedAttempts: 4,
  late: 0,
  successRate: 0.9833,
  durationMs: { count: 63, mean: 912, p50: 880, p95: 1420, p99: 2030, max: 2041 },
  latenessMs: { count: 60, mean: 310, p50: 290, p95: 640, p99: 880, max: 902 },
};
const leader = {
  taskId: 'nightly-report',
  taskName: 'Nightly report',
  runs: 60,
  failedAttempts: 4,
  maxDurationMs: 2041,
  maxLatenessMs: 902,
};

/** By the name of the schema. */
const EXAMPLES: Readonly<Record<string, unknown>> = {
  TaskInput: taskInput,
  TaskReplacement: taskInput,
  PauseInput: { reason: 'month-end closing' },
  TaskPatch: { timeoutSeconds: 120, tags: null },
  Task: task,
  TaskVersion: { version: 3, at: stamps.createdAt, by: stamps.createdBy, definition: taskInput },
  Upcoming: { items: ['2026-11-22T01:00:00.000Z', '2026-11-23T01:00:00.000Z'] },
  Firings: {
    from: '2026-11-21T09:00:00.000Z',
    to: '2026-11-22T09:00:00.000Z',
    items: [{ at: '2026-11-22T01:00:00.000Z', count: 1, tasks: 1, taskIds: ['nightly-report'] }],
    named: [{ id: 'nightly-report', name: 'Nightly report', queue: 'default' }],
    counted: 1,
    nextCursor: null,
  },
  ExecutionPayload: { payload: { to: 'team@example.com' }, source: 'task' },
  RetryInput: { payload: { to: 'me@example.com' } },
  TriggerInput: { payload: { to: 'me@example.com' }, delaySeconds: 60 },
  Execution: execution,
  TaskWhy: {
    sentence: 'Not due yet: its next run is at 2026-11-22 02:00:00 (Europe/Paris), in 16 hours.',
    gate: 'notDue',
    until: '2026-11-22T01:00:00.000Z',
    facts: { nextRunAt: '2026-11-22T01:00:00.000Z', timezone: 'Europe/Paris' },
  },
  ExecutionWhy: {
    sentence:
      'Attempt 2 of 6 failed with HttpError: 503: the next one starts at 2026-11-21 03:00:20 (Europe/Paris), in 20 seconds.',
    gate: 'backoff',
    since: '2026-11-21T02:00:00.000Z',
    until: '2026-11-21T02:00:20.000Z',
    facts: { attempt: 2, maxAttempts: 6, errorType: 'HttpError', errorMessage: '503' },
  },
  Backfill: {
    id: BACKFILL,
    occurrences: 3,
    missing: 2,
    created: 2,
    first: '2026-11-19T01:00:00.000Z',
    last: '2026-11-20T01:00:00.000Z',
  },
  BackfillState: {
    id: BACKFILL,
    runs: 2,
    waiting: 1,
    running: 1,
    success: 0,
    dead: 0,
    cancelled: 0,
    skipped: 0,
  },
  BulkInput: { action: 'pause', filter: { tag: 'billing' }, dryRun: true },
  Bulk: {
    dryRun: true,
    matched: 2,
    more: false,
    done: 1,
    unchanged: 1,
    failed: 0,
    items: [
      { id: 'nightly-report', outcome: 'done' },
      { id: 'invoices', outcome: 'unchanged' },
    ],
  },
  BulkJob: {
    id: '01KAJ3V1Q2M8W4C6Z7X9R0T5YB',
    action: 'retry',
    filter: { queue: 'default', from: T },
    status: 'running',
    matched: 4200,
    done: 1250,
    unchanged: 0,
    failed: 1,
    failures: [
      {
        id: RUN,
        outcome: 'failed',
        problem: { code: 'state-conflict', detail: 'The task of this execution has been deleted' },
      },
    ],
    ...stamps,
    finishedAt: null,
  },
  CompleteInput: { token: HAND_OFF_TOKEN, result: { sent: 1 } },
  FailInput: { token: HAND_OFF_TOKEN, error: { type: 'SmtpError', message: 'mailbox full' } },
  HeartbeatInput: { token: HAND_OFF_TOKEN, progress: { percent: 40, message: 'sending' } },
  Queue: {
    name: 'default',
    priority: 5,
    workers: 20,
    paused: false,
    maxBacklog: null,
    timeoutSeconds: 60,
    retry,
    deployed: { workers: 20, timeoutSeconds: 60, retry },
    applied: true,
    depth: 12,
    delayed: 3,
    inFlight: 20,
    oldestAgeSeconds: 4,
    deadLetters: 1,
    lettersInSqs: 0,
  },
  QueuePatch: { workers: 10, maxBacklog: 10_000, retry: { limit: 3 } },
  ...deadLetterExamples(RUN, stamps.createdBy),
  PurgeInput: { confirm: 'default' },
  Purge: { count: 1, more: false },
  Stats: {
    from: '2026-11-21T01:00:00.000Z',
    to: '2026-11-21T02:00:00.000Z',
    interval: 'hour',
    countedUntil: '2026-11-21T02:00:00.000Z',
    totals: figures,
    series: [{ at: '2026-11-21T01:00:00.000Z', ...figures }],
    tasks: { mostRuns: [leader], mostFailures: [leader], slowest: [leader], latest: [leader] },
    backlog: [{ name: 'default', depth: 12, delayed: 3, inFlight: 20, oldestAgeSeconds: 4, deadLetters: 1 }],
  },
  Calendar: calendar,
  CalendarChange: { ...calendar, replanned: { tasks: 2, complete: true } },
  VariableInput: { value: 'eu-west-1' },
  Variable: { name: 'region', value: 'eu-west-1' },
  Tenant: {
    id: 'acme',
    name: 'Acme',
    maxTasks: 100,
    maxConcurrency: null,
    ratePerMinute: 600,
    tasks: 4,
    ...stamps,
    updatedAt: stamps.createdAt,
  },
  Token: token,
  NewToken: { ...token, token: 'esc_01KAJ3V1Q2M8W4C6Z7X9R0T5YB_5f2b…' },
  PreviewInput: { schedule: cron, count: 2 },
  Preview: {
    items: ['2026-11-22T01:00:00.000Z', '2026-11-23T01:00:00.000Z'],
    description: 'At 02:00 AM (Europe/Paris)',
  },
  Handler: { name: 'demo.echo', description: 'Returns its payload.', payload: {} },
  Me: { actor: 'token:01KASH6T3B8ZJ4Q0000000000X', tenant: 'root', role: 'operator' },
  Health: { status: 'ok', version: '0.1.0', tick: { lastAt: '2026-11-21T09:00:00.000Z', lagMs: 1234 } },
};

/** Of a named schema, or of a page of such; undefined when nobody wrote one. */
export function exampleOf(schema: z.ZodType): unknown {
  const { id, example } = schema.meta() ?? {};
  if (example !== undefined) return example;
  if (id !== undefined) return EXAMPLES[id];
  if (!(schema instanceof z.ZodObject)) return undefined;
  const { items, nextCursor } = schema.shape;
  if (!(items instanceof z.ZodArray) || nextCursor === undefined) return undefined;
  const item = exampleOf(items.element as z.ZodType);
  return item === undefined ? undefined : { items: [item], nextCursor: null };
}
