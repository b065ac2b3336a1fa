import { isPaused, type QueueDirectory } from '../../domain/queue-settings.ts';
import type { QueueControls } from '../../flow-ports.ts';

/** Whether a queue is paused, for one pass over many entries: asks the store when it is asked first, and once. */
export function pausedIn({ queueControls }: { queueControls: Pick<QueueControls, 'read'> }) {
  let directory: Promise<QueueDirectory> | undefined;
  return async (queue: string): Promise<boolean> => {
    directory ??= queueControls.read();
    return isPaused(await directory, queue);
  };
}
