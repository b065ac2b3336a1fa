import type { Execution, ExecutionKey } from '../../domain/execution.ts';
import type { TaskDefinition, TaskState } from '../../domain/task.ts';

/**
 * How records are laid out: field → [attribute, DynamoDB type]; `?` marks what may be missing. The names are
 * part of the stored data: never rename one. Long ones are shortened where the item is hot, since a write bills
 * every started KB of the whole item, names included. Not here: the key fields, which live in pk and sk alone,
 * and `index`, which becomes statusKey and timeKey (index-key.ts).
 */
export type Columns<T> = {
  readonly [K in Exclude<keyof T & string, keyof ExecutionKey | 'index'>]-?: readonly [
    attribute: string,
    type: ColumnType<T, K>,
  ];
};
type ColumnType<T, K extends keyof T> =
  Partial<Pick<T, K>> extends Pick<T, K> ? `${Shape<NonNullable<T[K]>>}?` : Shape<T[K]>;
type Shape<V> = V extends string
  ? 'S'
  : V extends number
    ? 'N'
    : V extends boolean
      ? 'BOOL'
      : V extends readonly unknown[]
        ? 'L'
        : 'M';

export const STATE_COLUMNS: Columns<TaskState> = {
  status: ['status', 'S'],
  shard: ['shard', 'N'],
  nextRunAt: ['nextRunAt', 'N?'],
  generation: ['gen', 'N'],
  version: ['ver', 'N'],
  definitionVersion: ['defVer', 'N'],
  run: ['run', 'S?'],
  pausedFrom: ['pausedFrom', 'N?'],
  paused: ['paused', 'M?'],
  missed: ['missed', 'N'],
  tally: ['tally', 'M?'],
  stopped: ['stopped', 'M?'],
  lateFor: ['lateFor', 'N?'],
  createdAt: ['createdAt', 'N'],
  updatedAt: ['updatedAt', 'N'],
  createdBy: ['createdBy', 'S'],
  ttl: ['ttl', 'N?'],
};

export const DEFINITION_COLUMNS: Columns<TaskDefinition> = {
  definitionVersion: ['defVer', 'N'],
  written: ['written', 'M?'],
  name: ['name', 'S'],
  description: ['description', 'S?'],
  handler: ['handler', 'S'],
  target: ['target', 'M?'],
  payload: ['payload', 'S'],
  schedule: ['schedule', 'M'],
  queue: ['queue', 'S'],
  tags: ['tags', 'L'],
  timeoutSeconds: ['timeoutSeconds', 'N'],
  heartbeatSeconds: ['heartbeatSeconds', 'N?'],
  retry: ['retry', 'M'],
  overlap: ['overlap', 'S'],
  misfire: ['misfire', 'S'],
  misfireGraceSeconds: ['misfireGraceSeconds', 'N'],
  catchUpLimit: ['catchUpLimit', 'N'],
  concurrency: ['concurrency', 'L?'],
  rateLimit: ['rateLimit', 'L?'],
  stop: ['stop', 'M?'],
  deadline: ['deadline', 'M?'],
  system: ['system', 'BOOL'],
  onSuccess: ['onSuccess', 'L?'],
  onFailure: ['onFailure', 'L?'],
  onDead: ['onDead', 'L?'],
  ttl: ['ttl', 'N?'],
};

export const EXECUTION_COLUMNS: Columns<Execution> = {
  status: ['status', 'S'],
  trigger: ['trigger', 'S'],
  reason: ['reason', 'S?'],
  shard: ['shard', 'N'],
  taskName: ['name', 'S'],
  handler: ['handler', 'S'],
  queue: ['queue', 'S'],
  tags: ['tags', 'L'],
  scheduledAt: ['dueAt', 'N'],
  startedAt: ['startedAt', 'N?'],
  finishedAt: ['endedAt', 'N?'],
  latenessMs: ['lateMs', 'N?'],
  attempt: ['att', 'N'],
  maxAttempts: ['maxAtt', 'N'],
  deadline: ['deadline', 'M?'],
  lateSince: ['late', 'N?'],
  tally: ['tally', 'S?'],
  counted: ['counted', 'BOOL?'],
  stopped: ['stopped', 'S?'],
  stopError: ['stopErr', 'S?'],
  attemptsBefore: ['attBefore', 'N?'],
  snoozes: ['snoozes', 'N?'],
  snoozeReason: ['snoozeWhy', 'S?'],
  epoch: ['epoch', 'N'],
  generation: ['gen', 'N'],
  owner: ['owner', 'S?'],
  leaseUntil: ['lease', 'N?'],
  nextAttemptAt: ['nextAt', 'N?'],
  cancelRequested: ['cancel', 'BOOL?'],
  cancelAsked: ['cancelBy', 'M?'],
  letter: ['letter', 'S?'],
  diedAt: ['diedAt', 'N?'],
  fingerprint: ['print', 'S?'],
  resolution: ['resolved', 'M?'],
  canary: ['canary', 'S?'],
  errorType: ['errType', 'S?'],
  errorMessage: ['errMsg', 'S?'],
  attempts: ['attempts', 'L?'],
  result: ['result', 'S?'],
  resultStored: ['resultIn', 'BOOL?'],
  payload: ['payload', 'S?'],
  payloadStored: ['payloadIn', 'BOOL?'],
  progress: ['progress', 'S?'],
  missed: ['missed', 'N?'],
  collidedWith: ['collided', 'S?'],
  previous: ['prev', 'S?'],
  upstream: ['upstream', 'M?'],
  aftermath: ['after', 'S?'],
  backfill: ['backfill', 'S?'],
  ahead: ['ahead', 'S?'],
  behind: ['behind', 'S?'],
  handOffs: ['handOffs', 'L?'],
  pendingSeconds: ['pendingS', 'N?'],
  earlyOutcome: ['early', 'M?'],
  slots: ['slots', 'L?'],
  causedBy: ['by', 'S?'],
  hops: ['hops', 'N?'],
  ttl: ['ttl', 'N?'],
};
