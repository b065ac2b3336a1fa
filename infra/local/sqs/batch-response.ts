import * as z from 'zod';

const BatchResponseSchema = z
  .object({ batchItemFailures: z.array(z.object({ itemIdentifier: z.string().min(1) })).nullish() })
  .nullish();

/**
 * Which messages of a batch failed, by the function's answer under ReportBatchItemFailures. Nothing, null, or an
 * empty list: none. Anything that is no such answer, or that names a message not in the batch: all of them.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
 */
export function failedMessageIds(
  answer: unknown,
  batch: readonly { readonly messageId: string }[],
): ReadonlySet<string> {
  const ids = new Set(batch.map((record) => record.messageId));
  const parsed = BatchResponseSchema.safeParse(answer);
  if (!parsed.success) return ids;
  const failed = new Set((parsed.data?.batchItemFailures ?? []).map((failure) => failure.itemIdentifier));
  return [...failed].every((id) => ids.has(id)) ? failed : ids;
}
