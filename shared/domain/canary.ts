import { HOT_WINDOW_MS } from './limits.ts';
import type { IntervalSchedule } from './schedule.ts';
import type { TaskDefinition } from './task.ts';
import { DAY_MS, MINUTE_MS, SECOND_MS } from './time.ts';

/**
 * The canary: runs that prove each minute that tick, dispatch, queue and executor all do their part. One task a
 * minute would not: whoever makes a task due within the hot window sends its hint himself, and so it would run on
 * for ever without the tick. Hence several tasks that take turns, each due again only beyond that window.
 */
export const CANARY_HANDLER = 'escapement.canary';

/** Half a minute of slack: a run that is itself late by more is hinted by its executor. */
const TURNS = Math.ceil((HOT_WINDOW_MS + 30 * SECOND_MS) / MINUTE_MS);

/** Enough to look back at; nobody needs a month of them. */
export const CANARY_RETENTION_MS = DAY_MS;

export const isCanary = (run: { handler: string }): boolean => run.handler === CANARY_HANDLER;

type CanaryTask = Omit<TaskDefinition, 'definitionVersion' | 'index'> & { schedule: IntervalSchedule };

export const canaryTasks = (queue: string): CanaryTask[] =>
  Array.from({ length: TURNS }, (_, turn) => ({
    tenant: 'root',
    taskId: `escapement-canary-${turn + 1}`,
    name: `escapement canary ${turn + 1}`,
    description: 'Proves each minute, in turn with the others, that what is due runs (docs/operations.md).',
    handler: CANARY_HANDLER,
    payload: '{}',
    schedule: { kind: 'interval', seconds: (TURNS * MINUTE_MS) / SECOND_MS, startAt: turn * MINUTE_MS },
    queue,
    tags: ['escapement'],
    timeoutSeconds: 30,
    retry: { strategy: 'fixed', limit: 2, baseSeconds: 5, maxSeconds: 5, jitter: 'none' },
    // A run that was lost must not hold up the next proof, and a proof that comes late proves nothing.
    overlap: 'allow',
    misfire: 'skip',
    misfireGraceSeconds: 150,
    catchUpLimit: 1,
    system: true,
  }));
