import { isObject, mergePatch } from '../contract/merge-patch.ts';
import { QueueOverridesSchema, type QueuePatch } from '../contract/queue.ts';
import { SchedulerError } from '../domain/errors.ts';
import {
  controlOf,
  feedOf,
  inForce,
  type QueueControl,
  type QueueSettings,
  sameFeed,
  withControl,
} from '../domain/queue-settings.ts';
import type { QueueControls, QueueFeeds } from '../flow-ports.ts';
import type { Log } from '../ports.ts';

export interface SteerQueueDeps {
  queueControls: QueueControls;
  queueFeeds: QueueFeeds;
  queueDefaults: Readonly<Record<string, QueueSettings>>;
  log: Log;
}

/** Others may write in between; whoever loses this often in a row is told. */
const TRIES = 8;

/**
 * What a person says is stored first, and Lambda is told afterwards. Dying in between, or a Lambda that takes no
 * change just now, only makes it late: the sweeper reconciles.
 */
export async function patchQueue(deps: SteerQueueDeps, name: string, patch: QueuePatch): Promise<void> {
  const deployed = deps.queueDefaults[name];
  if (!deployed)
    throw new SchedulerError('not-found', `There is no queue ${name}`, { resource: 'queue', id: name });
  const control = await change(deps, name, (seen) => {
    const overrides = QueueOverridesSchema.parse(withoutEmpty(mergePatch(seen?.overrides, patch)));
    requireSound(inForce(deployed, overrides).retry);
    const same = sameFeed(feedOf(deployed, overrides), feedOf(deployed, seen?.overrides ?? {}));
    return { overrides, applied: same && seen?.applied !== false };
  });
  if (control.applied) return;
  if (!(await told(deps, name, deployed, control))) return;
  await change(deps, name, (seen = control) => ({
    ...seen,
    // Whoever changed it again in between has told Lambda, or will.
    applied: seen.applied || sameFeed(feedOf(deployed, seen.overrides), feedOf(deployed, control.overrides)),
  }));
}

async function told(
  { queueFeeds, log }: SteerQueueDeps,
  name: string,
  deployed: QueueSettings,
  { overrides }: QueueControl,
): Promise<boolean> {
  try {
    const taken = await queueFeeds.set(name, feedOf(deployed, overrides));
    if (!taken)
      log.info('the feed of the queue takes no change just now; the sweeper tells it', { queue: name });
    return taken;
  } catch (error) {
    log.error('the feed of the queue could not be changed; the sweeper tries again', { queue: name }, error);
    return false;
  }
}

async function change(
  { queueControls }: SteerQueueDeps,
  name: string,
  next: (seen: QueueControl | undefined) => QueueControl,
): Promise<QueueControl> {
  for (let tries = 0; tries < TRIES; tries++) {
    const seen = await queueControls.read();
    const control = next(controlOf(seen, name));
    if (await queueControls.write(seen, withControl(seen, { [name]: control }))) return control;
  }
  throw new SchedulerError('state-conflict', 'Others are changing the queues at the same time; try again', {
    resource: 'queue',
    id: name,
    status: 'changing',
    action: 'patch',
  });
}

/** A retry of which every member was taken back says nothing. */
const withoutEmpty = (patched: unknown): unknown =>
  isObject(patched)
    ? Object.fromEntries(
        Object.entries(patched).filter(([, value]) => !isObject(value) || Object.keys(value).length > 0),
      )
    : patched;

function requireSound({ baseSeconds, maxSeconds }: { baseSeconds: number; maxSeconds: number }): void {
  if (maxSeconds >= baseSeconds) return;
  const errors = [{ path: 'retry.maxSeconds', message: `must not be below baseSeconds (${baseSeconds})` }];
  throw new SchedulerError('validation-failed', 'The settings are not valid: see errors', { errors });
}
