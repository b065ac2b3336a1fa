import * as z from 'zod/mini';

export const RESOLUTIONS = ['open', 'resolved', 'ignored'] as const;

/** What the address of the list holds: one queue or all, and what people said of them. */
const LetterSearchSchema = z.object({
  queue: z.catch(z.optional(z.string()), undefined),
  /** With a queue: straight to that group. */
  fingerprint: z.catch(z.optional(z.string()), undefined),
  resolution: z.catch(z.optional(z.enum(RESOLUTIONS)), undefined),
  /** With a queue: a redrive of it with one run first that is watched. */
  canary: z.catch(z.optional(z.string()), undefined),
});
export type LetterSearch = z.infer<typeof LetterSearchSchema>;
export const readLetterSearch = (search: Record<string, unknown>): LetterSearch =>
  LetterSearchSchema.parse(search);

const GroupSearchSchema = z.object({
  resolution: z.catch(z.optional(z.enum(RESOLUTIONS)), undefined),
  /** A redrive with one run first that is watched. */
  canary: z.catch(z.optional(z.string()), undefined),
});
export type GroupSearch = z.infer<typeof GroupSearchSchema>;
export const readGroupSearch = (search: Record<string, unknown>): GroupSearch =>
  GroupSearchSchema.parse(search);
