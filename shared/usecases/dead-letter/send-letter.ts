import type { IgnoredFingerprint } from '../../domain/dead-letter.ts';
import type { Execution } from '../../domain/execution.ts';
import { fingerprintOfRun } from '../../domain/fingerprint.ts';
import { letterSent } from '../../domain/letter-transitions.ts';
import { executionId, idempotencyKey } from '../../domain/occurrence.ts';
import { DEFAULT_QUEUE } from '../../domain/task.ts';
import { toIso } from '../../domain/time.ts';
import type { Letter } from '../../messages.ts';
import type { Events, ExecutionStore, Log, WorkQueues } from '../../ports.ts';
import type { DeadLetterStore } from '../../tenant-ports.ts';
import { announceDeath } from '../lifecycle-events/announce.ts';

/**
 * Protocol A3, steps 1 and 2: the death is told, the letter goes out, then the run says so. Dying in between, or
 * failing to send, leaves the letter pending: the sweeper does it all (again). The event comes first, since listeners
 * know it again by its id and a second letter would lie in the queue. A refused mark means that a person revived the run.
 * What people ignore goes the same way, and is put away with the mark. What died on a queue that is no longer configured lies with the default queue, where people can find and redrive it.
 */
export async function sendLetter(
  deps: {
    executions: ExecutionStore;
    deadLetters: Pick<DeadLetterStore, 'readIgnored'>;
    queues: WorkQueues;
    events: Events;
    log: Log;
  },
  dead: Execution,
): Promise<boolean> {
  try {
    await announceDeath(deps, dead);
    const queue = deps.queues.has(dead.queue) ? dead.queue : DEFAULT_QUEUE;
    const key = { tenant: dead.tenant, queue, fingerprint: fingerprintOfRun(dead) };
    const rule = await deps.deadLetters.readIgnored(key);
    await deps.queues.sendLetter(queue, letterOf(dead, deps.queues.arnOf(queue)));
    await deps.executions.update(dead, letterSent(dead, queue, rule && saidIn(rule)));
    return true;
  } catch (error) {
    deps.log.error(
      'dead letter still pending; the sweeper sends it',
      { executionId: executionId(dead) },
      error,
    );
    return false;
  }
}

const saidIn = ({ at, by, note }: IgnoredFingerprint) => ({
  at,
  by,
  ...(note === undefined ? {} : { note }),
});

export const letterOf = (dead: Execution, redriveTo: string): Letter => ({
  v: 1,
  kind: 'letter',
  tenant: dead.tenant,
  taskId: dead.taskId,
  occurrence: dead.occurrence,
  epoch: dead.epoch,
  executionId: executionId(dead),
  idempotencyKey: idempotencyKey(dead),
  queue: dead.queue,
  taskName: dead.taskName,
  handler: dead.handler,
  scheduledAt: toIso(dead.scheduledAt),
  diedAt: toIso(dead.diedAt ?? dead.scheduledAt),
  reason: dead.reason ?? 'exhausted',
  attempts: dead.attempt,
  ...(dead.errorType === undefined ? {} : { errorType: dead.errorType }),
  ...(dead.errorMessage === undefined ? {} : { errorMessage: dead.errorMessage }),
  payload: `/v1/tasks/${dead.taskId}`,
  redriveTo,
});
