import * as z from 'zod';
import { retryFields } from '../shared/contract/retry.ts';
import { MAX_TASK_TIMEOUT_SECONDS, RECEIVES_IN_RESERVE } from '../shared/domain/limits.ts';

/** Work queues are configuration (scheduler-props.ts says what each setting means). */

const QUEUE_NAME = /^[a-z][a-z0-9-]{0,31}$/;

/** Lambda's limit: docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const MAX_ENVIRONMENT_BYTES = 4_096;

const QueueSchema = z.strictObject({
  priority: z.int().min(0).max(100).optional(),
  workers: z.int().min(2).max(1000).optional(),
  timeoutSeconds: z.int().min(1).max(MAX_TASK_TIMEOUT_SECONDS).default(60),
  retry: z
    .strictObject({
      strategy: retryFields.strategy.default('exponential'),
      limit: retryFields.limit.default(5),
      baseSeconds: retryFields.baseSeconds.default(10),
      maxSeconds: retryFields.maxSeconds.default(3600),
      jitter: retryFields.jitter.default('none'),
      rules: retryFields.rules.exactOptional(),
    })
    .refine((retry) => retry.maxSeconds >= retry.baseSeconds, {
      path: ['maxSeconds'],
      error: 'expected at least baseSeconds',
    })
    .prefault({}),
  maxReceiveCount: z
    .int()
    .min(2 * RECEIVES_IN_RESERVE)
    .max(1000)
    .default(20),
  memoryMb: z.int().min(128).max(10_240).optional(),
  recycleAboveMb: z.int().min(32).max(10_240).optional(),
});
type QueueSettings = z.output<typeof QueueSchema>;

export type QueueConfig = QueueSettings & { priority: number; workers: number };

const SHIPPED: Readonly<Record<string, { priority: number; workers: number }>> = {
  high: { priority: 10, workers: 20 },
  default: { priority: 5, workers: 20 },
  low: { priority: 1, workers: 5 },
};
const OTHERS = { priority: 5, workers: 20 };

const complete = (name: string, settings: QueueSettings): QueueConfig => {
  const house = SHIPPED[name] ?? OTHERS;
  return {
    ...settings,
    priority: settings.priority ?? house.priority,
    workers: settings.workers ?? house.workers,
  };
};

const QueueName = z
  .string()
  .regex(QUEUE_NAME, `expected ${QUEUE_NAME.source}`)
  .refine((name) => name !== 'dispatch', 'is the name of the queue between tick and dispatch')
  .refine((name) => !name.endsWith('-dlq'), 'ends like the name of a dead-letter queue');

/** What is given is laid over the queues that ship; null takes one of those away. */
export const QueuesSchema = z
  .record(QueueName, QueueSchema.nullable())
  .refine((given) => given.default !== null, {
    path: ['default'],
    error: 'cannot be taken away: tasks that name no queue go there',
    when: ({ value }) => typeof value === 'object' && value !== null,
  })
  .transform((given) => {
    const queues: Record<string, QueueConfig> = {};
    for (const name of new Set([...Object.keys(SHIPPED), ...Object.keys(given)])) {
      const settings = given[name] === undefined ? QueueSchema.parse({}) : given[name];
      if (settings !== null) queues[name] = complete(name, settings);
    }
    return queues;
  });

/** Functions carry the lists of queues and targets in their environment, which has a limit: better said here than at deployment. */
export function environmentProblem(
  prefix: string,
  queues: Record<string, QueueConfig>,
  targetsBytes: number,
): string | undefined {
  const othersBytes = 1_000 + 2 * prefix.length + targetsBytes;
  const bytes = Object.entries(queues).reduce(
    (sum, [name, queue]) => sum + 2 * name.length + 20 + JSON.stringify(queue).length,
    othersBytes,
  );
  if (bytes <= MAX_ENVIRONMENT_BYTES) return undefined;
  const count = Object.keys(queues).length;
  return `${count} queues need about ${bytes} bytes of a function's environment, allowed targets included, and Lambda gives ${MAX_ENVIRONMENT_BYTES}: expected fewer queues or targets, or shorter names`;
}
