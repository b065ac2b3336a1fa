import type { Client, Execution, ExecutionFilter } from '../client.ts';
import type { Bell } from './bell.ts';
import { bounded } from './bounded.ts';
import type { Io } from './io.ts';

export interface FollowOptions {
  filter: Omit<ExecutionFilter, 'from' | 'to' | 'limit'>;
  /** Begins with runs that were due so long ago. */
  sinceMs: number;
  everyMs: number;
}
type World = Pick<Io, 'nowMs' | 'sleep' | 'interrupted'>;

/** A run that is late appears under the instant when it was due: what is looked at reaches back this far. */
const LOOK_BACK_MS = 10 * 60_000;
const MAX_LOOK = 1_000;
const AT_ONCE = 8;

/** One look takes all that changes at about the same time. */
const SETTLE_MS = 100;

/** Runs as they change, by asking again and again, and at once when the bell rings. Those that live are kept in sight until they end. */
export async function* follow(
  client: Client,
  { filter, sinceMs, everyMs }: FollowOptions,
  { nowMs, sleep, interrupted }: World,
  bell: Bell,
): AsyncGenerator<Execution, void> {
  const known = new Map<string, Execution>();
  const beginMs = nowMs() - sinceMs;
  while (!interrupted.aborted) {
    const fromMs = Math.max(beginMs, nowMs() - LOOK_BACK_MS);
    const from = new Date(fromMs).toISOString();
    const recent = await client.executions.list({ ...filter, from, limit: 200 }).toArray(MAX_LOOK);
    const seen = new Set(recent.map(({ id }) => id));
    const outOfSight = [...known.values()].filter((run) => !seen.has(run.id) && !hasEnded(run));
    const others = await bounded(outOfSight, AT_ONCE, ({ id }) => client.executions.get(id));
    const changed = [...recent, ...others].filter((run) => markOf(run) !== markOf(known.get(run.id)));
    for (const run of [...recent, ...others]) known.set(run.id, run);
    for (const run of known.values())
      if (hasEnded(run) && Date.parse(run.scheduledAt) < fromMs) known.delete(run.id);
    yield* changed.sort(byInstant);
    const rang = await Promise.race([sleep(everyMs).then(() => false), bell().then(() => true)]);
    if (rang) await sleep(SETTLE_MS);
  }
}

const LIVE: ReadonlySet<Execution['status']> = new Set(['queued', 'running', 'retrying']);
export const hasEnded = ({ status }: Execution): boolean => !LIVE.has(status);

const markOf = (run: Execution | undefined): string =>
  run ? JSON.stringify([run.status, run.attempt, run.progress, run.cancelRequested, run.pending]) : '';

const instantOf = (run: Execution): string => run.finishedAt ?? run.startedAt ?? run.scheduledAt;
const byInstant = (a: Execution, b: Execution): number => (instantOf(a) < instantOf(b) ? -1 : 1);
