import * as z from 'zod';
import { MAX_CONCURRENCY, MAX_RATE_PER_MINUTE, MAX_TENANT_TASKS } from '../domain/limits.ts';
import { ROOT } from '../domain/principal.ts';
import type { Tenant } from '../domain/tenant.ts';
import { toIso } from '../domain/time.ts';
import { InstantSchema, text } from './text.ts';

export const TenantIdSchema = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'must be 1 to 63 of a-z 0-9 - and begin with a letter or digit');
/** One that can be made, limited and deleted. */
export const OtherTenantIdSchema = TenantIdSchema.refine(
  (id) => id !== ROOT,
  `${ROOT} is always there and has no limits`,
);

const limit = (max: number) => z.int().min(1).max(max).nullable();

export const TenantInputSchema = z
  .strictObject({
    name: text(1, 128).nullable().default(null),
    maxTasks: limit(MAX_TENANT_TASKS).default(null).describe('tasks that are not deleted'),
    maxConcurrency: limit(MAX_CONCURRENCY).default(null).describe('runs at the same time; others wait'),
    ratePerMinute: limit(MAX_RATE_PER_MINUTE).default(null).describe('requests to the API'),
  })
  .meta({ id: 'TenantInput', example: { name: 'Acme', maxTasks: 100, ratePerMinute: 600 } });
export type TenantInput = z.output<typeof TenantInputSchema>;

export const TenantSchema = z
  .strictObject({
    id: z.string(),
    name: z.string().nullable(),
    maxTasks: z.int().nullable(),
    maxConcurrency: z.int().nullable(),
    ratePerMinute: z.int().nullable(),
    tasks: z.int().describe('how many it has'),
    createdAt: InstantSchema,
    createdBy: z.string(),
    updatedAt: InstantSchema,
  })
  .meta({ id: 'Tenant', description: 'A limit that is null does not exist.' });

export const tenantToWire = (tenant: Tenant): z.output<typeof TenantSchema> => ({
  id: tenant.id,
  name: tenant.name ?? null,
  maxTasks: tenant.maxTasks ?? null,
  maxConcurrency: tenant.maxConcurrency ?? null,
  ratePerMinute: tenant.ratePerMinute ?? null,
  tasks: tenant.tasks,
  createdAt: toIso(tenant.createdAt),
  createdBy: tenant.createdBy,
  updatedAt: toIso(tenant.updatedAt),
});
