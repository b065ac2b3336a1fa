import * as z from 'zod';
import { QueueRetrySchema } from '../shared/contract/retry.ts';
import {
  DEFAULT_TIMEOUT_SECONDS,
  MAX_TASK_TIMEOUT_SECONDS,
  MAX_WORKERS,
  MIN_WORKERS,
  RECEIVES_IN_RESERVE,
} from '../shared/domain/limits.ts';

/** Work queues are configuration (scheduler-props.ts says what each setting means). */

const QUEUE_NAME = /^[a-z][a-z0-9-]{0,31}$/;

/** Lambda's limit: docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const MAX_ENVIRONMENT_BYTES = 4_096;

const QueueSchema = z.strictObject({
  priority: z.int().min(0).max(100).optional(),
  workers: z.int().min(MIN_WORKERS).max(MAX_WORKERS).optional(),
  timeoutSeconds: z.int().min(1).max(MAX_TASK_TIMEOUT_SECONDS).default(DEFAULT_TIMEOUT_SECONDS),
  retry: QueueRetrySchema,
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
  .refine((name) => name !== 'inbox', 'is the name of the queue of what comes in from outside')
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

const HOUSE = QueueRetrySchema.parse({});

/** What tasks of a queue get, without what the reader (functions/env.ts) fills in: room for more queues. */
export const unlikeHouse = ({ priority, workers, timeoutSeconds, retry }: QueueConfig) => {
  const own = Object.entries(retry).filter(([name, value]) => Reflect.get(HOUSE, name) !== value);
  return {
    priority,
    workers,
    ...(timeoutSeconds !== DEFAULT_TIMEOUT_SECONDS && { timeoutSeconds }),
    ...(own.length > 0 && { retry: Object.fromEntries(own) }),
  };
};

/** Functions carry the lists of queues, targets and event rules in their environment, which has a limit: better said here than at deployment. */
export function environmentProblem(
  prefix: string,
  queues: Record<string, QueueConfig>,
  listsBytes: number,
): string | undefined {
  const othersBytes = 1_000 + 2 * prefix.length + listsBytes;
  const bytes = Object.entries(queues).reduce(
    (sum, [name, queue]) => sum + 3 * name.length + 80 + JSON.stringify(unlikeHouse(queue)).length,
    othersBytes,
  );
  if (bytes <= MAX_ENVIRONMENT_BYTES) return undefined;
  const count = Object.keys(queues).length;
  return `${count} queues need about ${bytes} bytes of a function's environment, allowed targets and event rules included, and Lambda gives ${MAX_ENVIRONMENT_BYTES}: expected fewer of them, or shorter names`;
}
