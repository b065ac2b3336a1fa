import { randomUUID } from 'node:crypto';
import type { Action } from './action.ts';
import { SqsError } from './errors.ts';
import { messageActions } from './message-actions.ts';
import { moveActions } from './move-actions.ts';
import { MoveTasks } from './move-tasks.ts';
import { queueActions } from './queue-actions.ts';
import { QueueStore, type StoreOptions } from './store.ts';

/**
 * Amazon SQS in this process: standard queues in memory, spoken to in SQS's own JSON protocol.
 * Queues without a journal forget on restart; whoever sends hints must be able to send them again.
 */
export interface SqsEngine {
  /** `x-amz-target: AmazonSQS.<action>` with its parsed body. The signal ends a long poll without taking messages along. */
  call(action: string, input: unknown, options?: { signal?: AbortSignal | undefined }): Promise<SqsResponse>;
  /** Answers the queue that exists when the attributes agree. A dead-letter queue comes before its source. */
  createQueue(name: string, attributes?: Readonly<Record<string, string>>): QueueIdentity;
  /** By URL or ARN. */
  findQueue(reference: string): (QueueIdentity & { readonly visibilitySeconds: number }) | undefined;
  /** Ends long polls first, with nothing in them; refuses calls from then on. */
  close(): Promise<void>;
}
export interface QueueIdentity {
  readonly url: string;
  readonly arn: string;
}
export interface SqsResponse {
  readonly statusCode: number;
  readonly headers: Record<string, string>;
  readonly body: string;
}

const ACTIONS: ReadonlyMap<string, Action> = new Map(
  Object.entries({ ...queueActions, ...messageActions, ...moveActions }),
);

export async function openSqsEngine(options: Partial<StoreOptions> = {}): Promise<SqsEngine> {
  const store = new QueueStore({
    region: 'us-east-1',
    accountId: '000000000000',
    origin: 'http://127.0.0.1',
    nowMs: () => Date.now(),
    ...options,
  });
  const moves = new MoveTasks(store);
  let closed = false;

  return {
    async call(action, input, { signal } = {}) {
      try {
        if (closed) throw new SqsError('InternalError', 'The queue engine is closed.');
        const run = ACTIONS.get(action);
        if (run === undefined) throw new SqsError('UnknownOperationException', `Unknown action ${action}.`);
        return reply(200, await run(input, { store, moves, signal }));
      } catch (error) {
        return refusal(error);
      }
    },
    createQueue(name, attributes = {}) {
      const { url, arn } = store.create(name, attributes);
      return { url, arn };
    },
    findQueue(reference) {
      const queue = store.byArn(reference) ?? store.all().find((candidate) => candidate.url === reference);
      return queue && { url: queue.url, arn: queue.arn, visibilitySeconds: queue.settings.visibilitySeconds };
    },
    async close() {
      closed = true;
      moves.close();
      store.close();
    },
  };
}

function reply(statusCode: number, output: object, headers: Record<string, string> = {}): SqsResponse {
  return {
    statusCode,
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amzn-requestid': randomUUID(),
      ...headers,
    },
    body: JSON.stringify(output),
  };
}

function refusal(error: unknown): SqsResponse {
  const known =
    error instanceof SqsError ? error : new SqsError('InternalError', String(error), { cause: error });
  return reply(
    known.statusCode,
    { __type: `com.amazonaws.sqs#${known.code}`, message: known.message },
    { 'x-amzn-query-error': `${known.queryCode};${known.senderFault ? 'Sender' : 'Receiver'}` },
  );
}
