import * as z from 'zod';
import { ClaimRulesSchema } from '../shared/contract/oidc.ts';
import { TenantIdSchema } from '../shared/contract/tenant.ts';
import { text } from './config-text.ts';

const https = text(/^https:\/\/[^\s?#]+$/, 'an address: https://…');
const EACH_FOR_ITSELF = { viewer: 'viewer', operator: 'operator', admin: 'admin' } as const;

/** See shared/contract/oidc.ts for what reads it. */
export const OidcSettingsSchema = z.strictObject({
  issuer: https,
  audiences: z.array(z.string().min(1)).min(1).max(10).readonly(),
  consoleClientId: z.string().min(1).max(200).optional(),
  jwksUri: https.optional(),
  tenantClaim: z.string().min(1).max(200).default('tenant'),
  tenant: TenantIdSchema.optional(),
  roleClaim: z.string().min(1).max(200).default('role'),
  roles: ClaimRulesSchema.shape.roles
    .refine((roles) => Object.keys(roles).length > 0, 'names no role: nobody could come in')
    .readonly()
    .default(EACH_FOR_ITSELF),
});
