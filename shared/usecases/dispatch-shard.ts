import { crossedAge } from '../domain/crossed-age.ts';
import { HOT_WINDOW_MS, OVERDUE_MS } from '../domain/limits.ts';
import { scheduledOccurrence } from '../domain/occurrence.ts';
import { delaySeconds } from '../domain/task-transitions.ts';
import { type DurationMs, type EpochMs, SECOND_MS } from '../domain/time.ts';
import type { QueueControls } from '../flow-ports.ts';
import type { DispatchMessage } from '../messages.ts';
import type {
  Clock,
  CursorStore,
  DispatchQueue,
  DueEntry,
  Events,
  ExecutionStore,
  Log,
  ShardIndex,
  TaskStore,
  WorkQueues,
} from '../ports.ts';
import { pausedIn } from './queue-settings/paused.ts';
import { tellUnclaimed } from './run-end/tell-unclaimed.ts';

export interface DispatchDeps {
  clock: Clock;
  index: ShardIndex;
  cursors: CursorStore;
  queueControls: Pick<QueueControls, 'read'>;
  queues: WorkQueues;
  dispatchQueue: DispatchQueue;
  tasks: TaskStore;
  executions: ExecutionStore;
  events: Events;
  log: Log;
  lookAheadMs: DurationMs;
}

/** One page of the index; its hints go out before the next page is read. */
const PAGE = 500;

/**
 * One shard's share of a tick: claims the window it is about to hint (rule A1), then hints most overdue first.
 * Dying after the claim leaves entries unhinted: they come up again as overdue (rule H2).
 */
export async function dispatchShard(
  deps: DispatchDeps,
  message: DispatchMessage,
  remainingMs: () => DurationMs,
): Promise<{ hinted: number }> {
  const nowMs = deps.clock.nowMs();
  const { shard } = message;
  if (message.restore) return restoreShard(deps, shard, nowMs);
  if (message.claimed) {
    const { from, to } = message.claimed;
    return hintWindow(deps, shard, { from, to }, remainingMs);
  }
  const seen = await deps.cursors.read('dispatch', shard);
  const upto = Math.max(seen?.upto ?? 0, nowMs + deps.lookAheadMs);
  if (!(await deps.cursors.claim('dispatch', shard, seen, { upto, at: nowMs }))) return { hinted: 0 };

  const overdue = await hintOverdue(deps, shard, seen?.at ?? 0, nowMs);
  // What is overdue already was hinted above; a first claim ever starts from there too.
  const from = seen?.upto ?? nowMs - OVERDUE_MS;
  const window = await hintWindow(deps, shard, { from, to: upto }, remainingMs);
  return { hinted: overdue + window.hinted };
}

/**
 * Entries whose age crossed 1, 2, 4 minutes or another multiple of 5 since the shard was last looked at. Of a paused queue
 * the message waits there, and more of them would only pile up.
 */
async function hintOverdue(
  deps: DispatchDeps,
  shard: number,
  sinceMs: EpochMs,
  nowMs: EpochMs,
): Promise<number> {
  let hinted = 0;
  const isPaused = pausedIn(deps);
  for (const set of ['due', 'hot'] as const) {
    const range = { set, shard, after: -1, until: nowMs - OVERDUE_MS };
    for await (const entries of pages(deps.index, range)) {
      const crossed: DueEntry[] = [];
      for (const entry of entries)
        if (crossedAge(entry.at, sinceMs, nowMs) && !(await isPaused(entry.queue))) crossed.push(entry);
      hinted += await hintAll(deps, crossed, nowMs);
      for (const entry of entries)
        if (mayBeLate(entry, sinceMs, nowMs)) await tellUnclaimed(deps, entry, nowMs);
    }
  }
  return hinted;
}

/** When its deadline has passed since the last look, and whenever it is hinted again after that. */
const mayBeLate = ({ at, deadlineSeconds }: DueEntry, sinceMs: EpochMs, nowMs: EpochMs): boolean => {
  if (deadlineSeconds === undefined) return false;
  const deadline = at + deadlineSeconds * SECOND_MS;
  return deadline <= nowMs && (deadline > sinceMs || crossedAge(at, sinceMs, nowMs));
};

async function hintWindow(
  deps: DispatchDeps,
  shard: number,
  window: { from: EpochMs; to: EpochMs },
  remainingMs: () => DurationMs,
): Promise<{ hinted: number }> {
  let hinted = 0;
  const range = { set: 'due' as const, shard, after: window.from, until: window.to };
  for await (const entries of pages(deps.index, range)) {
    hinted += await hintAll(deps, entries, deps.clock.nowMs());
    const last = entries.at(-1);
    if (remainingMs() < CONTINUE_BELOW_MS && last !== undefined && last.at < window.to) {
      // Entries that share the last instant are hinted twice, which is harmless; none is passed over.
      const claimed = { from: last.at - 1, to: window.to };
      await deps.dispatchQueue.send([{ v: 1, kind: 'dispatch', shard, claimed }]);
      deps.log.info('shard continues in another invocation', { shard, hinted });
      break;
    }
  }
  return { hinted };
}
const CONTINUE_BELOW_MS = 10_000;

/** The queues lost their messages: everything near is hinted, whatever was claimed before. */
async function restoreShard(deps: DispatchDeps, shard: number, nowMs: EpochMs): Promise<{ hinted: number }> {
  let hinted = 0;
  for (const set of ['due', 'hot'] as const) {
    const range = { set, shard, after: -1, until: nowMs + HOT_WINDOW_MS };
    for await (const entries of pages(deps.index, range)) hinted += await hintAll(deps, entries, nowMs);
  }
  return { hinted };
}

async function* pages(
  index: ShardIndex,
  range: { set: 'due' | 'hot'; shard: number; after: EpochMs; until: EpochMs },
): AsyncGenerator<DueEntry[]> {
  let from: string | undefined;
  do {
    const page = await index.due({ ...range, limit: PAGE, ...(from === undefined ? {} : { from }) });
    if (page.entries.length > 0) yield page.entries;
    from = page.next;
  } while (from !== undefined);
}

async function hintAll(deps: DispatchDeps, entries: DueEntry[], nowMs: EpochMs): Promise<number> {
  if (entries.length === 0) return 0;
  const { failed } = await deps.queues.send(
    entries.map(({ tenant, taskId, at, queue }) => ({
      queue,
      hint: { v: 1, kind: 'hint', tenant, taskId, occurrence: scheduledOccurrence(at) },
      delaySeconds: delaySeconds(at, nowMs),
    })),
  );
  if (failed.length > 0)
    deps.log.warn('hints refused; they come up again as overdue', { failed: failed.length });
  return entries.length - failed.length;
}
