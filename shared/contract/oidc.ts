import * as z from 'zod';
import { ROLES } from '../domain/principal.ts';

/** How the claims of an identity provider's tokens say who somebody is. */
export const ClaimRulesSchema = z.strictObject({
  /** Claims by name, or by path with dots. */
  tenantClaim: z.string().min(1),
  roleClaim: z.string().min(1),
  /** Of tokens without the claim; absent: they let nobody in. */
  tenant: z.string().optional(),
  /** What the role claim, or one of its values, means. */
  roles: z.record(z.string(), z.enum(ROLES)),
});
export type ClaimRules = z.output<typeof ClaimRulesSchema>;

export const OidcSchema = ClaimRulesSchema.extend({
  issuer: z.string(),
  audiences: z.array(z.string()),
  jwksUri: z.string().optional(),
});
