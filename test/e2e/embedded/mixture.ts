import type { ApiWorld } from '../../support/api-world.ts';
import type { Run } from '../../support/documents.ts';

/** Kinds of tasks, each with what its ledger must say once all is over. */
export interface Recipe {
  name: string;
  fields(q: { base: number; tag: string; sink: string; n: number }): {
    schedule: object;
    [field: string]: unknown;
  };
  /** What is done to it right after it was made. */
  then?(world: ApiWorld, id: string): Promise<unknown>;
  /** Triggers the sink once. */
  chains?: true;
  /** Rows oldest first; undefined when all of them are as they should be. */
  fault(rows: Run[]): string | undefined;
}

const iso = (at: number): string => new Date(at).toISOString();
const once = (base: number) => ({ kind: 'once', at: iso(base) });
const retry = { strategy: 'fixed', limit: 2, baseSeconds: 1, maxSeconds: 1 };
const every = (base: number, seconds: number, times: number) => ({
  kind: 'interval',
  seconds,
  startAt: iso(base),
  endAt: iso(base + seconds * times * 1_000),
});
const told = (rows: Run[]): string =>
  JSON.stringify(
    rows.map(({ status, reason, attempt, scheduledAt }) => ({ status, reason, attempt, scheduledAt })),
  );

/** So many rows, each ended so, at its first attempt unless said otherwise. */
const ends =
  (count: number, status: Run['status'], attempt = 1) =>
  (rows: Run[]): string | undefined =>
    rows.length === count && rows.every((row) => row.status === status && row.attempt === attempt)
      ? undefined
      : `expected ${count} × ${status} at attempt ${attempt}, got ${told(rows)}`;

const distinct = (rows: Run[]): boolean =>
  new Set(rows.map(({ scheduledAt }) => scheduledAt)).size === rows.length;

export const MIXTURE: readonly Recipe[] = [
  { name: 'once', fields: ({ base }) => ({ schedule: once(base) }), fault: ends(1, 'success') },
  { name: 'now', fields: () => ({ schedule: { kind: 'now' } }), fault: ends(1, 'success') },
  {
    name: 'interval',
    fields: ({ base }) => ({ overlap: 'allow', schedule: every(base, 2, 4) }),
    fault: (rows) => (distinct(rows) ? ends(4, 'success')(rows) : `an occurrence twice: ${told(rows)}`),
  },
  {
    name: 'cron',
    fields: ({ base }) => ({
      overlap: 'queue',
      schedule: {
        kind: 'cron',
        expressions: ['*/3 * * * * *'],
        startAt: iso(base),
        endAt: iso(base + 9_000),
      },
    }),
    // Under load occurrences that fell due while one ran are one with the next.
    fault: (rows) =>
      rows.length >= 1 &&
      rows.every(({ status }) => status === 'success') &&
      rows.reduce((sum, { missed }) => sum + 1 + Number(missed), 0) === 3
        ? undefined
        : `expected 3 occurrences accounted for, got ${told(rows)}`,
  },
  {
    name: 'forbid',
    fields: ({ base }) => ({
      handler: 'demo.sleep',
      payload: { seconds: 2 },
      schedule: every(base, 1, 4),
    }),
    fault: (rows) =>
      rows.length === 4 &&
      rows.every(
        ({ status, reason }) => status === 'success' || (status === 'skipped' && reason === 'overlap'),
      )
        ? undefined
        : `expected 4 rows, run or skipped by overlap, got ${told(rows)}`,
  },
  {
    name: 'fails twice',
    fields: ({ base }) => ({ handler: 'demo.fail', payload: { times: 2 }, retry, schedule: once(base) }),
    fault: ends(1, 'success', 3),
  },
  {
    name: 'dies',
    fields: ({ base, sink }) => ({
      handler: 'demo.fail',
      retry: { ...retry, limit: 1 },
      schedule: once(base),
      onDead: [{ taskId: sink }],
    }),
    chains: true,
    fault: ends(1, 'dead', 2),
  },
  {
    name: 'chains',
    fields: ({ base, sink }) => ({ schedule: once(base), onSuccess: [{ taskId: sink }] }),
    chains: true,
    fault: ends(1, 'success'),
  },
  {
    name: 'capped',
    fields: ({ base, tag }) => ({
      concurrency: [{ key: tag, limit: 4 }],
      schedule: once(base),
    }),
    fault: ends(1, 'success'),
  },
  {
    name: 'stops after two',
    fields: ({ base }) => ({ schedule: { ...every(base, 1, 30) }, stop: { afterRuns: 2 } }),
    fault: (rows) =>
      rows.filter(({ status }) => status === 'success').length === 2 &&
      rows.every(({ status }) => status === 'success' || status === 'skipped' || status === 'cancelled')
        ? undefined
        : `expected 2 × success, got ${told(rows)}`,
  },
  {
    name: 'paused',
    fields: ({ base }) => ({ schedule: once(base) }),
    then: (world, id) => world.must(200, 'POST', `/v1/tasks/${id}/pause`),
    fault: ends(0, 'success'),
  },
  {
    name: 'edited',
    fields: ({ base }) => ({ payload: { v: 1 }, schedule: once(base + 5_000) }),
    then: (world, id) => world.must(200, 'PATCH', `/v1/tasks/${id}`, { json: { payload: { v: 2 } } }),
    fault: (rows) =>
      ends(1, 'success')(rows) ??
      (JSON.stringify(rows[0]?.result) === '{"v":2}' ? undefined : `ran with the old payload: ${told(rows)}`),
  },
  {
    name: 'filled in',
    fields: ({ base, n }) => ({ payload: { n: `{{ ${n} + 1 }}` }, schedule: once(base) }),
    fault: ends(1, 'success'),
  },
  {
    name: 'triggered',
    fields: ({ base }) => ({ overlap: 'allow', schedule: once(base + 3_600_000) }),
    then: async (world, id) => {
      await world.trigger(id, { delaySeconds: 3 });
      await world.must(200, 'POST', `/v1/tasks/${id}/pause`);
    },
    fault: ends(1, 'success'),
  },
];
