import * as z from 'zod';
import type { Run, Task } from '../support/documents.ts';

/** A kind of task, and what must stand in its ledger however often everything died meanwhile. */
export interface Recipe {
  name: string;
  fields(q: { base: number; sink: string; cap: string }): { schedule: object; [field: string]: unknown };
  /** Triggers the sink once. */
  chains?: true;
  /** Triggered once by hand, under one Idempotency-Key. */
  triggered?: true;
  /** Rows in the order in which they were due; undefined when all of them are as they should be. */
  fault(rows: Run[], acknowledged: Task): string | undefined;
}

/** So many attempts that whatever is lost is lost by a fault of ours. */
export const survives = {
  timeoutSeconds: 2,
  retry: { strategy: 'fixed', limit: 60, baseSeconds: 1, maxSeconds: 1 },
  overlap: 'allow',
  misfireGraceSeconds: 3_600,
};
const counted = { ...survives, handler: 'demo.count', payload: { key: 'crash' } };
const iso = (at: number): string => new Date(at).toISOString();
const once = (at: number) => ({ kind: 'once', at: iso(at) });

const told = (rows: Run[]): string =>
  JSON.stringify(
    rows.map(({ id, status, reason, attempt, maxAttempts, scheduledAt, errorMessage }) => ({
      id,
      status,
      reason,
      attempt,
      maxAttempts,
      scheduledAt,
      errorMessage,
    })),
  );
const ends =
  (count: number, status: Run['status'], isRight: (run: Run) => boolean = () => true) =>
  (rows: Run[]): string | undefined =>
    rows.length === count &&
    new Set(rows.map(({ scheduledAt }) => scheduledAt)).size === count &&
    rows.every((row) => row.status === status && isRight(row))
      ? undefined
      : `expected ${count} × ${status}, got ${told(rows)}`;

const StartSchema = z.looseObject({ startAt: z.iso.datetime() });

/**
 * Every instant of the schedule once. A task whose making was cut off is made later, perhaps when its first instants have
 * passed: those it owes to nobody.
 */
const recurs =
  (count: number, seconds: number) =>
  (rows: Run[], { createdAt, schedule }: Task): string | undefined => {
    const start = Date.parse(StartSchema.parse(schedule).startAt);
    const instants = Array.from({ length: count }, (_, n) => start + n * seconds * 1_000);
    const ran = rows.map(({ scheduledAt }) => Date.parse(scheduledAt));
    const missing = instants.filter((at) => at > Date.parse(createdAt) && !ran.includes(at));
    const strange = ran.filter((at) => !instants.includes(at));
    if (missing.length === 0 && strange.length === 0) return ends(rows.length, 'success')(rows);
    return `missing ${missing.map(iso)}, not of its schedule ${strange.map(iso)}: ${told(rows)}`;
  };

export const RECIPES: readonly Recipe[] = [
  { name: 'once', fields: ({ base }) => ({ ...counted, schedule: once(base) }), fault: ends(1, 'success') },
  { name: 'now', fields: () => ({ ...counted, schedule: { kind: 'now' } }), fault: ends(1, 'success') },
  {
    name: 'interval',
    fields: ({ base }) => ({
      ...counted,
      schedule: { kind: 'interval', seconds: 2, startAt: iso(base), endAt: iso(base + 8_000) },
    }),
    fault: recurs(4, 2),
  },
  {
    name: 'rrule',
    fields: ({ base }) => ({
      ...counted,
      schedule: {
        kind: 'rrule',
        rule: 'FREQ=SECONDLY;INTERVAL=3;COUNT=3',
        startAt: iso(Math.ceil(base / 1_000) * 1_000),
      },
    }),
    fault: recurs(3, 3),
  },
  {
    name: 'fails twice',
    fields: ({ base }) => ({
      ...survives,
      handler: 'demo.fail',
      payload: { times: 2 },
      schedule: once(base),
    }),
    fault: ends(1, 'success', ({ attempt }) => attempt >= 3),
  },
  {
    name: 'dies',
    fields: ({ base, sink }) => ({
      ...survives,
      handler: 'demo.fail',
      retry: { ...survives.retry, limit: 1 },
      schedule: once(base),
      onDead: [{ taskId: sink }],
    }),
    chains: true,
    fault: ends(1, 'dead', ({ attempt }) => attempt === 2),
  },
  {
    name: 'chains',
    fields: ({ base, sink }) => ({ ...counted, schedule: once(base), onSuccess: [{ taskId: sink }] }),
    chains: true,
    fault: ends(1, 'success'),
  },
  {
    name: 'capped',
    fields: ({ base, cap }) => ({
      ...counted,
      concurrency: [{ key: cap, limit: 2 }],
      schedule: once(base),
    }),
    fault: ends(1, 'success'),
  },
  {
    name: 'stops after two',
    fields: ({ base }) => ({
      ...counted,
      overlap: 'forbid',
      schedule: { kind: 'interval', seconds: 1, startAt: iso(base), endAt: iso(base + 3_600_000) },
      stop: { afterRuns: 2 },
    }),
    fault: (rows) => {
      const ran = rows.filter(({ status }) => status !== 'skipped' && status !== 'cancelled');
      return ends(2, 'success')(ran);
    },
  },
  {
    name: 'long',
    fields: ({ base }) => ({
      ...survives,
      timeoutSeconds: 4,
      handler: 'demo.sleep',
      payload: { seconds: 2 },
      schedule: once(base),
    }),
    fault: ends(1, 'success'),
  },
  {
    name: 'triggered',
    fields: () => ({ ...counted, schedule: once(Date.UTC(2100, 0, 1)) }),
    triggered: true,
    fault: ends(1, 'success'),
  },
  {
    name: 'far off',
    fields: () => ({
      ...counted,
      schedule: { kind: 'cron', expressions: ['0 3 1 1 *'], timezone: 'UTC' },
    }),
    fault: ends(0, 'success'),
  },
];
