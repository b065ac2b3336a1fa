import {
  BatchGetItemCommand,
  type CancellationReason,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  type QueryCommandInput,
  TransactionCanceledException,
  type TransactWriteItem,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { Item } from '../../../infra/local/dynamodb/attribute-value.ts';
import { type Condition, matches } from '../../../infra/local/dynamodb/condition.ts';
import { checkUse, conditionOf, holds, type Parameters, updated, ValidationError } from './expressions.ts';
import { type IndexRow, IndexRows } from './index-rows.ts';
import { shapeOf, type Weakness, weakened } from './weakness.ts';

export interface Written {
  pk: string;
  sk: string;
  before: Item | undefined;
  after: Item | undefined;
}

/**
 * DynamoDB as far as the adapters use it, one request after the other and each at one instant. Items are never changed
 * in place: whoever was given one may keep it.
 */
export class SimulatedDynamo {
  readonly #partitions = new Map<string, Map<string, Item>>();
  readonly #nowMs: () => number;
  readonly #lagMs: () => number;
  readonly index = new IndexRows();
  /** What it does not look at: a mutant of the conditions. */
  weakness: Weakness | undefined;
  /** Hears of each condition that is asked for. */
  onCondition: ((shape: string, parts: readonly string[]) => void) | undefined;
  onWrite: (writes: readonly Written[], by: string) => void = () => {};

  /** `lagMs`: how long the index takes to follow a write. */
  constructor(nowMs: () => number, lagMs: () => number) {
    this.#nowMs = nowMs;
    this.#lagMs = lagMs;
  }

  /** `by`: whose request it is. */
  execute(command: unknown, by = ''): object {
    if (command instanceof GetItemCommand) {
      const item = this.read(...keyOf(command.input.Key));
      return item ? { Item: item } : {};
    }
    if (command instanceof UpdateItemCommand) {
      const change = this.#decide({ Update: asWritten(command.input) });
      if ('refusal' in change) throw refused(change.refusal, command.input);
      this.#write([change], by);
      return { Attributes: command.input.ReturnValues === 'ALL_NEW' ? change.after : undefined };
    }
    if (command instanceof PutItemCommand) {
      const change = this.#decide({ Put: asWritten(command.input) });
      if ('refusal' in change) throw refused(change.refusal, command.input);
      this.#write([change], by);
      return {};
    }
    if (command instanceof DeleteItemCommand) {
      const change = this.#decide({ Delete: asWritten(command.input) });
      if ('refusal' in change) throw refused(change.refusal, command.input);
      this.#write([change], by);
      return { Attributes: command.input.ReturnValues === 'ALL_OLD' ? change.before : undefined };
    }
    if (command instanceof TransactWriteItemsCommand)
      return this.#transact(command.input.TransactItems ?? [], by);
    if (command instanceof QueryCommand) return this.#query(command.input);
    if (command instanceof BatchGetItemCommand) {
      const Responses: Record<string, Item[]> = {};
      for (const [table, { Keys = [] }] of Object.entries(command.input.RequestItems ?? {}))
        Responses[table] = Keys.map((key) => this.read(...keyOf(key))).filter((item) => item !== undefined);
      return { Responses, UnprocessedKeys: {} };
    }
    throw new ValidationError(`not simulated: ${String(command?.constructor.name)}`);
  }

  read(pk: string, sk: string): Item | undefined {
    return this.#partitions.get(pk)?.get(sk);
  }

  /** Items of a partition by sort key, in no particular order. */
  partition(pk: string): ReadonlyMap<string, Item> {
    return this.#partitions.get(pk) ?? new Map();
  }

  *items(): Generator<Item> {
    for (const partition of this.#partitions.values()) yield* partition.values();
  }

  #decide(write: TransactWriteItem): Written | { refusal: Item | undefined } {
    const { Put, Update, Delete, ConditionCheck } = write;
    const given = Put ?? Update ?? Delete ?? ConditionCheck;
    if (given === undefined) throw new ValidationError('an empty write');
    const [pk, sk] = keyOf(Put ? Put.Item : 'Key' in given ? given.Key : undefined);
    const before = this.read(pk, sk);
    const parameters = asParameters(given);
    checkUse(parameters, Update?.UpdateExpression, given.ConditionExpression);
    if (!this.#holds(write, given.ConditionExpression, parameters, before ?? {})) return { refusal: before };
    if (Put) return { pk, sk, before, after: asItem(Put.Item) };
    if (Update) {
      const base = before ?? asItem(Update.Key);
      return { pk, sk, before, after: updated(Update.UpdateExpression, parameters, base) };
    }
    return { pk, sk, before, after: Delete ? undefined : before };
  }

  #holds(write: TransactWriteItem, text: string | undefined, parameters: Parameters, item: Item): boolean {
    if (text === undefined || (this.weakness === undefined && this.onCondition === undefined))
      return holds(text, parameters, item);
    const { shape, parts } = shapeOf(write);
    this.onCondition?.(shape, parts);
    const at = shape === this.weakness?.shape ? parts.indexOf(this.weakness.part) : -1;
    if (at < 0) return holds(text, parameters, item);
    return matches(weakened(conditionOf(text, parameters), at), item);
  }

  #transact(writes: TransactWriteItem[], by: string): object {
    const changes = writes.map((write) => this.#decide(write));
    if (changes.some((change) => 'refusal' in change)) {
      const CancellationReasons = changes.map((change, i): CancellationReason => {
        if (!('refusal' in change)) return { Code: 'None' };
        const { Put, Update, Delete, ConditionCheck } = writes[i] ?? {};
        const wanted = (Put ?? Update ?? Delete ?? ConditionCheck)?.ReturnValuesOnConditionCheckFailure;
        const shown = wanted === 'ALL_OLD' && change.refusal ? { Item: asSdk(change.refusal) } : {};
        return { Code: 'ConditionalCheckFailed', ...shown };
      });
      throw new TransactionCanceledException({ $metadata: {}, message: 'cancelled', CancellationReasons });
    }
    this.#write(
      changes.filter((change) => 'pk' in change),
      by,
    );
    return {};
  }

  #write(writes: readonly Written[], by: string): void {
    for (const { pk, sk, before, after } of writes) {
      if (after === before) continue;
      let partition = this.#partitions.get(pk);
      if (partition === undefined) {
        partition = new Map();
        this.#partitions.set(pk, partition);
      }
      if (after) partition.set(sk, after);
      else partition.delete(sk);
      this.index.change(`${pk} ${sk}`, after, this.#nowMs() + this.#lagMs());
    }
    this.onWrite(writes, by);
  }

  #query(input: QueryCommandInput): object {
    const parameters = asParameters(input);
    checkUse(parameters, input.KeyConditionExpression);
    const condition = conditionOf(input.KeyConditionExpression ?? '', parameters);
    const onIndex = input.IndexName !== undefined;
    const hash = hashIn(condition, onIndex ? 'statusKey' : 'pk');
    const rows: { sort: string; row: Item }[] = onIndex
      ? this.index.rows(hash, this.#nowMs()).map((row) => ({ sort: placeOf(row), row: asRow(row) }))
      : [...(this.#partitions.get(hash) ?? [])]
          .map(([sort, row]) => ({ sort, row }))
          .sort((a, b) => Buffer.compare(Buffer.from(a.sort), Buffer.from(b.sort)));
    if (input.ScanIndexForward === false) rows.reverse();
    let found = rows.filter(({ row }) => matches(condition, row));
    const start = input.ExclusiveStartKey && asItem(input.ExclusiveStartKey);
    if (start) {
      const after = onIndex ? placeOf(fromRow(start)) : textIn(start, 'sk');
      const sign = input.ScanIndexForward === false ? -1 : 1;
      found = found.filter(({ sort }) => sign * Buffer.compare(Buffer.from(sort), Buffer.from(after)) > 0);
    }
    const page = found.slice(0, input.Limit ?? found.length).map(({ row }) => row);
    const last = page.length < found.length || page.length === input.Limit ? page.at(-1) : undefined;
    return { Items: page, ...(last && { LastEvaluatedKey: onIndex ? last : keysOf(last) }) };
  }
}

const placeOf = ({ timeKey, pk, sk }: IndexRow): string => `${timeKey}\u0000${pk}\u0000${sk}`;
const asRow = ({ pk, sk, statusKey, timeKey }: IndexRow): Item => ({
  pk: { S: pk },
  sk: { S: sk },
  statusKey: { S: statusKey },
  timeKey: { S: timeKey },
});
const fromRow = (row: Item): IndexRow => ({
  pk: textIn(row, 'pk'),
  sk: textIn(row, 'sk'),
  statusKey: textIn(row, 'statusKey'),
  timeKey: textIn(row, 'timeKey'),
});
const keysOf = ({ pk, sk }: Item): object => ({ pk, sk });

function hashIn(condition: Condition, attribute: string): string {
  if (condition.type === 'and') return hashIn(condition.args[0] ?? condition, attribute);
  if (condition.type !== '=') throw new ValidationError('a query needs its partition key first');
  const [path, value] = condition.args;
  if (!Array.isArray(path) || path[0] !== attribute || !value || !('S' in value))
    throw new ValidationError(`a query needs ${attribute}`);
  return value.S;
}

export function textIn(item: Item, name: string): string {
  const cell = item[name];
  if (cell && 'S' in cell) return cell.S;
  throw new ValidationError(`${name} is to be a text`);
}

const keyOf = (key: object | undefined): [pk: string, sk: string] => {
  const item = asItem(key);
  return [textIn(item, 'pk'), textIn(item, 'sk')];
};

function refused(
  item: Item | undefined,
  q: { ReturnValuesOnConditionCheckFailure?: string | undefined },
): Error {
  const shown = q.ReturnValuesOnConditionCheckFailure === 'ALL_OLD' && item ? { Item: asSdk(item) } : {};
  return new ConditionalCheckFailedException({
    $metadata: {},
    message: 'The conditional request failed',
    ...shown,
  });
}

// What adapters send holds no binary values, so the SDK's items and those of the engine are the same.
const asItem = (item: object | undefined): Item => (item ?? {}) as Item;
const asSdk = (item: Item) => item as Exclude<ConditionalCheckFailedException['Item'], undefined>;
const asParameters = (given: object): Parameters => given as Parameters;
const asWritten = <T>(input: T): T & { UpdateExpression: string } =>
  input as T & { UpdateExpression: string };
