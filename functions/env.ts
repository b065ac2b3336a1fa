import * as z from 'zod';
import { EventRulesSchema } from '../shared/contract/inbox.ts';
import { OidcSchema } from '../shared/contract/oidc.ts';
import { QueueRetrySchema } from '../shared/contract/retry.ts';
import { DEFAULT_TIMEOUT_SECONDS } from '../shared/domain/limits.ts';
import { DAY_MS } from '../shared/domain/time.ts';

/**
 * The only reader of process.env, and the names that infra sets. Each function gets the group it needs.
 */
/** The queues of a deployment differ in their name only, so one of them tells where all are: room in 4 KB for many. */
const QueueEnv = z
  .object({
    like: z.object({ name: z.string(), url: z.string(), arn: z.string() }),
    maxReceiveCounts: z.record(z.string(), z.int()),
  })
  .refine(
    ({ like: { name, url, arn } }) => url.endsWith(name) && arn.endsWith(name),
    'not the URL of that queue',
  )
  .transform(({ like, maxReceiveCounts }) => {
    const renamed = (text: string, name: string) => text.slice(0, -like.name.length) + name;
    const targets = Object.entries(maxReceiveCounts).map(([name, maxReceiveCount]) => {
      const url = renamed(like.url, name);
      return [name, { url, arn: renamed(like.arn, name), dlqUrl: `${url}-dlq`, maxReceiveCount }] as const;
    });
    return Object.fromEntries(targets);
  });

const int = z.coerce.number().int();
const texts = z.array(z.string()).default([]);
const json = <T extends z.ZodType>(schema: T) =>
  z
    .string()
    .transform((text, ctx): unknown => {
      try {
        return JSON.parse(text);
      } catch {
        ctx.addIssue({ code: 'custom', message: 'not JSON' });
        return z.NEVER;
      }
    })
    .pipe(schema);

const EnvSchema = z.object({
  ESCAPEMENT_TABLE: z.string(),
  /** JSON: one queue and its place, and of all of them their name → maxReceiveCount */
  ESCAPEMENT_QUEUES: json(QueueEnv),
  ESCAPEMENT_DISPATCH_QUEUE_URL: z.string(),
  ESCAPEMENT_INBOX_QUEUE_URL: z.string(),
  /** JSON: name of an event rule → what it triggers */
  ESCAPEMENT_EVENT_RULES: json(EventRulesSchema),
  ESCAPEMENT_SHARDS: int.min(1).max(1024),
  ESCAPEMENT_LOOK_AHEAD_SECONDS: int.min(60).max(900),
  ESCAPEMENT_RETENTION_DAYS: int.min(1),
  ESCAPEMENT_AUDIT_RETENTION_DAYS: int.min(1),
  /** JSON: how many days statistics by the minute, hour and day are kept; empty: nothing is counted */
  ESCAPEMENT_STATS: z
    .literal('')
    .transform(() => undefined)
    .or(
      json(z.tuple([z.int(), z.int(), z.int()])).transform(([minute, hour, day]) => ({
        minute: minute * DAY_MS,
        hour: hour * DAY_MS,
        day: day * DAY_MS,
      })),
    ),
  /** The executor's own work queue. */
  ESCAPEMENT_QUEUE: z.string(),
  /** Of its handler threads; empty: as handler-memory.ts has it. */
  ESCAPEMENT_RECYCLE_ABOVE_MB: z
    .literal('')
    .transform(() => undefined)
    .or(int.min(1)),
  /** JSON: queue name → defaults of tasks that name none, without what is the house's anyway */
  ESCAPEMENT_QUEUE_DEFAULTS: json(
    z.record(
      z.string(),
      z.object({
        priority: z.int(),
        workers: z.int(),
        timeoutSeconds: z.int().default(DEFAULT_TIMEOUT_SECONDS),
        retry: QueueRetrySchema,
      }),
    ),
  ),
  /** JSON: what tasks may have for a target; what is absent is nothing */
  ESCAPEMENT_TARGETS: json(
    z.object({
      http: z
        .object({ hosts: texts, allowPrivate: z.boolean().default(false), secretArns: texts })
        .prefault({}),
      functionArns: texts,
      queueArns: texts,
      topicArns: texts,
      eventBusArns: texts,
      stateMachineArns: texts,
    }),
  ),
  /** Of the key that signs webhooks; empty where no host is allowed. */
  ESCAPEMENT_TARGET_SIGNING_SECRET_ARN: z.string(),
  /** Only set by the embedded engine: targets may be on this machine. */
  ESCAPEMENT_LOOPBACK_TARGETS: z.stringbool().default(false),
  /** JSON: queue name → the id of its event source mapping, and how many workers the deployment gives it */
  ESCAPEMENT_EVENT_SOURCES: json(
    z.record(
      z.string(),
      z.tuple([z.string(), z.int()]).transform(([id, workers]) => ({ id, workers })),
    ),
  ),
  ESCAPEMENT_ADMIN_TOKEN_SECRET_ARN: z.string(),
  /** JSON: the identity provider whose tokens let in; `null` where there is none. */
  ESCAPEMENT_OIDC: json(OidcSchema.nullable()),
  /** JSON: the identity provider at which people log in to the console; `null` where there is none. */
  ESCAPEMENT_CONSOLE_OIDC: json(z.object({ issuer: z.string(), clientId: z.string() }).nullable()),
  ESCAPEMENT_VERSION: z.string(),
  /** Name of the deployment: the dimension of its metrics. */
  ESCAPEMENT_NAME: z.string(),
  /** Name of the event bus; empty where nobody is told. */
  ESCAPEMENT_EVENT_BUS: z.string(),
  /** Tell of every success as well. */
  ESCAPEMENT_SUCCESS_EVENTS: z.enum(['true', 'false']).transform((text) => text === 'true'),
  /** The work queue that the canary runs through; empty where there is none. */
  ESCAPEMENT_CANARY_QUEUE: z.string(),
  /** Set by Lambda. */
  AWS_LAMBDA_FUNCTION_MEMORY_SIZE: int.optional(),
  /** Set by Lambda where logs are JSON. */
  AWS_LAMBDA_LOG_LEVEL: z.string().optional(),
  /** Where demo.count writes; only set where somebody counts. */
  ESCAPEMENT_COUNT_FILE: z.string().optional(),
});
export type Env = z.infer<typeof EnvSchema>;
export type EnvName = keyof typeof EnvSchema.shape;

/** Reads just the named variables; throws one error that lists everything missing or malformed. */
export function readEnv<N extends EnvName>(
  names: readonly N[],
  source: NodeJS.ProcessEnv = process.env,
): Pick<Env, N> {
  const problems: string[] = [];
  const values: Partial<Record<EnvName, unknown>> = {};
  for (const name of names) {
    const parsed = EnvSchema.shape[name].safeParse(source[name]);
    if (parsed.success) values[name] = parsed.data;
    else problems.push(`${name}: ${parsed.error.issues.map((issue) => issue.message).join('; ')}`);
  }
  if (problems.length > 0) throw new Error(`Bad environment:\n${problems.join('\n')}`);
  return values as Pick<Env, N>;
}
