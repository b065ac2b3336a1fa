import { isCanary } from '../../domain/canary.ts';
import type { Execution } from '../../domain/execution.ts';
import { type LifecycleEvent, runEvent } from '../../domain/lifecycle-event.ts';
import type { Events, Log } from '../../ports.ts';

interface Deps {
  events: Events;
  log: Log;
}

/** Tells that a run has ended, after that is stored. Best effort: what is lost here stands in the table all the same. */
export async function announceEnd(deps: Deps, run: Execution): Promise<void> {
  const event = runEvent(run);
  if (event) await announce(deps, event);
}

export async function announce({ events, log }: Deps, event: LifecycleEvent): Promise<void> {
  if (isCanary(event)) return;
  try {
    await events.publish(event);
  } catch (error) {
    log.warn('event not sent', { type: event.type, id: event.id, error: String(error) });
  }
}

/** A death is told before its letter counts as sent, so the sweeper repeats what did not go out. Rejects when it did not. */
export async function announceDeath({ events }: Pick<Deps, 'events'>, dead: Execution): Promise<void> {
  const event = runEvent(dead);
  if (event && !isCanary(event)) await events.publish(event);
}
