import type { Client, Execution, Task, TaskVersion } from '../../../../../../shared/client/client.ts';
import { type Day, daysOf } from './days.ts';

const DAY_MS = 86_400_000;
const WEEKS = 5;
const PAGE = 200;
const PAGES = 3;
/** As many as the API says of a schedule at once. */
const MOST = 1_000;

export interface Calendar {
  days: Day[];
  /** Nothing was read of before. */
  since: string;
  /** It reaches back no further because there were so many runs. */
  isCut: boolean;
}

/** Of the last weeks as much as a few requests tell; a task that runs each minute has a shorter calendar. */
export async function readDays(
  client: Client,
  task: Task,
  { zone, nowMs, signal }: { zone: string; nowMs: number; signal: AbortSignal },
): Promise<Calendar> {
  const versions = await client.tasks.versions(task.id, { limit: 20 }, { signal }).page();
  const from = new Date(nowMs - WEEKS * 7 * DAY_MS).toISOString();
  const { runs, isCut } = await lastRuns(client, task.id, from, signal);
  const oldest = runs.at(-1)?.scheduledAt;
  const since = isCut && oldest !== undefined ? oldest : from;
  const knownSince = scheduledSince(versions.items) ?? task.createdAt;
  const earliest = oldest !== undefined && oldest < knownSince ? oldest : knownSince;
  // Of before nothing could be told, and there may be more than can be asked for.
  const start = earliest > since ? earliest : since;
  const { items } = await client.tasks.occurrences(task.id, { from: start, count: MOST }, { signal });
  const days = daysOf({
    zone,
    expected: items,
    runs,
    knownSince,
    pausedSince: task.paused?.at,
    nowMs,
  });
  return { days, since, isCut };
}

async function lastRuns(client: Client, taskId: string, from: string, signal: AbortSignal) {
  const list = client.tasks.executions(taskId, { from, limit: PAGE }, { signal });
  const runs: Execution[] = [];
  let cursor: string | undefined;
  for (let pages = 0; pages < PAGES; pages++) {
    const { items, nextCursor } = await list.page(cursor);
    runs.push(...items);
    if (nextCursor === null) return { runs, isCut: false };
    cursor = nextCursor;
  }
  return { runs, isCut: true };
}

/** What another schedule asked for is not what this one would have. */
function scheduledSince(versions: readonly TaskVersion[]): string | null | undefined {
  const now = JSON.stringify(versions[0]?.definition.schedule);
  const other = versions.findIndex(({ definition }) => JSON.stringify(definition.schedule) !== now);
  return versions[other < 0 ? versions.length - 1 : other - 1]?.at;
}
