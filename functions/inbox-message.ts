import type { Inbox } from '../shared/ports.ts';
import type { InboxDeps } from '../shared/usecases/inbox/context.ts';
import { receiveEvent } from '../shared/usecases/receive-event.ts';
import type { Received } from './sqs-records.ts';

export type InboxMessageDeps = InboxDeps & { inbox: Inbox };

/** After a failure of the infrastructure: 5 s, doubled with each receive. */
const RETURN_SECONDS = 5;
const MAX_RETURN_SECONDS = 900;

/** What becomes of the message: `handled` is deleted, `kept` comes back. Never rejects. */
export async function handleInboxMessage(
  deps: InboxMessageDeps,
  record: Received,
): Promise<'handled' | 'kept'> {
  const { log, inbox } = deps;
  const { messageId } = record;
  try {
    const received = await receiveEvent(deps, record.body, messageId);
    if (received.kind === 'stored') {
      const { taskId, executionId } = received;
      log.info('message stored', { messageId, taskId, executionId });
    } else {
      await inbox.refuse(record.body, received.reason);
      log.error('message refused, set aside in the dead-letter queue', {
        messageId,
        reason: received.reason.slice(0, 500),
      });
    }
    return 'handled';
  } catch (error) {
    log.error('message not handled; it comes again', { messageId }, error);
    const receives = Number(record.attributes.ApproximateReceiveCount);
    const seconds = Math.min(MAX_RETURN_SECONDS, RETURN_SECONDS * 2 ** (receives - 1));
    await inbox.extend(record.receiptHandle, seconds).catch((cause: unknown) => {
      log.warn('visibility not changed; the message comes when its time is over', {
        messageId,
        error: String(cause),
      });
    });
    return 'kept';
  }
}
