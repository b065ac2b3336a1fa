import { OVERDUE_MS } from '../domain/limits.ts';
import type { DurationMs, EpochMs } from '../domain/time.ts';
import type { DispatchMessage } from '../messages.ts';
import type { Clock, DispatchQueue, Heartbeat, ShardIndex } from '../ports.ts';

/**
 * Each minute, by two clocks: one dispatch message for every shard with due or overdue work. Harmless to repeat,
 * late or doubled; a tick that never came is covered by the next one. `restore` asks every shard to hint all that
 * is near again (after the queues lost their messages).
 */
export async function fanOutTick(
  deps: {
    clock: Clock;
    index: ShardIndex;
    dispatchQueue: DispatchQueue;
    heartbeat: Heartbeat;
    shards: number;
    lookAheadMs: DurationMs;
  },
  q: { restore: boolean },
): Promise<{ shards: number }> {
  const nowMs = deps.clock.nowMs();
  const all = Array.from({ length: deps.shards }, (_, shard) => shard);
  const busy = q.restore
    ? all
    : (
        await Promise.all(all.map(async (shard) => ((await hasWork(deps, shard, nowMs)) ? shard : -1)))
      ).filter((shard) => shard >= 0);
  const messages = busy.map(
    (shard): DispatchMessage => ({ v: 1, kind: 'dispatch', shard, ...(q.restore ? { restore: true } : {}) }),
  );
  await deps.dispatchQueue.send(messages);
  await deps.heartbeat.record(nowMs);
  return { shards: busy.length };
}

async function hasWork(
  { index, lookAheadMs }: { index: ShardIndex; lookAheadMs: DurationMs },
  shard: number,
  nowMs: EpochMs,
): Promise<boolean> {
  const peek = { shard, after: -1, limit: 1 };
  const [due, hot] = await Promise.all([
    index.due({ ...peek, set: 'due', until: nowMs + lookAheadMs }),
    index.due({ ...peek, set: 'hot', until: nowMs - OVERDUE_MS }),
  ]);
  return due.entries.length + hot.entries.length > 0;
}
