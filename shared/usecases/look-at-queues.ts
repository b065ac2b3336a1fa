import type { QueueWire } from '../contract/queue.ts';
import { SchedulerError } from '../domain/errors.ts';
import { type Principal, ROOT } from '../domain/principal.ts';
import { controlOf, inForce, type QueueDirectory, type QueueSettings } from '../domain/queue-settings.ts';
import { type EpochMs, SECOND_MS } from '../domain/time.ts';
import type { QueueControls } from '../flow-ports.ts';
import type { Clock, Listings, QueueInspector, ShardIndex } from '../ports.ts';

export interface LookAtQueuesDeps {
  clock: Clock;
  queueInspector: QueueInspector;
  queueControls: QueueControls;
  listings: Listings;
  shardIndex: ShardIndex;
  queueDefaults: Readonly<Record<string, QueueSettings>>;
  shards: number;
}

const DEAD_COUNTED = 1_000;
/** Oldest entries looked at in each shard: enough unless that many runs of other queues are older. */
const OLDEST_ENTRIES = 25;

export function requireQueue(deps: Pick<LookAtQueuesDeps, 'queueDefaults'>, name: string): QueueSettings {
  const settings = Object.hasOwn(deps.queueDefaults, name) ? deps.queueDefaults[name] : undefined;
  if (settings) return settings;
  throw new SchedulerError('not-found', `There is no queue ${name}`, { resource: 'queue', id: name });
}

/** By priority. */
export async function listQueues(deps: LookAtQueuesDeps, principal: Principal): Promise<QueueWire[]> {
  const names = Object.keys(deps.queueDefaults);
  const [oldest, directory] = await Promise.all([oldestDue(deps, principal), deps.queueControls.read()]);
  const queues = await Promise.all(names.map((name) => look(deps, principal, name, oldest, directory)));
  return queues.sort((a, b) => b.priority - a.priority || (a.name < b.name ? -1 : 1));
}

export const findQueue = async (
  deps: LookAtQueuesDeps,
  principal: Principal,
  name: string,
): Promise<QueueWire> => {
  requireQueue(deps, name);
  const [oldest, directory] = await Promise.all([oldestDue(deps, principal), deps.queueControls.read()]);
  return look(deps, principal, name, oldest, directory);
};

async function look(
  deps: LookAtQueuesDeps,
  principal: Principal,
  name: string,
  oldest: ReadonlyMap<string, EpochMs>,
  directory: QueueDirectory,
): Promise<QueueWire> {
  const deployed = requireQueue(deps, name);
  const control = controlOf(directory, name);
  const { priority, workers, paused, maxBacklog, timeoutSeconds, retry } = inForce(
    deployed,
    control?.overrides,
  );
  const [depth, dead] = await Promise.all([
    seesAll(principal) ? deps.queueInspector.depth(name) : undefined,
    deps.listings.dead({ tenant: principal.tenant, queue: name, limit: DEAD_COUNTED }),
  ]);
  const dueAt = oldest.get(name);
  return {
    name,
    priority,
    workers,
    paused,
    maxBacklog: maxBacklog ?? null,
    timeoutSeconds,
    retry,
    deployed: { workers: deployed.workers, timeoutSeconds: deployed.timeoutSeconds, retry: deployed.retry },
    applied: control?.applied ?? true,
    depth: depth?.ready ?? null,
    delayed: depth?.delayed ?? null,
    inFlight: depth?.inFlight ?? null,
    oldestAgeSeconds: dueAt === undefined ? null : Math.floor((deps.clock.nowMs() - dueAt) / SECOND_MS),
    deadLetters: dead.entries.length,
    lettersInSqs: depth?.letters ?? null,
  };
}

/** Queues serve all tenants: how much waits there would tell one what others do. */
const seesAll = ({ tenant }: Principal): boolean => tenant === ROOT;

/** Queue → the instant since which something has been due there: tasks not yet claimed, and runs that wait. */
async function oldestDue(
  deps: LookAtQueuesDeps,
  principal: Principal,
): Promise<ReadonlyMap<string, EpochMs>> {
  if (!seesAll(principal)) return new Map();
  const until = deps.clock.nowMs();
  const shards = Array.from({ length: deps.shards }, (_, shard) => shard);
  const due = await Promise.all(
    shards.flatMap((shard) =>
      (['due', 'hot'] as const).map((set) =>
        deps.shardIndex.due({ set, shard, after: 0, until, limit: OLDEST_ENTRIES }),
      ),
    ),
  );
  const open = await Promise.all(
    shards.map((shard) => deps.shardIndex.open({ shard, until, limit: OLDEST_ENTRIES })),
  );
  const waiting = await deps.listings.readExecutions(open.flatMap(({ entries }) => entries));
  const found = [
    ...due.flatMap(({ entries }) => entries),
    ...waiting.flatMap(({ status, queue, nextAttemptAt, scheduledAt }) =>
      status === 'queued' || status === 'retrying' ? [{ queue, at: nextAttemptAt ?? scheduledAt }] : [],
    ),
  ];
  const oldest = new Map<string, EpochMs>();
  for (const { queue, at } of found) {
    if (at <= until) oldest.set(queue, Math.min(at, oldest.get(queue) ?? at));
  }
  return oldest;
}
