import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { makeBulkJobs } from '../../shared/adapters/dynamodb/bulk-jobs.ts';
import { makeCalendarStore } from '../../shared/adapters/dynamodb/calendar-store.ts';
import { makeCursorStore, makeHeartbeat } from '../../shared/adapters/dynamodb/cursor-store.ts';
import { makeDeadLetterStore } from '../../shared/adapters/dynamodb/dead-letter-store.ts';
import { makeExecutionStore } from '../../shared/adapters/dynamodb/execution-store.ts';
import { makeIdempotencyStore } from '../../shared/adapters/dynamodb/idempotency-store.ts';
import { makeListings } from '../../shared/adapters/dynamodb/listings.ts';
import { makeQueueControls } from '../../shared/adapters/dynamodb/queue-controls.ts';
import { makeRateStore } from '../../shared/adapters/dynamodb/rate-store.ts';
import { makeSemaphoreStore } from '../../shared/adapters/dynamodb/semaphore-store.ts';
import { makeShardIndex } from '../../shared/adapters/dynamodb/shard-index.ts';
import { makeStatsStore } from '../../shared/adapters/dynamodb/stats-store.ts';
import { Table } from '../../shared/adapters/dynamodb/table.ts';
import { makeTaskStore } from '../../shared/adapters/dynamodb/task-store.ts';
import { makeVariableStore } from '../../shared/adapters/dynamodb/variable-store.ts';
import { systemIds } from '../../shared/adapters/system/ids.ts';
import { systemRandom } from '../../shared/adapters/system/random.ts';
import type { Execution } from '../../shared/domain/execution.ts';
import type { QueueControls, RateLogs, Semaphores } from '../../shared/flow-ports.ts';
import type {
  Clock,
  CursorStore,
  ExecutionStore,
  Heartbeat,
  ShardIndex,
  TaskStore,
} from '../../shared/ports.ts';
import type { StatsStore } from '../../shared/stats-ports.ts';
import { inStep } from './meter.ts';

const DAY_MS = 86_400_000;

/** The stores as the functions have them. */
export function makeStores(client: DynamoDBClient, tableName: string, clock: Clock) {
  const table = new Table({ client, name: tableName, clock, random: systemRandom });
  const tasks = makeTaskStore(table);
  return {
    tasks,
    executions: makeExecutionStore(table),
    index: makeShardIndex(table),
    cursors: makeCursorStore(table, systemIds),
    heartbeat: makeHeartbeat(table),
    semaphores: makeSemaphoreStore(table),
    rates: makeRateStore(table, systemIds),
    queueControls: makeQueueControls(table, systemIds),
    idempotency: makeIdempotencyStore(table, clock),
    variables: makeVariableStore(table, systemIds),
    deadLetters: makeDeadLetterStore(table),
    calendars: makeCalendarStore(table),
    bulkJobs: makeBulkJobs(table),
    listings: makeListings(table, { shards: 1, tasks }),
    stats: makeStatsStore(table, systemIds, { minute: 2 * DAY_MS, hour: 35 * DAY_MS, day: 400 * DAY_MS }),
  };
}
export type Stores = ReturnType<typeof makeStores>;

/** Whatever they ask of the table is put down to a step of the protocol. */
export const bySteps = (stores: Stores): Stores => ({
  ...stores,
  tasks: taskSteps(stores.tasks),
  executions: executionSteps(stores.executions),
  index: indexSteps(stores.index),
  cursors: cursorSteps(stores.cursors),
  heartbeat: heartbeatSteps(stores.heartbeat),
  semaphores: semaphoreSteps(stores.semaphores),
  rates: rateSteps(stores.rates),
  queueControls: controlSteps(stores.queueControls),
  stats: statsSteps(stores.stats),
});

const taskSteps = (tasks: TaskStore): TaskStore => ({
  read: (key) => inStep('read the task', () => tasks.read(key)),
  readState: (key) => inStep('read the task state', () => tasks.readState(key)),
  create: (task, over) => inStep('create the task', () => tasks.create(task, over)),
  update: (key, change) =>
    inStep(change.set.status === undefined ? 'point to the run' : 'advance the task (W2)', () =>
      tasks.update(key, change),
    ),
  updateWithRun: (key, task, run) => inStep('count the run', () => tasks.updateWithRun(key, task, run)),
  replace: (...edit) => inStep('edit', () => tasks.replace(...edit)),
});

const semaphoreSteps = (semaphores: Semaphores): Semaphores => ({
  read: (key) => inStep('look at a semaphore', () => semaphores.read(key)),
  update: (key, change) =>
    inStep(change.kind === 'release' ? 'give a slot back' : 'take a slot', () =>
      semaphores.update(key, change),
    ),
});

const rateSteps = (rates: RateLogs): RateLogs => ({
  read: (key) => inStep('look at a rate limit', () => rates.read(key)),
  write: (key, seen, next) => inStep('reserve a start', () => rates.write(key, seen, next)),
});

const controlSteps = (controls: QueueControls): QueueControls => ({
  ...controls,
  read: () => inStep('look at the queues', () => controls.read()),
});

const executionSteps = (executions: ExecutionStore): ExecutionStore => ({
  ...executions,
  read: (key) => inStep('read a run', () => executions.read(key)),
  insert: (run) => inStep(BIRTHS[run.status] ?? 'insert the run', () => executions.insert(run)),
  update: (key, change) => inStep(stepOf(change.set), () => executions.update(key, change)),
});
const BIRTHS: Partial<Record<Execution['status'], string>> = {
  running: 'claim the run (W1)',
  skipped: 'write down the skip',
};
const stepOf = ({ status, letter, progress }: Partial<Execution>): string => {
  if (status === 'running') return 'start an attempt';
  if (status !== undefined) return 'finish (FIN)';
  if (progress !== undefined) return 'report progress';
  return letter === 'sent' ? 'mark the letter sent' : 'other change of a run';
};

const statsSteps = (stats: StatsStore): StatsStore => ({
  ...stats,
  append: (batch) => inStep('count what ended', () => stats.append(batch)),
  batches: (q) => inStep('look for what ended', () => stats.batches(q)),
  put: (interval, tenant, entry) => inStep('sum up', () => stats.put(interval, tenant, entry)),
  move: (seen, next) => inStep('sum up', () => stats.move(seen, next)),
});

const indexSteps = (index: ShardIndex): ShardIndex => ({
  due: (q) => inStep('look for due tasks', () => index.due(q)),
  open: (q) => inStep('look for runs not ended', () => index.open(q)),
});

const cursorSteps = (cursors: CursorStore): CursorStore => ({
  read: (name, shard) => inStep('claim the window', () => cursors.read(name, shard)),
  claim: (name, shard, seen, next) =>
    inStep('claim the window', () => cursors.claim(name, shard, seen, next)),
});

const heartbeatSteps = (heartbeat: Heartbeat): Heartbeat => ({
  record: (nowMs) => inStep('heartbeat', () => heartbeat.record(nowMs)),
  read: () => inStep('heartbeat', () => heartbeat.read()),
});
