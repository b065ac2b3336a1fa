import { describe, expect, it } from 'vitest';
import { makeRegistry } from '../../../shared/contract/handler.ts';
import { isCode } from '../../../shared/domain/errors.ts';
import type { Execution } from '../../../shared/domain/execution.ts';
import type { RetryRule, TaskDefinition } from '../../../shared/domain/task.ts';
import type { HandlerRequest, HandlerResult } from '../../../shared/ports.ts';
import { completeRun, failRun } from '../../../shared/usecases/manage-runs/hand-off.ts';
import { playWithCrash } from '../../support/crashing.ts';
import { boom, makeSchedulerWorld, ok, T0 } from '../../support/scheduler-world.ts';

/** Somebody outside who was given work with a token, and says so until he is heard. */
type Outside = { id: string; token: string; fails: boolean }[];

const handsOff =
  (fails: (attempt: number) => boolean) =>
  async ({ execution, onHandOff }: HandlerRequest, outside: Outside): Promise<HandlerResult> => {
    const token = (await onHandOff?.()) ?? '';
    outside.push({ id: execution.id, token, fails: fails(execution.attempt) });
    return { kind: 'pending', timeoutSeconds: 60 };
  };

/**
 * A process may die before or after any request. Whatever the point, within minutes every occurrence has come
 * to an end, no attempt began twice, and no letter is missing.
 */
interface Workload {
  limit: number;
  rules?: RetryRule[];
  caps?: Pick<Partial<TaskDefinition>, 'overlap' | 'concurrency' | 'rateLimit'>;
  handle: (request: HandlerRequest, outside: Outside) => Promise<HandlerResult>;
  ends: Execution['status'][];
}
const WORKLOADS = {
  'a run that succeeds': {
    limit: 2,
    handle: async () => ok(),
    ends: ['success'],
  },
  'a run that fails once': {
    limit: 2,
    handle: async ({ execution: { attempt } }: HandlerRequest) => (attempt === 1 ? boom() : ok()),
    ends: ['success'],
  },
  'a run that gives up': { limit: 1, handle: async () => boom(), ends: ['dead'] },
  'a run that is handed off, and fails once': {
    limit: 2,
    handle: handsOff((attempt) => attempt === 1),
    ends: ['success'],
  },
  'a run that is handed off to nobody': {
    limit: 0,
    handle: async ({ onHandOff }: HandlerRequest): Promise<HandlerResult> => {
      await onHandOff?.();
      return { kind: 'pending', timeoutSeconds: 60 };
    },
    ends: ['dead'],
  },
  'a run that is put off': {
    limit: 1,
    handle: async ({ execution }) =>
      execution.attempt === 1 ? { kind: 'snoozed', seconds: 5, reason: 'not ready' } : ok(),
    ends: ['success'],
  },
  'a run that a rule gives a budget of its own': {
    limit: 0,
    rules: [{ match: { httpStatus: [503] }, then: 'retry', limit: 2 }],
    handle: async ({ execution }) => (execution.attempt <= 2 ? boom({ httpStatus: 503 }) : ok()),
    ends: ['success'],
  },
  'a run under caps that fails once': {
    limit: 2,
    handle: async ({ execution: { attempt } }: HandlerRequest) => (attempt === 1 ? boom() : ok()),
    ends: ['success'],
    caps: {
      overlap: 'allow',
      concurrency: [{ key: 'a', limit: 1 }],
      rateLimit: [{ key: 'b', limit: 1, perSeconds: 20 }],
    },
  },
  'a run under a cap that is handed off, and fails once': {
    limit: 2,
    handle: handsOff((attempt) => attempt === 1),
    ends: ['success'],
    caps: { concurrency: [{ key: 'a', limit: 1 }] },
  },
} satisfies Record<string, Workload>;

async function play(workload: keyof typeof WORKLOADS, crashAt: number, side: 'before' | 'after') {
  const w = makeSchedulerWorld();
  const { limit, rules, handle, caps }: Workload = WORKLOADS[workload];
  await w.addTask({
    schedule: { kind: 'interval', seconds: 30, startAt: T0, endAt: T0 + 60_000 },
    overlap: 'forbid',
    timeoutSeconds: 10,
    retry: {
      strategy: 'fixed',
      limit,
      baseSeconds: 1,
      maxSeconds: 1,
      jitter: 'none',
      ...(rules ? { rules } : {}),
    },
    ...caps,
  });
  const outside: Outside = [];
  w.handle((request) => handle(request, outside));
  const api = { ...w, handlers: makeRegistry([]), retentionMs: 86_400_000 };
  const answer = async () => {
    for (const { id, token, fails } of [...outside]) {
      const error = { type: 'Outside', message: 'no luck' };
      await (fails ? failRun(api, id, { token, error }, 'r') : completeRun(api, id, { token }, 'r')).catch(
        (refusal: unknown) => {
          if (!isCode(refusal, 'state-conflict')) throw refusal;
        },
      );
      outside.shift();
    }
  };
  const operations = await playWithCrash(w, { crashAt, side, minutes: 12, meanwhile: answer });
  return { w, operations };
}

describe.each(Object.keys(WORKLOADS) as (keyof typeof WORKLOADS)[])('%s', (workload) => {
  it.each(['before', 'after'] as const)('survives a crash %s every single request', async (side) => {
    const total = (await play(workload, Number.POSITIVE_INFINITY, side)).operations;
    expect(total).toBeGreaterThan(20);
    const atOnce = Math.min(total, 160);
    for (let crashAt = 1; crashAt <= atOnce; crashAt++) {
      const { w } = await play(workload, crashAt, side);
      const rows = w.history();
      const where = `crash ${side} request ${crashAt}`;
      expect(
        rows.map(({ scheduledAt }) => scheduledAt - T0),
        where,
      ).toEqual([0, 30_000]);
      for (const row of rows) {
        // A crash spends an attempt; with none left the run is dead, never silent.
        expect([...WORKLOADS[workload].ends, 'dead', 'skipped'], where).toContain(row.status);
        if (row.status === 'dead') expect(row.letter, where).toBe('sent');
      }
      const slots = [...w.tables.semaphores.values()].flatMap(({ holders }) => Object.values(holders));
      expect(
        slots.filter(({ until }) => until >= w.clock.nowMs()),
        where,
      ).toEqual([]);
      const starts = w.runs.map(({ execution }) => `${execution.id} ${execution.attempt}`);
      expect(new Set(starts).size, where).toBe(starts.length);
    }
  });
});
