import type { ExecutionKey } from '../../domain/execution.ts';
import { padMs } from '../../domain/occurrence.ts';
import { type Interval, startOf } from '../../domain/stats-time.ts';
import type { TaskKey } from '../../domain/task.ts';
import type { EpochMs } from '../../domain/time.ts';
import type { BulkJobKey } from '../../tenant-ports.ts';

/**
 * Primary keys of the one table. Tenants and task ids contain no `#`.
 *
 * | item | pk | sk |
 * |---|---|---|
 * | task, state | `T#<tenant>#<taskId>` | `T` |
 * | task, definition | same | `D` |
 * | a definition that it had before | same | `V#<version>` |
 * | execution | same | `X#<occurrence>` |
 * | its payload, its result | same | `P#<occurrence>`, `R#<occurrence>` |
 * | a shard's cursor | `C#<name>#<shard>` | `C` |
 * | semaphore, rate limit | `S#<tenant>#<key>`, `L#<tenant>#<key>` | `S`, `L` |
 * | what people said of queues | `Q#settings` | `Q` |
 * | heartbeat of the tick | `C#tick` | `C` |
 * | remembered request | `I#<tenant>#<scope>#<key>` | `I` |
 * | calendar | `K#<tenant>` | its id |
 * | a task that uses it | `U#<tenant>#<calendarId>` | the task's id |
 * | bulk job | `B#<tenant>#<id>` | `B` |
 * | variables of a tenant | `V#<tenant>` | `V` |
 * | fingerprint of deaths that is ignored | `F#<tenant>` | `<queue>#<fingerprint>` |
 * | canary of a redrive | `Y#<tenant>` | its id |
 * | tenant, its requests in a minute | `N#<tenant>` | `N`, `M#<minute>` |
 * | what ended in a batch | `E` | `<minute>#<nonce>` |
 * | summary of a minute, an hour | `Y#minute#<its hour>`, `Y#hour#<its day>` | `<tenant>#<instant>` |
 * | summary of a day | `Y#day` | the same |
 * | everything so far, of one tenant | `Y#total#<tenant>` | `Y` |
 * | how far is summed up | `Y#marks` | `Y` |
 * | API token | `K#<id>` | `K` |
 * | entry of the audit trail | `A#<tenant>#<yyyy-mm>` | `<instant>#<id>` |
 */
export interface PrimaryKey {
  pk: string;
  sk: string;
}

export const INDEX_NAME = 'byStatusAndTime';

const taskPk = ({ tenant, taskId }: TaskKey): string => `T#${tenant}#${taskId}`;
const RUN = 'X#';
const VERSION = 'V#';
/** Sorts after every occurrence and everything that begins with it. */
const LAST = '~';

export const stateKey = (key: TaskKey): PrimaryKey => ({ pk: taskPk(key), sk: 'T' });
export const definitionKey = (key: TaskKey): PrimaryKey => ({ pk: taskPk(key), sk: 'D' });
export const versionKey = (key: TaskKey, version: number): PrimaryKey => ({
  pk: taskPk(key),
  sk: VERSION + padMs(version),
});
export const versionRange = (key: TaskKey) => ({
  pk: taskPk(key),
  low: versionKey(key, 0).sk,
  high: VERSION + LAST,
});
export const executionKey = (key: ExecutionKey): PrimaryKey => ({
  pk: taskPk(key),
  sk: RUN + key.occurrence,
});
export const documentKey = (key: ExecutionKey, kind: 'payload' | 'result'): PrimaryKey => ({
  pk: taskPk(key),
  sk: `${kind === 'payload' ? 'P' : 'R'}#${key.occurrence}`,
});
/** A task's runs between two instants as 15 digits, both included, manual ones as well. */
export const executionRange = (key: TaskKey, fromDigits: string, toDigits: string) => ({
  pk: taskPk(key),
  low: RUN + fromDigits,
  high: RUN + toDigits + LAST,
});

export const cursorKey = (name: string, shard: number): PrimaryKey => ({ pk: `C#${name}#${shard}`, sk: 'C' });
export const HEARTBEAT_KEY: PrimaryKey = { pk: 'C#tick', sk: 'C' };
export const requestKey = (tenant: string, scope: string, key: string): PrimaryKey => ({
  pk: `I#${tenant}#${scope}#${key}`,
  sk: 'I',
});

