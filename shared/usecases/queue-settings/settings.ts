import type { QueueDefaults } from '../../contract/task-input.ts';
import { SchedulerError } from '../../domain/errors.ts';
import { BACKLOG_RETRY_SECONDS } from '../../domain/limits.ts';
import { controlOf, inForce, type QueueInForce, type QueueSettings } from '../../domain/queue-settings.ts';
import type { QueueControls } from '../../flow-ports.ts';
import type { QueueInspector } from '../../ports.ts';

export interface QueueSettingsDeps {
  queueControls: QueueControls;
  queueInspector: QueueInspector;
  /** What the deployment says. */
  queueDefaults: Readonly<Record<string, QueueSettings>>;
}

/** All queues, as they are to be right now. */
export async function queuesInForce({
  queueControls,
  queueDefaults,
}: Pick<QueueSettingsDeps, 'queueControls' | 'queueDefaults'>): Promise<Record<string, QueueInForce>> {
  const directory = await queueControls.read();
  return Object.fromEntries(
    Object.entries(queueDefaults).map(([name, deployed]) => [
      name,
      inForce(deployed, controlOf(directory, name)?.overrides),
    ]),
  ) satisfies QueueDefaults;
}

/**
 * Refuses to take more in while as many messages wait as the queue may have. Several at once may each find room, and
 * SQS counts approximately: the limit is one of load, not of number.
 */
export async function requireRoom(
  deps: Pick<QueueSettingsDeps, 'queueInspector'>,
  name: string,
  settings: Pick<QueueInForce, 'maxBacklog'> | undefined,
): Promise<void> {
  if (settings?.maxBacklog === undefined) return;
  const waiting = await deps.queueInspector.waiting(name);
  if (waiting < settings.maxBacklog) return;
  throw new SchedulerError(
    'backlog-full',
    `Queue ${name} has ${waiting} waiting messages and takes no more than ${settings.maxBacklog}; try again later`,
    { queue: name, limit: settings.maxBacklog, retryAfterSeconds: BACKLOG_RETRY_SECONDS },
  );
}
