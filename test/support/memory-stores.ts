import type { ApiToken } from '../../shared/domain/api-token.ts';
import type { AuditEntry } from '../../shared/domain/audit.ts';
import type { BulkJob } from '../../shared/domain/bulk.ts';
import { type Calendar, type CalendarLinks, linkChanges } from '../../shared/domain/calendar.ts';
import type { Canary, IgnoredFingerprint } from '../../shared/domain/dead-letter.ts';
import { tooManyTasks } from '../../shared/domain/errors.ts';
import type { Execution, ExecutionKey } from '../../shared/domain/execution.ts';
import { ROOT } from '../../shared/domain/principal.ts';
import type { QueueDirectory } from '../../shared/domain/queue-settings.ts';
import type { RateLog } from '../../shared/domain/rate-limit.ts';
import type { Semaphore } from '../../shared/domain/semaphore.ts';
import type { TaskDefinition, TaskKey, TaskState } from '../../shared/domain/task.ts';
import type { Tenant } from '../../shared/domain/tenant.ts';
import type {
  Clock,
  Cursor,
  CursorStore,
  ExecutionStore,
  Heartbeat,
  IdempotencyStore,
  TaskStore,
} from '../../shared/ports.ts';
import type { VariableStore } from '../../shared/tenant-ports.ts';
import { applyChange } from './apply-change.ts';
import { makeMemoryStatsTables } from './memory-stats.ts';
import { MemoryTable } from './memory-table.ts';

export const taskId = (key: TaskKey): string => `${key.tenant}#${key.taskId}`;
export const runId = (key: ExecutionKey): string => `${taskId(key)}#${key.occurrence}`;

/** Everything the stores hold; tests may look in, and put what no use case would write. */
export function makeMemoryTables() {
  return {
    states: new MemoryTable<TaskKey, TaskState>(taskId),
    definitions: new MemoryTable<TaskKey, TaskDefinition>(taskId),
    /** Definitions that tasks had before. */
    versions: new MemoryTable<TaskDefinition, TaskDefinition>(
      (version) => `${taskId(version)}#${version.definitionVersion}`,
    ),
    executions: new MemoryTable<ExecutionKey, Execution>(runId),
    documents: new Map<string, string>(),
    cursors: new Map<string, Cursor>(),
    semaphores: new Map<string, Semaphore>(),
    rates: new Map<string, RateLog>(),
    queues: { directory: { version: 0, queues: {} } as QueueDirectory },
    requests: new Map<string, { requestHash: string; value: string; expiresAt: number }>(),
    ignored: new Map<string, IgnoredFingerprint>(),
    canaries: new Map<string, Canary>(),
    variables: new Map<string, Record<string, unknown>>(),
    tokens: new Map<string, ApiToken>(),
    tenants: new Map<string, Tenant>(),
    taskCounts: new Map<string, number>(),
    audit: new Map<string, AuditEntry & { expiresAt: number }>(),
    requestCounts: new Map<string, number>(),
    calendars: new Map<string, Calendar>(),
    bulkJobs: new Map<string, BulkJob>(),
    /** `<tenant>#<calendar>#<task>` */
    calendarUsers: new Set<string>(),
    stats: makeMemoryStatsTables(),
    heartbeat: { at: undefined as number | undefined },
  };
}
export type MemoryTables = ReturnType<typeof makeMemoryTables>;

