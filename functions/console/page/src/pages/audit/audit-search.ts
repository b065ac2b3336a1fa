import * as z from 'zod/mini';

const optionalText = z.catch(z.optional(z.string()), undefined);

/** What the address of the list holds: the filters of GET /v1/audit. */
const AuditSearchSchema = z.object({
  actor: optionalText,
  action: optionalText,
  resource: optionalText,
  from: optionalText,
  to: optionalText,
});
export type AuditSearch = z.infer<typeof AuditSearchSchema>;

export const readAuditSearch = (search: Record<string, unknown>): AuditSearch =>
  AuditSearchSchema.parse(search);
