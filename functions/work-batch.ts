import type { Context, SQSBatchResponse } from 'aws-lambda';
import type { EndCounter } from '../shared/stats-ports.ts';
import { recordsOf } from './sqs-records.ts';
import { handleWorkMessage, type WorkDeps } from './work-message.ts';

/**
 * One batch of a work queue: every message on its own, none waits for another's outcome to be written, and only
 * those kept are reported as failed. Never throws: that would bring the whole batch back.
 */
export const makeExecutor =
  (deps: WorkDeps & { ends: EndCounter }) =>
  async (event: unknown, context: Context): Promise<SQSBatchResponse> => {
    const background: Promise<void>[] = [];
    const outcomes = await Promise.all(
      recordsOf(event).map(async (record) => ({
        itemIdentifier: record.messageId,
        outcome: await handleWorkMessage(deps, record, context, (work) => background.push(work)),
      })),
    );
    await Promise.all(background);
    deps.executor.metrics.flush();
    await deps.ends.flush();
    const kept = outcomes.filter(({ outcome }) => outcome === 'kept');
    return { batchItemFailures: kept.map(({ itemIdentifier }) => ({ itemIdentifier })) };
  };
