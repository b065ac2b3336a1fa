import * as z from 'zod';

/**
 * What the tests rely on in the API's answers, written down from its documentation and not from its code. More
 * fields may come; these keep their name and meaning.
 */
const instant = z.iso.datetime({ precision: 3 });

export const RunDocument = z.looseObject({
  id: z.string().min(1),
  idempotencyKey: z.string().min(1),
  taskId: z.string(),
  taskName: z.string(),
  queue: z.string(),
  tags: z.array(z.string()),
  trigger: z.enum(['schedule', 'manual', 'retry', 'redrive', 'backfill', 'event']),
  status: z.enum(['queued', 'running', 'retrying', 'success', 'dead', 'cancelled', 'skipped']),
  reason: z.string().nullable(),
  scheduledAt: instant,
  startedAt: instant.nullable(),
  finishedAt: instant.nullable(),
  nextAttemptAt: instant.nullable(),
  latenessMs: z.number().nullable(),
  durationMs: z.number().nullable(),
  attempt: z.int(),
  maxAttempts: z.int(),
  attempts: z.array(
    z.looseObject({
      attempt: z.int(),
      status: z.string(),
      startedAt: instant,
      finishedAt: instant.nullable(),
      errorType: z.string().nullable(),
      errorMessage: z.string().nullable(),
    }),
  ),
  errorMessage: z.string().nullable(),
  result: z.unknown(),
  progress: z.unknown(),
});
export type Run = z.infer<typeof RunDocument>;

export const TaskDocument = z.looseObject({
  id: z.string().min(1),
  name: z.string(),
  /** Either of the two. */
  handler: z.string().optional(),
  target: z.looseObject({ type: z.string() }).optional(),
  payload: z.unknown(),
  schedule: z.looseObject({ kind: z.enum(['cron', 'interval', 'rrule', 'once', 'now']) }),
  status: z.enum(['active', 'paused', 'completed', 'disabled']),
  queue: z.string(),
  tags: z.array(z.string()),
  timeoutSeconds: z.int(),
  retry: z.looseObject({
    strategy: z.string(),
    limit: z.int(),
    baseSeconds: z.int(),
    maxSeconds: z.int(),
    jitter: z.string(),
  }),
  overlap: z.string(),
  misfire: z.string(),
  misfireGraceSeconds: z.int(),
  catchUpLimit: z.int(),
  system: z.boolean(),
  createdAt: instant,
  updatedAt: instant,
  createdBy: z.string(),
  version: z.int(),
  nextRunAt: instant.nullable(),
  scheduleDescription: z.string(),
  lastRun: z.looseObject({ executionId: z.string(), status: z.string() }).nullable(),
});
export type Task = z.infer<typeof TaskDocument>;

export const VersionDocument = z.looseObject({
  version: z.int(),
  definition: z.looseObject({ payload: z.unknown() }),
});

export const QueueDocument = z.looseObject({
  name: z.string(),
  workers: z.int(),
  paused: z.boolean(),
  applied: z.boolean(),
  deadLetters: z.int(),
  deployed: z.looseObject({ workers: z.int(), timeoutSeconds: z.int() }),
});

export const ProblemDocument = z.looseObject({
  type: z.string().min(1),
  title: z.string().min(1),
  status: z.int(),
  detail: z.string().min(1),
  code: z.string().min(1),
  errors: z.array(z.object({ path: z.string(), message: z.string().min(1) })).optional(),
  requestId: z.string().min(1),
});

export const pageOf = <T extends z.ZodType>(item: T) =>
  z.looseObject({ items: z.array(item), nextCursor: z.string().nullable() });

export const ENDED: ReadonlySet<Run['status']> = new Set(['success', 'dead', 'cancelled', 'skipped']);
