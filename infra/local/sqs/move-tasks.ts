import { randomUUID } from 'node:crypto';
import { setImmediate as nextTurn, setTimeout as wait } from 'node:timers/promises';
import * as z from 'zod';
import { SqsError } from './errors.ts';
import type { QueuedMessage } from './message.ts';
import type { Queue } from './queue.ts';
import type { QueueStore } from './store.ts';

/** Moved before other work gets its turn. */
const MESSAGES_PER_TURN = 100;
const TASKS_REMEMBERED = 10;

export interface MoveTask {
  readonly id: string;
  readonly sourceArn: string;
  /** Undefined: each message goes back to the queue whose redrive policy brought it. */
  readonly destinationArn: string | undefined;
  readonly perSecond: number | undefined;
  readonly startedAt: number;
  readonly toMove: number;
  moved: number;
  status: 'RUNNING' | 'COMPLETED' | 'CANCELLED' | 'FAILED';
  failureReason: string | undefined;
}

/** The dead-letter redrives of the engine, newest first in each source queue. */
export class MoveTasks {
  readonly #store: QueueStore;
  readonly #bySource = new Map<string, MoveTask[]>();
  readonly #closed = new AbortController();

  constructor(store: QueueStore) {
    this.#store = store;
  }

  start(request: Pick<MoveTask, 'sourceArn' | 'destinationArn' | 'perSecond'>): MoveTask {
    const source = this.#existing(request.sourceArn, 'SourceArn');
    const isDeadLetterQueue = this.#store
      .all()
      .some((queue) => queue.settings.redrive?.deadLetterTargetArn === source.arn);
    if (!isDeadLetterQueue) {
      throw new SqsError('InvalidParameterValue', 'Source queue must be configured as a Dead Letter Queue.');
    }
    if (request.destinationArn !== undefined) this.#existing(request.destinationArn, 'DestinationArn');
    const earlier = this.list(request.sourceArn);
    if (earlier.some((task) => task.status === 'RUNNING')) {
      throw new SqsError(
        'InvalidParameterValue',
        'There is already a task running. Only one active task is allowed for a source queue arn at a given time.',
      );
    }
    const task: MoveTask = {
      ...request,
      id: randomUUID(),
      startedAt: this.#store.options.nowMs(),
      toMove: source.counts().visible,
      moved: 0,
      status: 'RUNNING',
      failureReason: undefined,
    };
    this.#bySource.set(request.sourceArn, [task, ...earlier].slice(0, TASKS_REMEMBERED));
    void this.#run(task, source);
    return task;
  }

  list(sourceArn: string): readonly MoveTask[] {
    this.#existing(sourceArn, 'SourceArn');
    return this.#bySource.get(sourceArn) ?? [];
  }

  cancel(handle: string): MoveTask {
    const { taskId, sourceArn } = decodeHandle(handle);
    const task = this.list(sourceArn).find((candidate) => candidate.id === taskId);
    if (task === undefined) throw new SqsError('ResourceNotFoundException', 'Task does not exist.');
    if (task.status !== 'RUNNING') {
      throw new SqsError('UnsupportedOperation', 'Only a task that is running can be cancelled.');
    }
    task.status = 'CANCELLED';
    return task;
  }

  close(): void {
    this.#closed.abort();
  }

  async #run(task: MoveTask, source: Queue): Promise<void> {
    const signal = this.#closed.signal;
    try {
      await nextTurn(undefined, { signal });
      // Looked at before anything moves, so that a task that cannot go home does not half happen.
      if (
        task.destinationArn === undefined &&
        source.someVisible((message) => this.#home(message) === undefined)
      ) {
        throw new MoveFailure('CouldNotDetermineMessageSource');
      }
      while (task.status === 'RUNNING') {
        if (this.#moveSome(task, source) === 0) {
          task.status = 'COMPLETED';
          return;
        }
        if (task.perSecond === undefined) await nextTurn(undefined, { signal });
        else await wait(1_000 / task.perSecond, undefined, { signal });
      }
    } catch (error) {
      if (signal.aborted) return;
      task.status = 'FAILED';
      task.failureReason = error instanceof MoveFailure ? error.message : 'InternalError';
    }
  }

  /** How many it moved; they are new messages with a new id, age and count at their destination. */
  #moveSome(task: MoveTask, source: Queue): number {
    const max = task.perSecond === undefined ? MESSAGES_PER_TURN : 1;
    const reached = new Set<Queue>();
    let moved = 0;
    try {
      while (moved < max) {
        const target = source.moveOldest((message) => this.#target(task, message));
        if (target === undefined) break;
        reached.add(target);
        moved += 1;
        task.moved += 1;
      }
    } finally {
      for (const queue of reached) queue.serveWaiters();
    }
    return moved;
  }

  #target(task: MoveTask, message: QueuedMessage): Queue {
    const custom = task.destinationArn !== undefined;
    const target = custom ? this.#store.byArn(task.destinationArn) : this.#home(message);
    if (target !== undefined) return target;
    throw new MoveFailure(
      custom ? 'AWS.SimpleQueueService.NonExistentQueue' : 'CouldNotDetermineMessageSource',
    );
  }

  #home(message: QueuedMessage): Queue | undefined {
    return message.deadLetteredFrom === undefined ? undefined : this.#store.byArn(message.deadLetteredFrom);
  }

  #existing(arn: string, parameter: string): Queue {
    const queue = this.#store.byArn(arn);
    if (queue !== undefined) return queue;
    throw new SqsError(
      'ResourceNotFoundException',
      `The resource that you specified for the ${parameter} parameter doesn't exist.`,
    );
  }
}

class MoveFailure extends Error {}

const HandleSchema = z.object({ taskId: z.string(), sourceArn: z.string() });

export const encodeHandle = (task: MoveTask): string =>
  Buffer.from(JSON.stringify({ taskId: task.id, sourceArn: task.sourceArn })).toString('base64');

function decodeHandle(handle: string): z.infer<typeof HandleSchema> {
  try {
    return HandleSchema.parse(JSON.parse(Buffer.from(handle, 'base64').toString()));
  } catch (cause) {
    throw new SqsError('InvalidParameterValue', 'Value for parameter TaskHandle is invalid.', { cause });
  }
}
