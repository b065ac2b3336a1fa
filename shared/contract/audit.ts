import * as z from 'zod';
import type { AuditEntry } from '../domain/audit.ts';
import { MAX_AUDIT_RESOURCE_CHARS } from '../domain/limits.ts';
import { toIso } from '../domain/time.ts';
import { PageQuery } from './list-query.ts';
import { InstantSchema } from './schedule.ts';

const filter = (description: string, example: string) =>
  z
    .string()
    .min(1)
    .max(MAX_AUDIT_RESOURCE_CHARS)
    .optional()
    .meta({ description: `this, or what stands beneath it: ${description}`, example });

export const AuditQuery = PageQuery.extend({
  actor: filter('token:… for one token, event for everything that came in', 'event'),
  action: filter('task.pause, or task for all that was done to tasks', 'task.pause'),
  resource: filter('tasks/nightly-report, or tasks for all of them', 'tasks/nightly-report'),
  from: InstantSchema.optional().meta({ description: 'at or after', example: '2026-11-21T00:00:00.000Z' }),
  to: InstantSchema.optional().meta({ description: 'before', example: '2026-11-22T00:00:00.000Z' }),
});
export type AuditQuery = z.output<typeof AuditQuery>;

const state = (what: string) =>
  z
    .unknown()
    .describe(
      `${what}, or null; what may hold a secret is { masked, bytes }: a hash that means something within this entry only, and its size`,
    );

export const AuditEntrySchema = z
  .strictObject({
    id: z.string(),
    at: InstantSchema,
    actor: z
      .string()
      .describe('token:<id>, an identity of OpenID Connect, event:<id>, handOff:<execution>/<attempt>'),
    action: z.string(),
    resource: z.string().describe('its path without /v1/'),
    outcome: z
      .enum(['done', 'unchanged', 'refused', 'unknown'])
      .describe(
        'unchanged: it was so already; unknown: it is under way, or the process that did it never said how it ended',
      ),
    code: z.string().nullable().describe('of the problem with which it was refused'),
    before: state('the resource as it was'),
    after: state('the resource as it was answered, or what the action did'),
    requestId: z.string().describe('of the request, or of the message that came in'),
  })
  .meta({
    id: 'AuditEntry',
    example: {
      id: '01KAJ0Y8Q4Z3N8T2V6W1X5R7M9',
      at: '2026-11-21T09:00:00.000Z',
      actor: 'token:01KAHZZ0000000000000000000',
      action: 'task.pause',
      resource: 'tasks/nightly-report',
      outcome: 'done',
      code: null,
      before: { id: 'nightly-report', status: 'active', payload: { masked: '5f2c9a1be07d', bytes: 17 } },
      after: { id: 'nightly-report', status: 'paused', payload: { masked: '5f2c9a1be07d', bytes: 17 } },
      requestId: 'JKJaXmPLvHcESHA=',
    },
  });
export type AuditEntryWire = z.output<typeof AuditEntrySchema>;

export const auditToWire = (entry: AuditEntry): AuditEntryWire => ({
  id: entry.id,
  at: toIso(entry.at),
  actor: entry.actor,
  action: entry.action,
  resource: entry.resource,
  outcome: entry.outcome === 'pending' ? 'unknown' : entry.outcome,
  code: entry.code ?? null,
  before: json(entry.before),
  after: json(entry.after),
  requestId: entry.requestId,
});

const json = (text: string | undefined): unknown => (text === undefined ? null : JSON.parse(text));
