import { batchGetItem, batchWriteItem } from './batch-operations.ts';
import type { UnitsUsed } from './capacity.ts';
import { applyChange, type ItemChange } from './item-change.ts';
import { deleteItem, getItem, putItem, updateItem } from './item-operations.ts';
import { type Answer, BilledRefusal, type Operation } from './operation.ts';
import { query } from './query.ts';
import { scan } from './scan.ts';
import { internalError, isRefusal, ServiceError } from './service-error.ts';
import { SqliteStore } from './sqlite-store.ts';
import { createTable, deleteTable, describeTable, listTables } from './table-operations.ts';
import { describeTimeToLive, expireSome, updateTimeToLive } from './time-to-live.ts';
import { transactGetItems, transactWriteItems } from './transact-operations.ts';
import { TransactionTokens } from './transaction-tokens.ts';

export interface EngineOptions {
  /** Path of the database file, or ':memory:'. */
  file: string;
  /** Told after every committed request that used capacity, refused ones included. */
  onUnits?: (use: { operation: string; caller: string | undefined; used: readonly UnitsUsed[] }) => void;
  /** Told of every committed write that changed items. */
  onWrites?: (changes: readonly ItemChange[]) => void;
  /** For faults of the engine itself, which callers see as InternalServerError only. */
  onFault?: (error: unknown) => void;
  nowMs?: () => number;
  /** How long to wait for a dying predecessor to let go of the file. */
  lockWaitMs?: number;
}

export interface Reply {
  statusCode: number;
  body: Record<string, unknown>;
}

export interface DynamoEngine {
  /**
   * One request of DynamoDB's JSON protocol, operation as in X-Amz-Target. Refusals are replies too. The reply
   * comes after the commit. The input belongs to the engine from then on.
   */
  call(operation: string, input: unknown, caller?: string): Promise<Reply>;
  /** Deletes the items whose TTL has passed; returns how many. */
  expireItems(nowMs: number): Promise<number>;
  /** Answers what was asked before, then lets go of the file. */
  close(): Promise<void>;
}

const LOCK_WAIT_MS = 5_000;
/** Requests that share a commit, at most. */
const REQUESTS_PER_TURN = 100;

interface Performed extends Reply {
  used: readonly UnitsUsed[];
  changes: readonly ItemChange[];
}
interface Job {
  /** Runs inside the turn's transaction; what it returns is called after the commit. */
  work(): () => void;
  fail(error: unknown): void;
}

/**
 * DynamoDB on one SQLite file, for one process. All requests of one turn of the event loop are worked off one
 * after the other in one SQLite transaction, so each is atomic and isolated, items and index entries change
 * together, and the cost of making it durable is shared.
 */
export function openDynamoEngine(options: EngineOptions): DynamoEngine {
  const { onUnits, onWrites, onFault = console.error, nowMs = Date.now, lockWaitMs = LOCK_WAIT_MS } = options;
  const store = new SqliteStore(options.file, lockWaitMs);
  const tokens = new TransactionTokens(nowMs);
  const operations: Record<string, Operation> = {
    GetItem: getItem,
    PutItem: putItem,
    UpdateItem: updateItem,
    DeleteItem: deleteItem,
    Query: query,
    Scan: scan,
    BatchGetItem: batchGetItem,
    BatchWriteItem: batchWriteItem,
    TransactGetItems: transactGetItems,
    TransactWriteItems: (db, input) => transactWriteItems(db, tokens, input),
    CreateTable: (db, input) => createTable(db, nowMs(), input),
    DescribeTable: describeTable,
    DeleteTable: deleteTable,
    ListTables: listTables,
    UpdateTimeToLive: updateTimeToLive,
    DescribeTimeToLive: describeTimeToLive,
  };
  const queue: Job[] = [];
  let closed = false;

  function runTurn(): void {
    const jobs = queue.splice(0, REQUESTS_PER_TURN);
    if (jobs.length === 0) return;
    if (queue.length > 0) setImmediate(runTurn);
    let settle: (() => void)[];
    try {
      settle = store.transaction(() => jobs.map((job) => job.work()));
      tokens.settle(true);
    } catch (error) {
      tokens.settle(false);
      onFault(error);
      settle = jobs.map((job) => () => job.fail(error));
    }
    for (const one of settle)
      try {
        one();
      } catch (error) {
        onFault(error);
      }
  }

  function enqueue<T>(work: () => T, settled: (result: T) => void = () => {}): Promise<T> {
    if (closed) return Promise.reject(new Error('The DynamoDB engine is closed'));
    return new Promise((resolve, reject) => {
      queue.push({
        work() {
          const result = work();
          return () => {
            resolve(result);
            settled(result);
          };
        },
        fail: reject,
      });
      if (queue.length === 1) setImmediate(runTurn);
    });
  }

  function perform(operation: string, input: unknown): Performed {
    const known = Object.hasOwn(operations, operation) ? operations[operation] : undefined;
    if (!known)
      return refusal(new ServiceError('com.amazon.coral.service#UnknownOperationException', operation));
    let decided: Answer;
    try {
      decided = known(store, input);
    } catch (error) {
      if (!isRefusal(error)) onFault(error);
      return refusal(error);
    }
    for (const change of decided.changes) applyChange(store, change);
    return { statusCode: 200, body: decided.body, used: decided.used, changes: decided.changes };
  }

  return {
    async call(operation, input, caller) {
      try {
        const { statusCode, body } = await enqueue(
          () => perform(operation, input),
          ({ used, changes }) => {
            if (used.length > 0) onUnits?.({ operation, caller, used });
            if (changes.length > 0) onWrites?.(changes);
          },
        );
        return { statusCode, body };
      } catch (error) {
        if (closed) throw error;
        const { statusCode, body } = internalError();
        return { statusCode, body };
      }
    },
    async expireItems(now) {
      let total = 0;
      for (;;) {
        const expired = await enqueue(() => expireSome(store, now));
        total += expired;
        if (expired === 0) return total;
      }
    },
    async close() {
      if (closed) return;
      await enqueue(() => {});
      closed = true;
      while (queue.length > 0) runTurn();
      store.close();
    },
  };
}

function refusal(error: unknown): Performed {
  const { statusCode, body } = isRefusal(error) ? error : internalError();
  return { statusCode, body, used: error instanceof BilledRefusal ? error.used : [], changes: [] };
}
