import { AsyncLocalStorage } from 'node:async_hooks';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { SQSClient } from '@aws-sdk/client-sqs';
import * as z from 'zod';

/** Capacity units, by what they were billed for: the table's items, and the entries of its index. */
export interface Units {
  table: number;
  index: number;
}
export interface StepUse {
  requests: number;
  write: Units;
  read: Units;
}
/** What was asked for in one of the functions. */
export interface FunctionUse {
  invocations: number;
  /** That queues brought it. */
  messages: number;
  handlerRuns: number;
  /** Told to the event bus. */
  events: number;
  /** Requests to the table, by step of the protocol. */
  steps: Record<string, StepUse>;
  /** Requests to queues, by action. Receives that found nothing are the price of waiting and left out. */
  sqs: Record<string, number>;
}
export type Use = Record<string, FunctionUse>;

/** Work that no function does, such as a test's own preparations, is not counted. */
const place = new AsyncLocalStorage<{ fn: string; step: string }>();

export const inFunction = <T>(fn: string, work: () => T): T => place.run({ fn, step: 'other' }, work);

/** Names what the requests made by `work` are for. */
export function inStep<T>(step: string, work: () => T): T {
  const fn = place.getStore()?.fn;
  return fn === undefined ? work() : place.run({ fn, step }, work);
}

const Figure = z.object({ CapacityUnits: z.number() });
const Consumed = z.object({
  Table: Figure,
  GlobalSecondaryIndexes: z.record(z.string(), Figure).default({}),
});
const Reply = z.object({
  ConsumedCapacity: z
    .union([Consumed, z.array(Consumed)])
    .transform((one) => [one].flat())
    .optional(),
});
const ReceiveReply = z.object({ Messages: z.array(z.unknown()).optional() });

/** Counts what real SDK clients ask for, by the capacity that DynamoDB says it consumed. */
export class Meter {
  #use: Use = {};

  watchTable(client: DynamoDBClient): void {
    client.middlewareStack.add(
      (next, { commandName = '' }) =>
        async (args) => {
          const at = place.getStore();
          const result = await next({ ...args, input: { ...args.input, ReturnConsumedCapacity: 'INDEXES' } });
          if (at) this.#addTableUse(at, isRead(commandName) ? 'read' : 'write', result.output);
          return result;
        },
      { step: 'initialize', name: 'meter' },
    );
  }

  watchQueues(client: SQSClient): void {
    client.middlewareStack.add(
      (next, { commandName = '' }) =>
        async (args) => {
          const at = place.getStore();
          const result = await next(args);
          const action = commandName.replace(/Command$/, '');
          const isEmpty = action === 'ReceiveMessage' && !ReceiveReply.parse(result.output).Messages?.length;
          if (at && !isEmpty) {
            const { sqs } = this.functionUse(at.fn);
            sqs[action] = (sqs[action] ?? 0) + 1;
          }
          return result;
        },
      { step: 'initialize', name: 'meter' },
    );
  }

  functionUse(fn: string): FunctionUse {
    this.#use[fn] ??= { invocations: 0, messages: 0, handlerRuns: 0, events: 0, steps: {}, sqs: {} };
    return this.#use[fn];
  }

  noteEvent(): void {
    const at = place.getStore();
    if (at) this.functionUse(at.fn).events++;
  }

  /** What was counted since the last time. */
  take(): Use {
    const taken = this.#use;
    this.#use = {};
    return taken;
  }

  #addTableUse({ fn, step }: { fn: string; step: string }, kind: 'read' | 'write', output: unknown): void {
    const { steps } = this.functionUse(fn);
    steps[step] ??= { requests: 0, write: { table: 0, index: 0 }, read: { table: 0, index: 0 } };
    const use = steps[step];
    use.requests++;
    for (const { Table, GlobalSecondaryIndexes } of Reply.parse(output).ConsumedCapacity ?? []) {
      use[kind].table += Table.CapacityUnits;
      for (const { CapacityUnits } of Object.values(GlobalSecondaryIndexes)) use[kind].index += CapacityUnits;
    }
  }
}

const isRead = (commandName: string): boolean => /^(Get|BatchGet|TransactGet|Query|Scan)/.test(commandName);

const sum = (values: number[]): number => values.reduce((total, value) => total + value, 0);

export const unitsOf = (steps: Record<string, StepUse>, kind: 'read' | 'write'): number =>
  sum(Object.values(steps).map((step) => step[kind].table + step[kind].index));
export const totalUnits = (use: Use, kind: 'read' | 'write'): number =>
  sum(Object.values(use).map(({ steps }) => unitsOf(steps, kind)));
export const tableRequests = ({ steps }: FunctionUse): number =>
  sum(Object.values(steps).map(({ requests }) => requests));
export const queueRequests = ({ sqs }: FunctionUse): number => sum(Object.values(sqs));

/** The same use, with every figure divided. */
export function dividedBy(use: Use, by: number): Use {
  const units = ({ table, index }: Units): Units => ({ table: table / by, index: index / by });
  return mapValues(use, ({ invocations, messages, handlerRuns, events, steps, sqs }) => ({
    invocations: invocations / by,
    messages: messages / by,
    handlerRuns: handlerRuns / by,
    events: events / by,
    steps: mapValues(steps, ({ requests, write, read }) => ({
      requests: requests / by,
      write: units(write),
      read: units(read),
    })),
    sqs: mapValues(sqs, (count) => count / by),
  }));
}

const mapValues = <A, B>(record: Record<string, A>, change: (value: A) => B): Record<string, B> =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value)]));
