import { type History, type HistoryOptions, playHistory } from './history.ts';
import type { Plan } from './workload.ts';

const MAX_TRIES = 160;

/** The same promise broken by fewer faults, tasks and operations: each try leaves out a part, and keeps what still breaks it. */
export async function shrink(
  found: History,
  limits: { tries?: number; untilMs?: number } = {},
  options: Pick<HistoryOptions, 'weakness'> = {},
): Promise<History> {
  let tries = limits.tries ?? MAX_TRIES;
  let best = found;
  const attempt = async (plan: Plan, faults: readonly string[]): Promise<boolean> => {
    if (tries-- <= 0 || performance.now() > (limits.untilMs ?? Number.POSITIVE_INFINITY)) return false;
    const played = await playHistory(found.seed, {
      ...options,
      plan,
      only: new Set(faults),
      keepTrace: true,
    });
    if (played.violation?.invariant !== found.violation?.invariant) return false;
    best = played;
    return true;
  };
  if (!(await attempt(found.plan, found.fired)))
    return playHistory(found.seed, { ...options, plan: found.plan, keepTrace: true });
  await without(
    best.fired,
    (fired) => attempt(best.plan, fired),
    () => best.fired,
  );
  await without(
    best.plan.operations,
    (operations) => attempt({ ...best.plan, operations }, best.fired),
    () => best.plan.operations,
  );
  await without(
    best.plan.tasks,
    (tasks) => attempt({ ...best.plan, tasks }, best.fired),
    () => best.plan.tasks,
  );
  await without(
    best.fired,
    (fired) => attempt(best.plan, fired),
    () => best.fired,
  );
  return best;
}

/** Leaves out all, then halves, then ever smaller parts. */
async function without<T>(
  all: readonly T[],
  attempt: (some: T[]) => Promise<boolean>,
  left: () => readonly T[],
): Promise<void> {
  if (all.length === 0 || (await attempt([]))) return;
  for (let size = Math.ceil(all.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = 0; at < left().length; ) {
      const now = left();
      const some = [...now.slice(0, at), ...now.slice(at + size)];
      if (some.length === now.length || !(await attempt(some))) at += size;
    }
  }
}
