import { AsyncLocalStorage } from 'node:async_hooks';
import {
  BatchGetItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { SendMessageBatchCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { mapBounded } from '../../shared/domain/map-bounded.ts';

/**
 * The yardstick: what the scheduler asked of the SDK is written down in one pass, and a bare loop asks for exactly
 * the same, so that the difference is the scheduler's own work.
 */
export interface Call {
  command: string;
  input: object;
}
export interface Clients {
  table: DynamoDBClient;
  queues: SQSClient;
}

const TABLE_COMMANDS = {
  BatchGetItemCommand,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
};
const SENDS = 'SendMessageBatchCommand';

const recording = new AsyncLocalStorage<Call[]>();

export function recordCallsOf({ table, queues }: Clients): void {
  const note = (command: string | undefined, input: object) =>
    recording.getStore()?.push({ command: command ?? '', input });
  const options = { step: 'initialize', name: 'recorder' } as const;
  table.middlewareStack.add(
    (next, { commandName }) =>
      (args) => {
        note(commandName, args.input);
        return next(args);
      },
    options,
  );
  queues.middlewareStack.add(
    (next, { commandName }) =>
      (args) => {
        note(commandName, args.input);
        return next(args);
      },
    options,
  );
}

export async function recorded<T>(work: () => Promise<T>): Promise<{ result: T; calls: Call[] }> {
  const calls: Call[] = [];
  return { result: await recording.run(calls, work), calls };
}

/** One after the other; messages that were sent in one go are sent so many batches at a time. */
export async function replay(clients: Clients, calls: Call[], sendsAtOnce: number): Promise<void> {
  for (let at = 0; at < calls.length; ) {
    const end = calls.findIndex(({ command }, i) => i >= at && command !== SENDS);
    const sends = calls.slice(at, end < 0 ? calls.length : end);
    if (sends.length > 0) await mapBounded(sends, sendsAtOnce, (send) => ask(clients, send));
    at += sends.length;
    const call = calls[at++];
    if (call) await ask(clients, call);
  }
}

/** Inputs come from a command of this name, which the type system cannot know. */
function ask({ table, queues }: Clients, { command, input }: Call): Promise<unknown> {
  if (command === SENDS) {
    const send: SendMessageBatchCommand = Reflect.construct(SendMessageBatchCommand, [input]);
    return queues.send(send);
  }
  const known = Object.entries(TABLE_COMMANDS).find(([name]) => name === command);
  if (!known) throw new Error(`cannot replay ${command}`);
  const request: GetItemCommand = Reflect.construct(known[1], [input]);
  return table.send(request);
}
