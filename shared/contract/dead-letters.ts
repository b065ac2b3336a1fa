import * as z from 'zod';
import { PageQuery } from './list-query.ts';
import { InstantSchema, TaskIdSchema } from './text.ts';

export const MAX_LETTERS_A_CALL = 1_000;
const MAX_NOTE_CHARS = 500;

const FingerprintSchema = z
  .string()
  .regex(/^[0-9a-f]{16}$/, 'expected a fingerprint, 16 hexadecimal digits')
  .meta({ description: 'what deaths of the same kind have in common', examples: ['90fcd913c260a01f'] });

const resolution = {
  resolution: z
    .enum(['open', 'resolved', 'ignored'])
    .default('open')
    .meta({ description: 'open, the default: those that wait for somebody', examples: ['resolved'] }),
};
export const DeadLetterQuery = z.strictObject({
  ...PageQuery.shape,
  ...resolution,
  fingerprint: FingerprintSchema.optional(),
});
export type DeadLetterQuery = z.output<typeof DeadLetterQuery>;
export const DeadLetterGroupQuery = z.strictObject({ ...PageQuery.shape, ...resolution });
export type DeadLetterGroupQuery = z.output<typeof DeadLetterGroupQuery>;

const said = {
  at: InstantSchema,
  by: z.string(),
  note: z.string().nullable(),
};

export const DeadLetterGroupSchema = z
  .strictObject({
    fingerprint: FingerprintSchema,
    queue: z.string(),
    count: z.int(),
    atLeast: z
      .boolean()
      .describe('true: of more than 50,000 dead letters only about the newest were counted'),
    firstSeenAt: InstantSchema,
    lastSeenAt: InstantSchema,
    tasks: z.int().describe('how many tasks they are of'),
    taskIds: z.array(TaskIdSchema).describe('20 of them at most'),
    sample: z
      .strictObject({
        executionId: z.string(),
        taskId: TaskIdSchema,
        taskName: z.string(),
        errorType: z.string().nullable(),
        errorMessage: z.string().nullable(),
        pattern: z.string().describe('the message without what differs'),
      })
      .nullable()
      .describe('the latest of them; null when it has just gone'),
    ignored: z.strictObject(said).nullable().describe('what dies like this from now on is ignored at birth'),
  })
  .meta({ id: 'DeadLetterGroup' });
export type DeadLetterGroupWire = z.infer<typeof DeadLetterGroupSchema>;

export const IgnoredFingerprintSchema = z
  .strictObject({ fingerprint: FingerprintSchema, queue: z.string(), ...said })
  .meta({ id: 'IgnoredFingerprint' });
export type IgnoredFingerprintWire = z.infer<typeof IgnoredFingerprintSchema>;

const ids = z.array(z.string().min(1).max(256)).max(MAX_LETTERS_A_CALL);
const ONE_OF_TWO = 'give either ids or a fingerprint';

export const RedriveInputSchema = z
  .strictObject({
    ids: ids.optional().describe('absent: those of the fingerprint, or all'),
    fingerprint: FingerprintSchema.optional(),
    canary: z
      .boolean()
      .optional()
      .describe('run one of them again; the others follow when it succeeds, and stay when it does not'),
    payloadPatch: z
      .record(z.string(), z.unknown())
      .optional()
      .describe('JSON merge patch (RFC 7396) of the payload of each'),
  })
  .refine(({ ids, fingerprint }) => ids === undefined || fingerprint === undefined, {
    path: ['fingerprint'],
    message: ONE_OF_TWO,
  })
  .refine(({ ids, fingerprint, canary }) => !canary || ids !== undefined || fingerprint !== undefined, {
    path: ['canary'],
    message: `a canary is one of some: ${ONE_OF_TWO}`,
  })
  .meta({ id: 'RedriveInput' });
export type RedriveInput = z.output<typeof RedriveInputSchema>;

const some = {
  ids: ids.min(1).optional(),
  fingerprint: FingerprintSchema.optional(),
};
const isOneOfTwo = (input: { ids?: unknown; fingerprint?: unknown }): boolean =>
  (input.ids === undefined) !== (input.fingerprint === undefined);

export const CloseInputSchema = z
  .strictObject({ ...some, note: z.string().max(MAX_NOTE_CHARS).optional().describe('why') })
  .refine(isOneOfTwo, { path: ['fingerprint'], message: ONE_OF_TWO })
  .meta({ id: 'DeadLetterCloseInput' });
export type CloseInput = z.output<typeof CloseInputSchema>;

export const ReopenInputSchema = z
  .strictObject(some)
  .refine(isOneOfTwo, { path: ['fingerprint'], message: ONE_OF_TWO })
  .meta({ id: 'DeadLetterReopenInput' });
export type ReopenInput = z.output<typeof ReopenInputSchema>;

const outcomes = {
  count: z.int().describe('runs of which it was done'),
  items: z.array(
    z.strictObject({
      id: z.string(),
      ok: z.boolean(),
      code: z.string().optional().describe('why not, as in a problem document'),
      message: z.string().optional(),
    }),
  ),
  more: z.boolean().describe('true: at most 1,000 a call, there are more'),
  remaining: z.int().describe('how many this call left for another one; at least, of more than 50,000'),
};
export const LetterOutcomesSchema = z.strictObject(outcomes).meta({ id: 'DeadLetterOutcomes' });
export type LetterOutcomes = z.infer<typeof LetterOutcomesSchema>;

export const RedriveSchema = z
  .strictObject({
    ...outcomes,
    canary: z
      .strictObject({ id: z.string(), executionId: z.string(), waiting: z.int() })
      .nullable()
      .describe('the run that goes first, and how many wait for it'),
  })
  .meta({ id: 'Redrive' });
export type RedriveWire = z.infer<typeof RedriveSchema>;

export const CanarySchema = z
  .strictObject({
    id: z.string(),
    queue: z.string(),
    executionId: z.string().describe('the run that goes first'),
    state: z
      .enum(['running', 'releasing', 'released', 'held'])
      .describe('held: it did not succeed, and the others stay where they are'),
    reason: z.string().nullable().describe('why they are held'),
    total: z.int().describe('how many wait, or waited, for it'),
    waiting: z.int().describe('how many of them are still dead'),
    at: InstantSchema,
    by: z.string(),
  })
  .meta({ id: 'RedriveCanary' });
export type CanaryWire = z.infer<typeof CanarySchema>;