export const calendarKey = (tenant: string, calendarId: string): PrimaryKey => ({
  pk: `K#${tenant}`,
  sk: calendarId,
});
export const calendarUserKey = ({ tenant, taskId }: TaskKey, calendarId: string): PrimaryKey => ({
  pk: `U#${tenant}#${calendarId}`,
  sk: taskId,
});
export const bulkJobKey = ({ tenant, id }: BulkJobKey): PrimaryKey => ({ pk: `B#${tenant}#${id}`, sk: 'B' });
export function parseBulkJobKey({ pk }: PrimaryKey): BulkJobKey | undefined {
  const [kind, tenant, id, ...rest] = pk.split('#');
  return kind === 'B' && tenant && id && rest.length === 0 ? { tenant, id } : undefined;
}
export const ignoredKey = (tenant: string, queue: string, fingerprint: string): PrimaryKey => ({
  pk: `F#${tenant}`,
  sk: `${queue}#${fingerprint}`,
});
export const canaryKey = (tenant: string, id: string): PrimaryKey => ({ pk: `Y#${tenant}`, sk: id });
export const variablesKey = (tenant: string): PrimaryKey => ({ pk: `V#${tenant}`, sk: 'V' });
export const semaphoreKey = (tenant: string, key: string): PrimaryKey => ({
  pk: `S#${tenant}#${key}`,
  sk: 'S',
});
export const rateKey = (tenant: string, key: string): PrimaryKey => ({ pk: `L#${tenant}#${key}`, sk: 'L' });

export const tenantKey = (tenant: string): PrimaryKey => ({ pk: `N#${tenant}`, sk: 'N' });
export const parseTenantKey = ({ pk }: PrimaryKey): string | undefined =>
  pk.startsWith('N#') ? pk.slice(2) : undefined;
export const requestsKey = (tenant: string, minute: number): PrimaryKey => ({
  pk: `N#${tenant}`,
  sk: `M#${minute}`,
});
/** The only key without a tenant: whose a token is, is what is looked up with it. */
export const tokenKey = (id: string): PrimaryKey => ({ pk: `K#${id}`, sk: 'K' });
export const parseTokenKey = ({ pk }: PrimaryKey): string | undefined =>
  pk.startsWith('K#') ? pk.slice(2) : undefined;
/** A partition a month: one query reads its newest, and it grows for no longer than that. */
export const auditPk = (tenant: string, month: string): string => `A#${tenant}#${month}`;
export const QUEUE_SETTINGS_KEY: PrimaryKey = { pk: 'Q#settings', sk: 'Q' };

export const END_BATCHES = 'E';
export const endBatchKey = (minute: EpochMs, nonce: string): PrimaryKey => ({
  pk: END_BATCHES,
  sk: `${padMs(minute)}#${nonce}`,
});
/** Whatever becomes one summary of the next longer interval lies together. */
export const summariesPk = (interval: Interval, at: EpochMs): string => {
  if (interval === 'day') return 'Y#day';
  return `Y#${interval}#${padMs(startOf(interval === 'minute' ? 'hour' : 'day', at))}`;
};
export const summaryKey = (interval: Interval, tenant: string, at: EpochMs): PrimaryKey => ({
  pk: summariesPk(interval, at),
  sk: `${tenant}#${padMs(at)}`,
});
export const totalKey = (tenant: string): PrimaryKey => ({ pk: `Y#total#${tenant}`, sk: 'Y' });
export const MARKS_KEY: PrimaryKey = { pk: 'Y#marks', sk: 'Y' };

export function parseTaskKey({ pk }: PrimaryKey): TaskKey | undefined {
  const [kind, tenant, taskId, ...rest] = pk.split('#');
  return kind === 'T' && tenant && taskId && rest.length === 0 ? { tenant, taskId } : undefined;
}

export function parseExecutionKey(key: PrimaryKey): ExecutionKey | undefined {
  const task = parseTaskKey(key);
  return task && key.sk.startsWith(RUN) ? { ...task, occurrence: key.sk.slice(RUN.length) } : undefined;
}
