import type { EpochMs } from './time.ts';

export interface DeathGroup<D> {
  fingerprint: string;
  count: number;
  firstAt: EpochMs;
  lastAt: EpochMs;
  taskIds: Set<string>;
  newest: D;
}

/** The greatest group first; of equals the one with the latest death. */
export function groupDeaths<D extends { fingerprint: string; taskId: string; at: EpochMs }>(
  deaths: Iterable<D>,
): DeathGroup<D>[] {
  const groups = new Map<string, DeathGroup<D>>();
  for (const death of deaths) {
    const { fingerprint, taskId, at } = death;
    const group = groups.get(fingerprint);
    if (!group) {
      const taskIds = new Set([taskId]);
      groups.set(fingerprint, { fingerprint, count: 1, firstAt: at, lastAt: at, taskIds, newest: death });
      continue;
    }
    group.count++;
    group.taskIds.add(taskId);
    group.firstAt = Math.min(group.firstAt, at);
    if (at > group.lastAt) Object.assign(group, { lastAt: at, newest: death });
  }
  return [...groups.values()].sort(byWeight);
}

type Weight = Pick<DeathGroup<unknown>, 'count' | 'lastAt' | 'fingerprint'>;
export const byWeight = (a: Weight, b: Weight): number =>
  b.count - a.count || b.lastAt - a.lastAt || (a.fingerprint < b.fingerprint ? -1 : 1);
