import type { RetryProps } from './scheduler-props-retry.ts';

/** The settings of queues; see scheduler-props.ts. */

/** A work queue: an SQS queue, its dead-letter queue and an executor function. */
export interface QueueProps {
  /**
   * Order in which people see the queues, highest first. It moves no messages: each queue has workers of its own.
   * @default - 10 for high, 1 for low, 5 for the others
   */
  priority?: number;
  /**
   * Executor invocations at the same time, each with up to ten runs: 2..1000.
   * @default - 5 for low, 20 for the others
   */
  workers?: number;
  /**
   * Seconds for one attempt, of tasks that do not say: 1..870.
   * @default 60
   */
  timeoutSeconds?: number;
  /**
   * Of tasks that do not say.
   * @default - exponential, 5 retries, 10 s doubling up to an hour, no jitter
   */
  retry?: RetryProps;
  /**
   * SQS moves a message to the dead-letter queue after this many receives. A backstop only: attempts are counted in
   * the table. Throttles and crashes are receives too, so it must leave room beyond those kept in reserve.
   * @default 20
   */
  maxReceiveCount?: number;
  /**
   * Memory of this queue's executor in MB.
   * @default - functionMemoryMb
   */
  memoryMb?: number;
  /**
   * A handler thread with more than this many MB in use after a run is replaced before the next one: 32 up to the memory.
   * @default - a quarter of the memory, but at least 64
   */
  recycleAboveMb?: number;
}
