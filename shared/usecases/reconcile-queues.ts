import { controlOf, feedOf, sameFeed, withControl } from '../domain/queue-settings.ts';
import type { QueueControls, QueueFeeds } from '../flow-ports.ts';
import type { Log } from '../ports.ts';

export interface ReconcileDeps {
  queueControls: QueueControls;
  queueFeeds: QueueFeeds;
  /** What the deployment says. */
  queueWorkers: Readonly<Record<string, { workers: number }>>;
  log: Log;
}

/**
 * Makes Lambda feed each queue as people said: a deployment sets what its template says, and a change may not have
 * been told, or two of them in the wrong order. One read while nobody ever said anything; repeating is harmless.
 */
export async function reconcileQueues(deps: ReconcileDeps): Promise<{ changed: number; failed: number }> {
  const seen = await deps.queueControls.read();
  const outcome = { changed: 0, failed: 0 };
  const settled: string[] = [];
  for (const [name, deployed] of Object.entries(deps.queueWorkers)) {
    const control = controlOf(seen, name);
    if (control === undefined) continue;
    try {
      const wanted = feedOf(deployed, control.overrides);
      const found = await deps.queueFeeds.look(name);
      const same = found !== undefined && sameFeed(found, wanted);
      if (!same && !(await deps.queueFeeds.set(name, wanted))) continue;
      if (!same) outcome.changed++;
      if (!control.applied) settled.push(name);
    } catch (error) {
      outcome.failed++;
      deps.log.error('the feed of the queue could not be reconciled', { queue: name }, error);
    }
  }
  const applied = settled.flatMap((name) => {
    const control = controlOf(seen, name);
    return control ? [[name, { ...control, applied: true }] as const] : [];
  });
  // Overtaken by a person: whatever he said last is told by him, or the next time.
  if (applied.length > 0)
    await deps.queueControls.write(seen, withControl(seen, Object.fromEntries(applied)));
  return outcome;
}
