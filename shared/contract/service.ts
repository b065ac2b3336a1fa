import * as z from 'zod';
import { UPCOMING_MAX } from '../domain/limits.ts';
import { ROLES } from '../domain/principal.ts';
import { ScheduleSchema } from './schedule.ts';
import { TenantIdSchema } from './tenant.ts';
import { InstantSchema } from './text.ts';

/** All lists have this form. */
export const listOf = <T extends z.ZodType>(item: T) =>
  z.strictObject({
    items: z.array(item),
    nextCursor: z.string().nullable().describe('pass it as cursor for the next page; null on the last'),
  });

export const HandlerSchema = z
  .strictObject({
    name: z.string(),
    description: z.string(),
    payload: z.unknown().describe('JSON Schema of the payload'),
  })
  .meta({ id: 'Handler' });

export const UpcomingSchema = z
  .strictObject({
    items: z.array(InstantSchema).describe('when it will run'),
    nominal: z
      .array(InstantSchema)
      .optional()
      .describe(
        'for each of them what the schedule says, before jitter and calendars; only where they differ',
      ),
  })
  .meta({ id: 'Upcoming' });

export const PreviewInputSchema = z
  .strictObject({ schedule: ScheduleSchema, count: z.int().min(1).max(UPCOMING_MAX).default(10) })
  .meta({ id: 'PreviewInput' });

export const PreviewSchema = z
  .strictObject({
    items: z.array(InstantSchema).describe('the next occurrences'),
    description: z.string().describe('the schedule in plain words'),
  })
  .meta({ id: 'Preview' });

/** Whom the API takes the caller for. */
export const MeSchema = z
  .strictObject({ actor: z.string(), tenant: TenantIdSchema, role: z.enum(ROLES) })
  .meta({ id: 'Me' });

export const HealthSchema = z
  .strictObject({
    status: z.enum(['ok', 'unavailable']),
    version: z.string(),
    tick: z.strictObject({
      lastAt: InstantSchema.nullable().describe('null before the first tick'),
      lagMs: z.int().nullable().describe('time since the last tick, which comes once a minute'),
    }),
  })
  .meta({ id: 'Health' });
