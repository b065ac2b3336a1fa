import {
  BatchGetItemCommand,
  type CancellationReason,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DeleteItemCommandInput,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  type PutItemCommandInput,
  QueryCommand,
  type QueryCommandInput,
  TransactionCanceledException,
  TransactionConflictException,
  type TransactWriteItem,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { DYNAMODB_BATCH_GET_KEYS } from '../../domain/limits.ts';
import type { Clock, Random } from '../../ports.ts';
import { isNotNowCode, translated, unavailable } from '../aws-errors.ts';
import { type Item, toItem } from './codec.ts';
import type { PrimaryKey } from './keys.ts';
import type { UpdateParameters } from './update.ts';

/** A conditional write: the item as it stands now, or the one that refused it. */
export type Written = { ok: true; item: Item | undefined } | { ok: false; item: Item | undefined };

const TRIES = 8;
const FIRST_PAUSE_MS = 10;

/**
 * The requests that the stores make, and nothing of what they mean. Reads are strongly consistent except on the
 * index. The SDK retries throttles itself; here only what it does not know: conflicts with a transaction, and
 * keys that a batch left out.
 */
export class Table {
  readonly #client: DynamoDBClient;
  readonly #name: string;
  readonly #clock: Clock;
  readonly #random: Random;

  constructor(deps: { client: DynamoDBClient; name: string; clock: Clock; random: Random }) {
    this.#client = deps.client;
    this.#name = deps.name;
    this.#clock = deps.clock;
    this.#random = deps.random;
  }

  async get(key: PrimaryKey): Promise<Item | undefined> {
    const reply = await translated('dynamodb', () =>
      this.#client.send(
        new GetItemCommand({ TableName: this.#name, Key: toItem({ ...key }), ConsistentRead: true }),
      ),
    );
    return reply.Item;
  }

  /** In no particular order; keys without an item are missing from the answer. */
  async getMany(keys: PrimaryKey[]): Promise<Item[]> {
    const distinct = [...new Map(keys.map((key) => [`${key.pk} ${key.sk}`, key])).values()];
    const chunks: PrimaryKey[][] = [];
    for (let i = 0; i < distinct.length; i += DYNAMODB_BATCH_GET_KEYS)
      chunks.push(distinct.slice(i, i + DYNAMODB_BATCH_GET_KEYS));
    return (await Promise.all(chunks.map((chunk) => this.#getChunk(chunk)))).flat();
  }

  put(item: Item, condition: Omit<PutItemCommandInput, 'TableName' | 'Item'> = {}): Promise<Written> {
    return this.#conditional(async () => {
      await this.#client.send(
        new PutItemCommand({
          TableName: this.#name,
          Item: item,
          ...(condition.ConditionExpression && { ReturnValuesOnConditionCheckFailure: 'ALL_OLD' }),
          ...condition,
        }),
      );
      return item;
    });
  }

  update(parameters: UpdateParameters): Promise<Written> {
    return this.#conditional(async () => {
      const reply = await this.#client.send(
        new UpdateItemCommand({
          TableName: this.#name,
          ...parameters,
          ReturnValues: 'ALL_NEW',
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      );
      return reply.Attributes;
    });
  }

  delete(parameters: Omit<DeleteItemCommandInput, 'TableName'>): Promise<Written> {
    return this.#conditional(async () => {
      const reply = await this.#client.send(
        new DeleteItemCommand({
          TableName: this.#name,
          ...parameters,
          ReturnValues: 'ALL_OLD',
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      );
      return reply.Attributes;
    });
  }

  /** All or nothing; refused when the condition of any is, and then shows that item. */
  writeTogether(writes: (tableName: string) => TransactWriteItem[]): Promise<Written> {
    return this.#conditional(async () => {
      await this.#client.send(new TransactWriteItemsCommand({ TransactItems: writes(this.#name) }));
      return undefined;
    });
  }

  async query(
    parameters: Omit<QueryCommandInput, 'TableName'>,
  ): Promise<{ items: Item[]; last: Item | undefined }> {
    const reply = await translated('dynamodb', () =>
      this.#client.send(new QueryCommand({ TableName: this.#name, ...parameters })),
    );
    return { items: reply.Items ?? [], last: reply.LastEvaluatedKey };
  }

  /** For readers who must look again: waits a little longer each time, never in step with others. */
  pause(attempt: number): Promise<void> {
    return this.#clock.sleep(Math.ceil(this.#random.next() * FIRST_PAUSE_MS * 2 ** attempt));
  }

  async #getChunk(keys: PrimaryKey[]): Promise<Item[]> {
    const items: Item[] = [];
    let pending: Item[] = keys.map((key) => toItem({ ...key }));
    for (let attempt = 0; pending.length > 0; attempt++) {
      if (attempt === TRIES) throw unavailable('dynamodb');
      if (attempt > 0) await this.pause(attempt);
      const request = { [this.#name]: { Keys: pending, ConsistentRead: true } };
      const reply = await translated('dynamodb', () =>
        this.#client.send(new BatchGetItemCommand({ RequestItems: request })),
      );
      // With one table in the request there is one in the reply, under whatever name the request used.
      items.push(...Object.values(reply.Responses ?? {}).flat());
      pending = Object.values(reply.UnprocessedKeys ?? {}).flatMap((left) => left.Keys ?? []);
    }
    return items;
  }

  async #conditional(write: () => Promise<Item | undefined>): Promise<Written> {
    for (let attempt = 1; ; attempt++) {
      try {
        return { ok: true, item: await translated('dynamodb', write) };
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return { ok: false, item: error.Item };
        const reasons =
          error instanceof TransactionCanceledException ? (error.CancellationReasons ?? []) : [];
        const refusal = reasons.find((reason) => reason.Code === 'ConditionalCheckFailed');
        if (refusal) return { ok: false, item: refusal.Item };
        if (!isConflict(error, reasons))
          throw reasons.some(isThrottle) ? unavailable('dynamodb', error) : error;
        if (attempt === TRIES) throw unavailable('dynamodb', error);
        await this.pause(attempt);
      }
    }
  }
}

/** Two transactions, or a transaction and a single write, met on an item: neither is wrong. */
const isConflict = (error: unknown, reasons: CancellationReason[]): boolean =>
  error instanceof TransactionConflictException ||
  reasons.some((reason) => reason.Code === 'TransactionConflict');
const isThrottle = (reason: CancellationReason): boolean => isNotNowCode(reason.Code);
