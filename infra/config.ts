import type { Node } from 'constructs';
import * as z from 'zod';
import { HOT_WINDOW_MS } from '../shared/domain/limits.ts';
import { SECOND_MS } from '../shared/domain/time.ts';
import { environmentProblem, QueuesSchema } from './config-queues.ts';

/**
 * The settings of one deployment. They stand in cdk.json under `escapement`; `cdk deploy -c escapement.shards=8`
 * sets one for this command only. Durations are whole units, named in the setting.
 */

/** Retention that CloudWatch Logs accepts: docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html */
const LOG_RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
] as const;

/** EventBridge may be this late with a tick without anything being amiss. */
const TICK_JITTER_SECONDS = 10;
const TICK_PERIOD_SECONDS = 60;
const MAX_LOOK_AHEAD_SECONDS = HOT_WINDOW_MS / SECOND_MS - TICK_PERIOD_SECONDS - TICK_JITTER_SECONDS;

const ConfigSchema = z
  .strictObject({
    /**
     * Name of the stack and first part of every queue's name, so that several deployments share an account.
     * @default 'escapement'
     */
    name: z
      .string()
      .regex(/^[a-z][a-z0-9-]{0,31}$/, 'expected [a-z][a-z0-9-]{0,31}')
      .default('escapement'),

    /**
     * Parts of the index of due tasks; each takes about 30,000 recurring runs a minute. It may only grow:
     * a task keeps its number for life, and nobody would look at a number that is gone.
     * @default 4
     */
    shards: z.int().min(1).max(256).default(4),

    /**
     * The tick sends what falls due within this many seconds. It must reach beyond the next tick, and stay so
     * far below the window within which writers send their own messages that nothing falls between the two.
     * @default 75
     */
    lookAheadSeconds: z.int().min(TICK_PERIOD_SECONDS).max(MAX_LOOK_AHEAD_SECONDS).default(75),

    /**
     * Work queues by name: [a-z][a-z0-9-]{0,31}. What stands here is laid over the three that ship (high, default,
     * low); null takes one of those away. `default` must stay: tasks that name no queue go there.
     * @default - high and default with 20 workers each, low with 5
     */
    queues: QueuesSchema.prefault({}),

    /**
     * Ended executions are kept for this many days.
     * @default 30
     */
    retentionDays: z.int().min(1).max(3650).default(30),

    /**
     * Logs of functions and API are kept for this many days.
     * @default 30
     */
    logRetentionDays: z.literal(LOG_RETENTION_DAYS).default(30),

    /**
     * Who may use the API.
     * @default - the administrator's token, in a secret that the stack makes
     */
    auth: z
      .strictObject({
        /**
         * ARN of a secret of your own that holds the administrator's token: {"id","secret"} or {"token"}.
         * It must be encrypted with the key that AWS manages.
         * @default - the stack makes one
         */
        adminTokenSecretArn: z
          .string()
          .regex(
            /^arn:[^:]+:secretsmanager:[^:]+:\d{12}:secret:.+-\w{6}$/,
            'expected the full ARN of a secret',
          )
          .optional(),
      })
      .prefault({}),

    /**
     * The HTTP API.
     * @default - 100 requests a second, bursts of 200, no other origin
     */
    api: z
      .strictObject({
        /**
         * Requests a second, over all callers.
         * @default 100
         */
        requestsPerSecond: z.int().min(1).max(10_000).default(100),
        /**
         * Requests that may come at once.
         * @default 200
         */
        burst: z.int().min(1).max(5_000).default(200),
        /**
         * Origins whose pages may call the API, as a browser writes them: https://console.example.com
         * @default - none
         */
        corsOrigins: z
          .array(z.string().regex(/^https?:\/\/[^/*]+$/, 'expected an origin: https://host'))
          .default([]),
      })
      .prefault({}),

    /**
     * The table.
     * @default - kept when the stack goes, protected against deletion, restorable to any second of 35 days
     */
    data: z
      .strictObject({
        /**
         * What becomes of the table when the stack is deleted: retain or destroy.
         * @default 'retain'
         */
        onDelete: z.enum(['retain', 'destroy']).default('retain'),
        /**
         * DynamoDB refuses to delete the table.
         * @default - true, unless onDelete is destroy
         */
        deletionProtection: z.boolean().optional(),
        /** @default true */
        pointInTimeRecovery: z.boolean().default(true),
        /**
         * What table and index can take at once, set before a known peak. AWS charges once and never lowers it.
         * @default - what on-demand gives: 12,000 reads and 4,000 writes a second, growing with use
         */
        warmThroughput: z
          .strictObject({
            readUnitsPerSecond: z.int().min(12_000),
            writeUnitsPerSecond: z.int().min(4_000),
          })
          .optional(),
      })
      .refine((data) => !(data.onDelete === 'destroy' && data.deletionProtection), {
        path: ['deletionProtection'],
        error: 'contradicts onDelete: destroy, deleting the stack would fail',
      })
      .prefault({}),

    /**
     * The module whose default export lists the handlers, bundled into the executors; relative to the working directory.
     * @default - functions/handlers/index.ts, the demo handlers
     */
    handlers: z.string().min(1).optional(),

    /**
     * Memory of each function in MB; CPU comes in proportion (1,769 MB = 1 vCPU). An executor runs up to ten handlers at once.
     * @default 512
     */
    functionMemoryMb: z.int().min(128).max(10_240).default(512),

    /** @default 'arm64' */
    architecture: z.enum(['arm64', 'x86_64']).default('arm64'),

    /** @default 'INFO' */
    logLevel: z.enum(['DEBUG', 'INFO', 'WARN', 'ERROR']).default('INFO'),

    /**
     * Stack traces name files and lines of the sources; each function then starts more slowly.
     * @default false
     */
    sourceMaps: z.boolean().default(false),

    /**
     * X-Ray traces. AWS offers no narrower permission for them than on every resource.
     * @default false
     */
    tracing: z.boolean().default(false),
  })
  .superRefine((config, ctx) => {
    const problem = environmentProblem(config.name, config.queues);
    if (problem) ctx.addIssue({ code: 'custom', path: ['queues'], message: problem });
  });

/** What a caller may write; everything is optional. */
export type Settings = z.input<typeof ConfigSchema>;
/** What the constructs read; everything is decided. */
export type Config = z.output<typeof ConfigSchema>;

/** Throws one error that lists everything wrong. */
export function resolveConfig(settings: unknown): Config {
  const parsed = ConfigSchema.safeParse(settings);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(
    (issue) => `  ${['escapement', ...issue.path].join('.')}: ${messageOf(issue)}`,
  );
  throw new Error(`The configuration has ${problems.length} problem(s):\n${problems.join('\n')}`);
}

/** Says what resolveConfig says, for settings that come from outside the type system. */
export function assertSettings(settings: unknown): asserts settings is Settings {
  resolveConfig(settings);
}

/** A bad key says only that it is bad; why stands one level deeper. */
const messageOf = (issue: z.core.$ZodIssue): string =>
  issue.code === 'invalid_key' ? issue.issues.map((inner) => inner.message).join(', ') : issue.message;

const PREFIX = 'escapement.';

/** Context `escapement` (object, or its JSON from the command line), then single settings `escapement.<path>` laid over it. */
export function settingsFromContext(node: Node): unknown {
  const base: unknown = node.tryGetContext('escapement') ?? {};
  const settings: unknown = typeof base === 'string' ? parseLoosely(base) : structuredClone(base);
  const context: Record<string, unknown> = node.getAllContext();
  for (const [key, value] of Object.entries(context)) {
    if (key.startsWith(PREFIX)) setAt(settings, key.slice(PREFIX.length).split('.'), parseLoosely(value));
  }
  return settings;
}

function setAt(target: unknown, [head, ...rest]: string[], value: unknown): void {
  if (!isRecord(target) || head === undefined) return;
  if (rest.length === 0) target[head] = value;
  else {
    target[head] ??= {};
    setAt(target[head], rest, value);
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

/** `-c key=8` arrives as the text "8". */
function parseLoosely(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}
