import { NO_TARGETS } from '../../shared/domain/allowed-targets.ts';
import type { Log } from '../../shared/ports.ts';
import { makeMemoryAudit } from './memory-audit.ts';
import { makeMemoryBulkJobs } from './memory-bulk.ts';
import { makeMemoryCalendars } from './memory-calendars.ts';
import { makeHandClock, makeSeededRandom, makeSequentialIds } from './memory-clock.ts';
import { makeMemoryTenants, makeMemoryTokens } from './memory-credentials.ts';
import { makeMemoryDeadLetters } from './memory-dead-letters.ts';
import {
  makeMemoryFeeds,
  makeMemoryQueueControls,
  makeMemoryRates,
  makeMemorySemaphores,
} from './memory-flow.ts';
import { makeMemoryListings, makeMemoryShardIndex } from './memory-index.ts';
import { makeMemoryEvents, makeMemoryMetrics } from './memory-observers.ts';
import {
  makeMemoryDispatchQueue,
  makeMemoryInspector,
  makeMemoryVisibility,
  makeMemoryWorkQueues,
} from './memory-queues.ts';
import { makeMemoryStats } from './memory-stats.ts';
import {
  makeMemoryCursorStore,
  makeMemoryExecutionStore,
  makeMemoryHeartbeat,
  makeMemoryIdempotency,
  makeMemoryTables,
  makeMemoryTaskStore,
  makeMemoryVariables,
} from './memory-stores.ts';

/**
 * Called around every asynchronous operation of a port, e.g. `executions.insert`. Throwing in `before` is a
 * crash before the write, in `after` a crash (or a lost answer) after it; awaiting lets somebody else go first.
 */
export interface Hooks {
  before?: ((operation: string, args: unknown[]) => void | Promise<void>) | undefined;
  after?: ((operation: string, args: unknown[]) => void | Promise<void>) | undefined;
}

export interface LoggedLine {
  level: 'debug' | 'info' | 'warn' | 'error';
  message: string;
  fields?: Parameters<Log['info']>[1];
  cause?: unknown;
}

/** Every port in memory, on a clock turned by hand: one world per test. */
export function makeMemoryWorld({
  nowMs = Date.UTC(2026, 10, 21, 9, 0, 0),
  queues = ['high', 'default', 'low'],
  seed = 1,
  visibilityMs = 5_400_000,
}: {
  nowMs?: number;
  queues?: string[];
  seed?: number;
  visibilityMs?: number;
} = {}) {
  const hooks: Hooks = {};
  const clock = makeHandClock(nowMs);
  const tables = makeMemoryTables();
  const workQueues = makeMemoryWorkQueues(clock, queues, visibilityMs);
  const dispatchQueue = makeMemoryDispatchQueue();
  const feeds = new Map(queues.map((name) => [name, { enabled: true, workers: 20 }]));
  const busyFeeds = new Set<string>();
  const lines: LoggedLine[] = [];
  const watched = <T extends object>(name: string, port: T): T => watch(name, port, hooks);
  return {
    hooks,
    clock,
    advance: (ms: number) => clock.advance(ms),
    random: makeSeededRandom(seed),
    ids: makeSequentialIds(),
    /** What is stored, to look at and to spoil. */
    tables,
    tasks: watched('tasks', makeMemoryTaskStore(tables)),
    executions: watched('executions', makeMemoryExecutionStore(tables)),
    shardIndex: watched('shardIndex', makeMemoryShardIndex(tables)),
    listings: watched('listings', makeMemoryListings(tables)),
    cursors: watched('cursors', makeMemoryCursorStore(tables)),
    semaphores: watched('semaphores', makeMemorySemaphores(tables.semaphores)),
    queueControls: watched('queueControls', makeMemoryQueueControls(tables.queues)),
    /** Lambda's side of the queues, to look at and to spoil. */
    feeds,
    busyFeeds,
    queueFeeds: watched('queueFeeds', makeMemoryFeeds(feeds, busyFeeds)),
    rates: watched('rates', makeMemoryRates(tables.rates)),
    heartbeat: watched('heartbeat', makeMemoryHeartbeat(tables)),
    tokens: watched('tokens', makeMemoryTokens(tables.tokens)),
    tenants: watched('tenants', makeMemoryTenants(tables.tenants, tables.taskCounts, tables.requestCounts)),
    variables: watched('variables', makeMemoryVariables(tables)),
    deadLetters: watched('deadLetters', makeMemoryDeadLetters(tables)),
    calendars: watched('calendars', makeMemoryCalendars(tables)),
    bulkJobs: watched('bulkJobs', makeMemoryBulkJobs(tables.bulkJobs)),
    audit: watched('audit', makeMemoryAudit(tables)),
    auditRetentionMs: 365 * 86_400_000,
    stats: watched('stats', makeMemoryStats(tables.stats)),
    idempotency: watched('idempotency', makeMemoryIdempotency(tables, clock)),
    workQueues: watched('workQueues', workQueues),
    dispatchQueue: watched('dispatchQueue', dispatchQueue),
    queueInspector: watched('queueInspector', makeMemoryInspector(workQueues)),
    visibility: (queue: string) => watched('visibility', makeMemoryVisibility(workQueues.queue(queue))),
    events: watched('events', makeMemoryEvents()),
    metrics: makeMemoryMetrics(),
    targets: NO_TARGETS,
    lines,
    log: makeMemoryLog(lines),
  };
}
export type MemoryWorld = ReturnType<typeof makeMemoryWorld>;

/** The synchronous helpers that tests and use cases call directly. */
const UNWATCHED = new Set(['arnOf', 'has', 'refuse', 'fail', 'take', 'queue', 'deadLetterQueue']);

function watch<T extends object>(name: string, port: T, hooks: Hooks): T {
  return new Proxy(port, {
    get(target, property, receiver) {
      const member: unknown = Reflect.get(target, property, receiver);
      if (typeof member !== 'function' || typeof property !== 'string' || UNWATCHED.has(property))
        return member;
      return async (...args: unknown[]) => {
        await hooks.before?.(`${name}.${property}`, args);
        const result: unknown = await Reflect.apply(member, target, args);
        await hooks.after?.(`${name}.${property}`, args);
        return result;
      };
    },
  });
}

const makeMemoryLog = (lines: LoggedLine[]): Log => {
  const at =
    (level: LoggedLine['level']) => (message: string, fields?: LoggedLine['fields'], cause?: unknown) => {
      lines.push({ level, message, ...(fields && { fields }), ...(cause !== undefined && { cause }) });
    };
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
};
