import type { Resolution } from '../../domain/dead-letter.ts';
import type { IndexEntry } from '../../domain/index-entry.ts';
import { padMs } from '../../domain/occurrence.ts';
import type { TaskKey } from '../../domain/task.ts';
import type { EpochMs } from '../../domain/time.ts';

/**
 * An entry of the index byStatusAndTime as its two attributes; an item without them is not in the index. timeKey is
 * the instant as 15 digits; due and hot entries add `#<queue>` and perhaps `#<deadlineSeconds>`, and the list of tasks has `<name>#<taskId>` instead; dead
 * entries may add `#<fingerprint>`, closed ones add `#<fingerprint>#<resolution>#<queue>`.
 */
export interface IndexKey {
  statusKey: string;
  timeKey: string;
}

/** Partition of the index: sets that only the machinery reads hold all tenants, lists for people hold one. */
export const statusKey = {
  due: (shard: number) => `due#${shard}`,
  hot: (shard: number) => `hot#${shard}`,
  open: (shard: number) => `open#${shard}`,
  dead: (tenant: string, queue: string, shard: number) => `dead#${tenant}#${queue}#${shard}`,
  closed: (tenant: string, shard: number) => `closed#${tenant}#${shard}`,
  ended: (tenant: string, shard: number) => `ended#${tenant}#${shard}`,
  tasks: (tenant: string, shard: number) => `tasks#${tenant}#${shard}`,
  tokens: (tenant: string) => `tokens#${tenant}`,
  tenants: 'tenants',
  bulk: 'bulk',
};

export function toIndexKey({ tenant, taskId }: TaskKey, entry: IndexEntry): IndexKey {
  switch (entry.set) {
    case 'due':
    case 'hot':
      return {
        statusKey: statusKey[entry.set](entry.shard),
        timeKey: `${padMs(entry.at)}#${entry.queue}${entry.deadlineSeconds === undefined ? '' : `#${entry.deadlineSeconds}`}`,
      };
    case 'open':
      return { statusKey: statusKey.open(entry.shard), timeKey: padMs(entry.at) };
    case 'dead':
      return {
        statusKey: statusKey.dead(tenant, entry.queue, entry.shard),
        timeKey: `${padMs(entry.at)}${entry.fingerprint === undefined ? '' : `#${entry.fingerprint}`}`,
      };
    case 'closed':
      return {
        statusKey: statusKey.closed(tenant, entry.shard),
        timeKey: `${padMs(entry.at)}#${entry.fingerprint}#${entry.resolution}#${entry.queue}`,
      };
    case 'ended':
      return { statusKey: statusKey.ended(tenant, entry.shard), timeKey: padMs(entry.at) };
    case 'tasks':
      return { statusKey: statusKey.tasks(tenant, entry.shard), timeKey: `${entry.name}#${taskId}` };
  }
}

/** undefined when the two attributes are none of ours. */
export function fromIndexKey({ taskId }: TaskKey, key: IndexKey): IndexEntry | undefined {
  const parts = key.statusKey.split('#');
  const shard = wholeOf(parts.at(-1));
  if (shard === undefined) return undefined;
  const [set, , deadQueue = ''] = parts;
  const entry = <S, E>(start: S, rest: E | undefined) => rest && { ...start, shard, ...rest };
  switch (set) {
    case 'due':
    case 'hot':
      return entry({ set }, parseDue(key.timeKey));
    case 'open':
    case 'ended':
      return entry({ set }, parseInstant(key.timeKey));
    case 'dead':
      return entry({ set, queue: deadQueue }, parseDeath(key.timeKey));
    case 'closed':
      return entry({ set }, parseClosed(key.timeKey));
    case 'tasks':
      return { set, shard, name: key.timeKey.slice(0, -`#${taskId}`.length) };
    default:
      return undefined;
  }
}

/** Rows that nobody of us wrote are undefined: one of them must not keep its neighbours waiting. */
const wholeOf = (text: string | undefined): number | undefined =>
  text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;

export function parseInstant(timeKey: string): { at: EpochMs } | undefined {
  const at = wholeOf(timeKey);
  return at === undefined ? undefined : { at };
}

export function parseDue(
  timeKey: string,
): { at: EpochMs; queue: string; deadlineSeconds?: number } | undefined {
  const [instant, queue = '', seconds] = timeKey.split('#');
  const at = wholeOf(instant);
  const deadlineSeconds = wholeOf(seconds);
  if (at === undefined || (seconds !== undefined && deadlineSeconds === undefined)) return undefined;
  return { at, queue, ...(deadlineSeconds === undefined ? {} : { deadlineSeconds }) };
}

export function parseDeath(timeKey: string): { at: EpochMs; fingerprint?: string } | undefined {
  const [instant, fingerprint] = timeKey.split('#');
  const at = wholeOf(instant);
  return at === undefined ? undefined : { at, ...(fingerprint === undefined ? {} : { fingerprint }) };
}

export function parseClosed(
  timeKey: string,
): { at: EpochMs; fingerprint: string; resolution: Resolution['kind']; queue: string } | undefined {
  const [instant, fingerprint = '', kind, queue = ''] = timeKey.split('#');
  const at = wholeOf(instant);
  const resolution = kind === 'ignored' ? kind : 'resolved';
  return at === undefined ? undefined : { at, fingerprint, resolution, queue };
}
