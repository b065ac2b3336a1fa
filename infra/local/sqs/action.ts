import * as z from 'zod';
import { SqsError } from './errors.ts';
import { missing } from './message.ts';
import type { MoveTasks } from './move-tasks.ts';
import type { QueueStore } from './store.ts';

export interface ActionContext {
  readonly store: QueueStore;
  readonly moves: MoveTasks;
  readonly signal: AbortSignal | undefined;
}
export type Action = (input: unknown, context: ActionContext) => object | Promise<object>;

/** An action whose input has this shape; anything else is refused as AWS's protocol layer refuses it. */
export function action<S extends z.ZodType>(
  schema: S,
  run: (input: z.infer<S>, context: ActionContext) => object | Promise<object>,
): Action {
  return (input, context) => {
    const parsed = schema.safeParse(input ?? {});
    if (parsed.success) return run(parsed.data, context);
    const path = parsed.error.issues[0]?.path ?? [];
    if (valueAt(input, path) === undefined) throw missing(path.join('.'));
    throw new SqsError('SerializationException', `${path.join('.')}: ${parsed.error.issues[0]?.message}`);
  };
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  let value = input;
  for (const key of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = Reflect.get(value, key);
  }
  return value;
}

interface BatchFailure {
  readonly Id: string;
  readonly SenderFault: boolean;
  readonly Code: string;
  readonly Message: string;
}

/** One entry's fault fails that entry alone; only a malformed list fails the request. */
export function runBatch<E extends { Id: string }, R extends object>(
  entries: readonly E[],
  run: (entry: E) => R,
): { Successful: (R & { Id: string })[]; Failed: BatchFailure[] } {
  checkEntries(entries);
  const Successful: (R & { Id: string })[] = [];
  const Failed: BatchFailure[] = [];
  for (const entry of entries) {
    try {
      Successful.push({ ...run(entry), Id: entry.Id });
    } catch (error) {
      if (!(error instanceof SqsError)) throw error;
      Failed.push({
        Id: entry.Id,
        SenderFault: error.senderFault,
        Code: error.queryCode,
        Message: error.message,
      });
    }
  }
  return { Successful, Failed };
}

function checkEntries(entries: readonly { Id: string }[]): void {
  if (entries.length === 0) {
    throw new SqsError('EmptyBatchRequest', 'There should be at least one entry in the request.');
  }
  if (entries.length > 10) {
    throw new SqsError(
      'TooManyEntriesInBatchRequest',
      `Maximum number of entries per request are 10. You have sent ${entries.length}.`,
    );
  }
  const seen = new Set<string>();
  for (const { Id } of entries) {
    if (!/^[\w-]{1,80}$/.test(Id)) {
      throw new SqsError(
        'InvalidBatchEntryId',
        'A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long.',
      );
    }
    if (seen.has(Id)) throw new SqsError('BatchEntryIdsNotDistinct', `Id ${Id} repeated.`);
    seen.add(Id);
  }
}

export const QueueUrl = z.string();
