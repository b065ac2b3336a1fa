import type { IndexEntry } from '../../shared/domain/index-entry.ts';
import { padMs } from '../../shared/domain/occurrence.ts';
import type { DeadEntry, DeathList, Listings, ShardIndex } from '../../shared/ports.ts';
import { type MemoryTables, makeMemoryTaskStore, runId, taskId } from './memory-stores.ts';
import { page, positionOf } from './memory-table.ts';

type Timed = Exclude<IndexEntry, { set: 'tasks' }>;
const timed = (entry: IndexEntry | undefined): Timed | undefined =>
  entry && 'at' in entry ? entry : undefined;

export const makeMemoryShardIndex = ({ states, executions }: MemoryTables): ShardIndex => ({
  async due({ set, shard, after, until, ...q }) {
    const items = states.all().flatMap((state) => {
      const index = timed(state.index);
      if (index?.set !== 'due' && index?.set !== 'hot') return [];
      if (index.set !== set || index.shard !== shard || index.at <= after || index.at > until) return [];
      const { tenant, taskId: id } = state;
      return [
        {
          entry: {
            tenant,
            taskId: id,
            at: index.at,
            queue: index.queue,
            ...(index.deadlineSeconds === undefined ? {} : { deadlineSeconds: index.deadlineSeconds }),
          },
          position: positionOf(index, taskId(state)),
        },
      ];
    });
    return page(items, q);
  },
  async open({ shard, until, ...q }) {
    const items = executions.all().flatMap((run) => {
      const index = timed(run.index);
      if (index?.set !== 'open' || index.shard !== shard || index.at > until) return [];
      const { tenant, taskId: id, occurrence } = run;
      return [
        { entry: { tenant, taskId: id, occurrence, at: index.at }, position: positionOf(index, runId(run)) },
      ];
    });
    return page(items, q);
  },
});

export function makeMemoryListings(tables: MemoryTables): Listings {
  const tasks = makeMemoryTaskStore(tables);
  const runs = (q: { tenant: string; limit: number; from?: string }, belongs: (entry: Timed) => boolean) => {
    const items = tables.executions.all().flatMap((run) => {
      const index = timed(run.index);
      if (run.tenant !== q.tenant || !index || !belongs(index)) return [];
      const { tenant, taskId: id, occurrence } = run;
      return [{ entry: { tenant, taskId: id, occurrence }, position: positionOf(index, runId(run)) }];
    });
    return page(items, { limit: q.limit, from: q.from, newestFirst: true });
  };
  const deaths = ({ tenant, queue, closed = false }: DeathList) =>
    tables.executions.all().flatMap((run) => {
      const index = timed(run.index);
      if (run.tenant !== tenant || (index?.set !== 'dead' && index?.set !== 'closed')) return [];
      if ((queue !== undefined && index.queue !== queue) || (index.set === 'closed') !== closed) return [];
      const { shard: _, set: __, ...rest } = index;
      const entry: DeadEntry = { tenant, taskId: run.taskId, occurrence: run.occurrence, ...rest };
      return [{ entry, position: positionOf(index, runId(run)) }];
    });
  return {
    async tasks({ tenant, ...q }) {
      const items = tables.definitions.all().flatMap((definition) => {
        if (definition.tenant !== tenant || definition.index?.set !== 'tasks') return [];
        const position = positionOf(definition.index, taskId(definition));
        return [{ entry: { tenant, taskId: definition.taskId }, position }];
      });
      return page(items, q);
    },
    async readTasks(keys) {
      return (await Promise.all(keys.map((key) => tasks.read(key)))).filter((task) => task !== undefined);
    },
    async ended(q) {
      return runs(q, (entry) => entry.set === 'ended' && entry.at >= (q.since ?? 0));
    },
    async dead({ since = 0, limit, from, ...list }) {
      const items = deaths(list).filter(({ entry }) => entry.at >= since);
      return page(items, { limit, from, newestFirst: true });
    },
    async deaths({ limit, ...list }) {
      const all = page(deaths(list), { limit, newestFirst: true });
      return { entries: all.entries, complete: all.next === undefined };
    },
    async open(q) {
      return runs(q, (entry) => entry.set === 'open');
    },
    async readExecutions(keys) {
      return keys.map((key) => tables.executions.get(key)).filter((run) => run !== undefined);
    },
    async history({ key, fromAt = 0, toAt = Number.MAX_SAFE_INTEGER, ...q }) {
      const items = tables.executions.all().flatMap((run) => {
        const at = Number(run.occurrence.slice(0, 15));
        if (taskId(run) !== taskId(key) || at < fromAt || at > toAt) return [];
        return [{ entry: run, position: { sort: run.occurrence, shard: 0, id: '' } }];
      });
      return page(items, { ...q, newestFirst: true });
    },
    async versions({ key, ...q }) {
      const items = tables.versions.all().flatMap((entry) => {
        if (taskId(entry) !== taskId(key)) return [];
        return [{ entry, position: { sort: padMs(entry.definitionVersion), shard: 0, id: '' } }];
      });
      return page(items, { ...q, newestFirst: true });
    },
  };
}
