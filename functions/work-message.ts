import type { Context } from 'aws-lambda';
import * as z from 'zod';
import { type WorkMessage, WorkMessageSchema } from '../shared/messages.ts';
import type { Visibility } from '../shared/ports.ts';
import { reviveFromLetter } from '../shared/usecases/revive-from-letter.ts';
import type { ExecutorDeps } from '../shared/usecases/run-execution/context.ts';
import { runExecution } from '../shared/usecases/run-execution.ts';
import type { Received } from './sqs-records.ts';

export interface WorkDeps {
  executor: ExecutorDeps;
  visibility: Visibility;
  /** The work queue that feeds this function. */
  queue: string;
  maxReceiveCount: number;
}

/** After a failure of the infrastructure the message comes back this soon; the visibility timeout is hours. */
const RETURN_SECONDS = 5;

/** What becomes of the message: `handled` is deleted, `kept` comes back after its visibility timeout. */
export async function handleWorkMessage(
  deps: WorkDeps,
  record: Received,
  context: Context,
  alongside: (work: Promise<void>) => void,
): Promise<'handled' | 'kept'> {
  const { log } = deps.executor;
  const fields = { messageId: record.messageId };
  try {
    const message = parse(record.body);
    if ('poison' in message) {
      await deps.executor.queues.sendPoison(deps.queue, record.body, message.poison);
      log.error('message set aside in the dead-letter queue', { ...fields, reason: message.poison });
      return 'handled';
    }
    if (message.kind === 'letter') {
      const note = await reviveFromLetter(deps.executor, message);
      log.info('letter handled', { ...fields, taskId: message.taskId, outcome: note });
      return 'handled';
    }
    const disposition = await runExecution(deps.executor, message, {
      queue: deps.queue,
      receiveCount: Number(record.attributes.ApproximateReceiveCount),
      maxReceiveCount: deps.maxReceiveCount,
      requestId: context.awsRequestId,
      remainingMs: () => context.getRemainingTimeInMillis(),
      alongside,
    });
    log.debug('hint handled', { ...fields, taskId: message.taskId, outcome: disposition.note });
    if (disposition.kind === 'done') return 'handled';
    await deps.visibility.extend(record.receiptHandle, disposition.seconds);
    return 'kept';
  } catch (error) {
    log.error('message not handled; it comes again', fields, error);
    await deps.visibility.extend(record.receiptHandle, RETURN_SECONDS).catch((cause: unknown) => {
      log.warn('visibility not changed; the sweeper or the tick goes on', {
        ...fields,
        error: String(cause),
      });
    });
    return 'kept';
  }
}

function parse(body: string): WorkMessage | { poison: string } {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    return { poison: 'not JSON' };
  }
  const parsed = WorkMessageSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  return { poison: z.prettifyError(parsed.error).slice(0, 500) };
}
