import * as z from 'zod';
import { SchedulerError } from '../../domain/errors.ts';

/** Opaque to everybody else, and never believed: it comes back from outside. */
export const encodeToken = (position: Record<string, string | number>): string =>
  Buffer.from(JSON.stringify(position)).toString('base64url');

export function decodeToken<T extends z.ZodType>(schema: T, token: string): z.infer<T> {
  const parsed = schema.safeParse(parseJson(Buffer.from(token, 'base64url').toString()));
  if (!parsed.success) throw badToken();
  return parsed.data;
}

export const badToken = (): SchedulerError<'validation-failed'> =>
  new SchedulerError('validation-failed', 'The cursor is not one of this list', {
    errors: [{ path: 'cursor', message: 'not a cursor of this list' }],
  });

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A row of the index as a position: its place and the item's own key. */
export const RowToken = z.object({
  timeKey: z.string().max(1_024),
  pk: z.string().max(512),
  sk: z.string().max(128),
});
