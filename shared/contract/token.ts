import * as z from 'zod';
import type { ApiToken } from '../domain/api-token.ts';
import { MAX_TOKEN_SECONDS } from '../domain/limits.ts';
import { ROLES } from '../domain/principal.ts';
import { toIso } from '../domain/time.ts';
import { PageQuery } from './list-query.ts';
import { TenantIdSchema } from './tenant.ts';
import { InstantSchema, text } from './text.ts';

export const TokenInputSchema = z
  .strictObject({
    name: text(1, 128).optional().describe('what it is for'),
    role: z.enum(ROLES),
    tenant: TenantIdSchema.optional().describe(
      'that it lets into; other than one’s own: for an admin of root',
    ),
    expiresAt: InstantSchema.optional().describe('absent: it is good until it is revoked'),
    expiresInSeconds: z.int().min(1).max(MAX_TOKEN_SECONDS).optional().describe('the same, from now on'),
  })
  .refine((input) => input.expiresAt === undefined || input.expiresInSeconds === undefined, {
    path: ['expiresInSeconds'],
    error: 'contradicts expiresAt: give one of them',
  })
  .meta({
    id: 'TokenInput',
    not: { required: ['expiresAt', 'expiresInSeconds'] },
    example: { name: 'ci', role: 'operator', expiresInSeconds: 7_776_000 },
  });
export type TokenInput = z.output<typeof TokenInputSchema>;

const fields = {
  id: z.string(),
  name: z.string().nullable(),
  tenant: z.string(),
  role: z.enum(ROLES),
  createdAt: InstantSchema,
  createdBy: z.string(),
  expiresAt: InstantSchema.nullable(),
  lastUsedAt: InstantSchema.nullable().describe('to within five minutes; null: never'),
};
export const TokenListQuery = PageQuery.extend({
  tenant: TenantIdSchema.optional().meta({
    description: 'other than one’s own: for an admin of root',
    example: 'acme',
  }),
});
export type TokenListQuery = z.output<typeof TokenListQuery>;

export const TokenSchema = z.strictObject(fields).meta({ id: 'Token' });
export const NewTokenSchema = z
  .strictObject({ ...fields, token: z.string().describe('the credential; it is shown this once') })
  .meta({ id: 'NewToken' });

export const tokenToWire = (token: ApiToken): z.output<typeof TokenSchema> => ({
  id: token.id,
  name: token.name ?? null,
  tenant: token.tenant,
  role: token.role,
  createdAt: toIso(token.createdAt),
  createdBy: token.createdBy,
  expiresAt: token.expiresAt === undefined ? null : toIso(token.expiresAt),
  lastUsedAt: token.lastUsedAt === undefined ? null : toIso(token.lastUsedAt),
});