export const makeMemoryTaskStore = (tables: MemoryTables): TaskStore => {
  const { states, definitions, versions, executions, tenants, taskCounts } = tables;
  return {
    async read(key) {
      const state = states.get(key);
      const definition = definitions.get(key);
      return state && definition ? { state, definition } : undefined;
    },
    async readState(key) {
      return states.get(key);
    },
    async create(task, over) {
      const existing = states.get(task.state);
      const replaceable =
        existing?.status === 'deleted' && over !== undefined && existing.version === over.version;
      if (existing && !replaceable) return { ok: false, existing };
      const { tenant } = task.state;
      const count = taskCounts.get(tenant) ?? 0;
      if (tenant !== ROOT && count >= (tenants.get(tenant)?.maxTasks ?? Number.POSITIVE_INFINITY))
        throw tooManyTasks();
      const links = linkChanges(undefined, task.definition.schedule);
      if (!applyLinks(tables, task.state, links)) return { ok: false, existing: undefined };
      if (tenant !== ROOT) taskCounts.set(tenant, count + 1);
      states.put(task.state);
      definitions.put(task.definition);
      return { ok: true, record: structuredClone(task.state) };
    },
    async update(key, change) {
      return states.update(key, change);
    },
    async updateWithRun(key, change, runChange) {
      const task = applyChange(states.get(key), structuredClone(change));
      const run = applyChange(executions.get(key), structuredClone(runChange));
      if (!task.ok || !run.ok) return false;
      states.put(task.record);
      executions.put(run.record);
      return true;
    },
    async replace(key, change, definition, links, superseded) {
      const outcome = applyChange(states.get(key), structuredClone(change));
      if (!outcome.ok) return outcome;
      if (links && !applyLinks(tables, key, links)) return { ok: false, existing: undefined };
      if (change.set.status === 'deleted' && key.tenant !== ROOT)
        taskCounts.set(key.tenant, (taskCounts.get(key.tenant) ?? 0) - 1);
      states.put(outcome.record);
      definitions.put(definition);
      if (superseded) versions.put(superseded);
      return outcome;
    },
  };
};

/** False, and nothing done, when one of the new calendars is not open. */
function applyLinks(tables: MemoryTables, key: TaskKey, { added, removed }: CalendarLinks): boolean {
  const isOpen = (id: string) => {
    const calendar = tables.calendars.get(`${key.tenant}#${id}`);
    return calendar !== undefined && !calendar.sealed;
  };
  if (!added.every(isOpen)) return false;
  for (const id of added) tables.calendarUsers.add(`${key.tenant}#${id}#${key.taskId}`);
  for (const id of removed) tables.calendarUsers.delete(`${key.tenant}#${id}#${key.taskId}`);
  return true;
}

export const makeMemoryExecutionStore = ({ executions, documents }: MemoryTables): ExecutionStore => ({
  async read(key) {
    return executions.get(key);
  },
  async insert(execution) {
    return executions.insert(execution);
  },
  async update(key, change) {
    return executions.update(key, change);
  },
  async remove(key, guard) {
    return executions.remove(key, guard);
  },
  async putDocument(key, kind, json) {
    documents.set(`${runId(key)}#${kind}`, json);
  },
  async readDocument(key, kind) {
    return documents.get(`${runId(key)}#${kind}`);
  },
});

export const makeMemoryCursorStore = ({ cursors }: MemoryTables): CursorStore => ({
  async read(name, shard) {
    return structuredClone(cursors.get(`${name}#${shard}`));
  },
  async claim(name, shard, seen, next) {
    const standing = cursors.get(`${name}#${shard}`);
    if (standing?.upto !== seen?.upto || standing?.at !== seen?.at) return false;
    cursors.set(`${name}#${shard}`, { ...next });
    return true;
  },
});

export const makeMemoryHeartbeat = ({ heartbeat }: MemoryTables): Heartbeat => ({
  async record(nowMs) {
    heartbeat.at = nowMs;
  },
  async read() {
    return heartbeat.at;
  },
});

export const makeMemoryVariables = ({ variables }: MemoryTables): VariableStore => ({
  async read(tenant) {
    return structuredClone(variables.get(tenant) ?? {});
  },
  async change(tenant, make) {
    variables.set(tenant, structuredClone(make(variables.get(tenant) ?? {})));
  },
});

export const makeMemoryIdempotency = ({ requests }: MemoryTables, clock: Clock): IdempotencyStore => ({
  async remember({ tenant, scope, key, record, expiresAt }) {
    const id = `${tenant}#${scope}#${key}`;
    const standing = requests.get(id);
    if (standing && standing.expiresAt > clock.nowMs())
      return { requestHash: standing.requestHash, value: standing.value };
    requests.set(id, { ...record, expiresAt });
    return { ...record };
  },
});
