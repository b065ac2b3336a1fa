import { type BulkJob, newBulkJob } from '../../shared/domain/bulk.ts';
import type { Execution } from '../../shared/domain/execution.ts';
import { scheduledOccurrence } from '../../shared/domain/occurrence.ts';
import type { Task, TaskDefinition, TaskState } from '../../shared/domain/task.ts';

/** Consistent records to start from; every test names what it is about. */
export const T0 = Date.UTC(2026, 10, 21, 9, 0, 0);

export const aState = (over: Partial<TaskState> = {}): TaskState => ({
  tenant: 'root',
  taskId: 'nightly',
  status: 'active',
  shard: 0,
  nextRunAt: T0 + 600_000,
  generation: 1,
  version: 1,
  definitionVersion: 1,
  missed: 0,
  createdAt: T0,
  updatedAt: T0,
  createdBy: 'admin',
  index: { set: 'due', shard: 0, at: T0 + 600_000, queue: 'default' },
  ...over,
});

export const aDefinition = (over: Partial<TaskDefinition> = {}): TaskDefinition => ({
  tenant: 'root',
  taskId: 'nightly',
  definitionVersion: 1,
  name: 'Nightly report ✓ 😀',
  handler: 'demo.echo',
  payload: '{"to":"a@b.c"}',
  schedule: {
    kind: 'cron',
    expressions: ['0 9 * * *'],
    timezone: 'UTC',
    jitterSeconds: 0,
    jitterOffsetMs: 0,
  },
  queue: 'default',
  tags: [],
  timeoutSeconds: 60,
  retry: { strategy: 'exponential', limit: 5, baseSeconds: 10, maxSeconds: 3_600, jitter: 'none' },
  overlap: 'forbid',
  misfire: 'fireOnce',
  misfireGraceSeconds: 300,
  catchUpLimit: 10,
  system: false,
  index: { set: 'tasks', shard: 0, name: 'Nightly report ✓ 😀' },
  ...over,
});

export const aTask = (
  over: { state?: Partial<TaskState>; definition?: Partial<TaskDefinition> } = {},
): Task => ({
  state: aState(over.state),
  definition: aDefinition(over.definition),
});

export const aRun = (over: Partial<Execution> = {}): Execution => ({
  tenant: 'root',
  taskId: 'nightly',
  occurrence: scheduledOccurrence(T0),
  status: 'running',
  trigger: 'schedule',
  shard: 0,
  taskName: 'Nightly report',
  handler: 'demo.echo',
  queue: 'default',
  tags: ['billing'],
  scheduledAt: T0,
  startedAt: T0 + 40,
  latenessMs: 40,
  attempt: 1,
  maxAttempts: 6,
  epoch: 0,
  generation: 1,
  owner: 'nonce-a',
  leaseUntil: T0 + 70_000,
  index: { set: 'open', shard: 0, at: T0 + 75_000 },
  ...over,
});

export const aBulkJob = (over: Partial<BulkJob> = {}): BulkJob => ({
  ...newBulkJob({
    tenant: 'root',
    id: '01M7Z1F0WX2B8Y46MY1X16Z000',
    action: 'pause',
    filter: {},
    createdBy: 'token:admin',
    role: 'admin',
    createdAt: T0,
    matched: 1_001,
  }),
  ...over,
});
