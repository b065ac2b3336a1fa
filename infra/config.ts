import type { Node } from 'constructs';
import * as z from 'zod';
import { HOT_WINDOW_MS } from '../shared/domain/limits.ts';
import { SECOND_MS } from '../shared/domain/time.ts';
import { RateLimitSchema, RouteLimitsSchema } from './config-api.ts';
import { EventsSchema, eventRules } from './config-events.ts';
import { AlarmsSchema, StatsSchema } from './config-observability.ts';
import { OidcSettingsSchema } from './config-oidc.ts';
import { environmentProblem, QueuesSchema } from './config-queues.ts';
import { environmentBytes, TargetsSchema } from './config-targets.ts';
import { text } from './config-text.ts';
import type { SchedulerProps } from './scheduler-props.ts';

/**
 * Checks and completes the settings that scheduler-props.ts documents. They stand in cdk.json under `escapement`;
 * `cdk deploy -c escapement.shards=8` sets one for this command only.
 */

/** Retention that CloudWatch Logs accepts: docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html */
const LOG_RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
] as const;

/** EventBridge may be this late with a tick without anything being amiss. */
const TICK_JITTER_SECONDS = 10;
const TICK_PERIOD_SECONDS = 60;
const MAX_LOOK_AHEAD_SECONDS = HOT_WINDOW_MS / SECOND_MS - TICK_PERIOD_SECONDS - TICK_JITTER_SECONDS;

const arn = text;
const ids = (form: RegExp, expected: string) => z.array(text(form, expected)).min(1).max(16).readonly();

const ConfigSchema = z
  .strictObject({
    name: z
      .string()
      .regex(/^[a-z][a-z0-9-]{0,31}$/, 'expected [a-z][a-z0-9-]{0,31}')
      .default('escapement'),
    shards: z.int().min(1).max(256).default(4),
    lookAheadSeconds: z.int().min(TICK_PERIOD_SECONDS).max(MAX_LOOK_AHEAD_SECONDS).default(75),
    queues: QueuesSchema.prefault({}),
    retentionDays: z.int().min(1).max(3650).default(30),
    audit: z.strictObject({ retentionDays: z.int().min(1).max(3650).default(365) }).prefault({}),
    logRetentionDays: z.literal(LOG_RETENTION_DAYS).default(30),
    auth: z
      .strictObject({
        adminTokenSecretArn: arn(
          /^arn:[^:]+:secretsmanager:[^:]+:\d{12}:secret:.+-\w{6}$/,
          'the full ARN of a secret',
        ).optional(),
        oidc: OidcSettingsSchema.optional(),
      })
      .prefault({}),
    api: z
      .strictObject({
        requestsPerSecond: RateLimitSchema.shape.requestsPerSecond.default(100),
        burst: RateLimitSchema.shape.burst.default(200),
        routes: RouteLimitsSchema,
        corsOrigins: z
          .array(z.string().regex(/^https?:\/\/[^/*]+$/, 'expected an origin: https://host'))
          .readonly()
          .default([]),
        domain: z
          .strictObject({
            domainName: text(
              /^(?=.{1,255}$)([a-z0-9-]{1,63}\.)+[a-z0-9-]{2,63}$/,
              'a host name in lower case',
            ),
            certificateArn: arn(
              /^arn:[^:]+:acm:[^:]+:\d{12}:certificate\/.+$/,
              'the ARN of an ACM certificate',
            ),
            defaultEndpoint: z.boolean().default(true),
          })
          .optional(),
      })
      .prefault({}),
    data: z
      .strictObject({
        onDelete: z.enum(['retain', 'destroy']).default('retain'),
        deletionProtection: z.boolean().optional(),
        pointInTimeRecovery: z.boolean().default(true),
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
    kmsKeyArn: arn(
      /^arn:[^:]+:kms:[^:]+:\d{12}:key\/[\w-]+$/,
      'the ARN of a key, not of an alias',
    ).optional(),
    vpc: z
      .strictObject({
        vpcId: text(/^vpc-[0-9a-f]+$/, 'an id: vpc-…'),
        subnetIds: ids(/^subnet-[0-9a-f]+$/, 'an id: subnet-…'),
        securityGroupIds: ids(/^sg-[0-9a-f]+$/, 'an id: sg-…').optional(),
        functions: z.enum(['executors', 'all']).default('executors'),
      })
      .optional(),
    targets: TargetsSchema.prefault({}),
    handlers: z.string().min(1).optional(),
    functionMemoryMb: z.int().min(128).max(10_240).default(512),
    architecture: z.enum(['arm64', 'x86_64']).default('arm64'),
    logLevel: z.enum(['DEBUG', 'INFO', 'WARN', 'ERROR']).default('INFO'),
    sourceMaps: z.boolean().default(false),
    tracing: z.boolean().default(false),
    canary: z.boolean().default(true),
    console: z.boolean().default(true),
    events: EventsSchema.prefault({}),
    stats: StatsSchema.prefault({}),
    alarms: AlarmsSchema.prefault({}),
    dashboard: z.boolean().default(true),
  })
  .superRefine((config, ctx) => {
    for (const [name, { recycleAboveMb = 0, memoryMb = config.functionMemoryMb }] of Object.entries(
      config.queues,
    )) {
      if (recycleAboveMb <= memoryMb) continue;
      const message = `expected at most the executor's memory, ${memoryMb}`;
      ctx.addIssue({ code: 'custom', path: ['queues', name, 'recycleAboveMb'], message });
    }
    const rulesBytes = JSON.stringify(eventRules(config.events.rules)).length;
    const listsBytes = environmentBytes(config.targets) + rulesBytes;
    const problem = environmentProblem(config.name, config.queues, listsBytes);
    if (problem) ctx.addIssue({ code: 'custom', path: ['queues'], message: problem });
  });

/** What a caller may write; everything is optional. */
export type Settings = SchedulerProps;
/** The same, as the schema has it: a test holds the two together. */
export type SchemaInput = z.input<typeof ConfigSchema>;
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
  // A field of its own, whatever every object has of that name.
  const own = (next: unknown) => Object.defineProperty(target, head, { ...PLAIN, value: next });
  if (rest.length === 0) own(value);
  else {
    if (!Object.hasOwn(target, head)) own({});
    setAt(target[head], rest, value);
  }
}

const PLAIN = { configurable: true, enumerable: true, writable: true };

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
