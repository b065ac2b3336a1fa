import type { QueueInForce } from './queue-settings.ts';
import type { ConcurrencyCap, RateCap } from './task.ts';
import { TENANT_SEMAPHORE } from './tenant.ts';
import type { EpochMs } from './time.ts';
import { iso, local, plural, span, type Why } from './why.ts';

/** What holds a start that is due, whether of an occurrence or of a run that waits. */
export const START_GATES = [
  'queueGone',
  'queuePaused',
  'concurrency',
  'tenantConcurrency',
  'rateLimit',
  'backlog',
  'dispatched',
] as const;
export type StartGate = (typeof START_GATES)[number];

export interface QueueFacts {
  name: string;
  /** None when the deployment has no such queue (any more). */
  settings?: QueueInForce | undefined;
  /** Of all tenants, so only root is told. */
  waitingMessages?: number | undefined;
}

export interface StartFacts {
  nowMs: EpochMs;
  /** Of the task's schedule: for the sentences. */
  zone: string;
  /** Since when the start is due. */
  dueAt: EpochMs;
  queue: QueueFacts;
  /** Of each cap, that of the tenant among them, the other runs that hold a slot of it now, by id. */
  caps: readonly (ConcurrencyCap & { heldBy: readonly string[] })[];
  /** Of each rate limit the instant that a start would get of it now. */
  rates: readonly (RateCap & { nextAt: EpochMs })[];
}

const HOLDERS_NAMED = 10;

export function queueGate({ queue, zone, dueAt }: StartFacts): Why<StartGate> | undefined {
  const { name, settings } = queue;
  const since = local(dueAt, zone);
  const facts = { queue: name, dueAt: iso(dueAt) };
  if (settings === undefined)
    return {
      gate: 'queueGone',
      sentence: `Due since ${since}, but this deployment has no queue ${name} any more: give the task another queue.`,
      since: dueAt,
      facts,
    };
  if (!settings.paused) return undefined;
  return {
    gate: 'queuePaused',
    sentence: `Due since ${since}, but its queue ${name} is paused: it starts when the queue goes on.`,
    since: dueAt,
    facts,
  };
}

export function capGate({ caps, dueAt, zone }: StartFacts): Why<StartGate> | undefined {
  const full = caps.find(({ heldBy, limit }) => heldBy.length >= limit);
  if (!full) return undefined;
  const { key, limit, heldBy } = full;
  const isTenant = key === TENANT_SEMAPHORE;
  const named = heldBy.slice(0, HOLDERS_NAMED);
  const what = isTenant
    ? 'The tenant runs as much at the same time as it may'
    : `It waits for the key ${key}`;
  return {
    gate: isTenant ? 'tenantConcurrency' : 'concurrency',
    sentence: `${what}: ${heldBy.length} of ${limit} slots are held, by ${named.join(', ')}${heldBy.length > named.length ? ' and others' : ''}; due since ${local(dueAt, zone)}.`,
    since: dueAt,
    facts: {
      dueAt: iso(dueAt),
      ...(isTenant ? {} : { key }),
      limit,
      held: heldBy.length,
      heldBy: named,
    },
  };
}

export function rateGate({ rates, dueAt, zone, nowMs }: StartFacts): Why<StartGate> | undefined {
  const [latest] = rates.filter(({ nextAt }) => nextAt > nowMs).toSorted((a, b) => b.nextAt - a.nextAt);
  if (!latest) return undefined;
  const { key, limit, perSeconds, nextAt } = latest;
  return {
    gate: 'rateLimit',
    sentence: `The rate limit ${key} lets ${plural(limit, 'run')} start in ${span(perSeconds * 1_000)}: its turn is at ${local(nextAt, zone)}, in ${span(nextAt - nowMs)}.`,
    since: dueAt,
    until: nextAt,
    facts: { dueAt: iso(dueAt), key, limit, perSeconds, nextAt: iso(nextAt) },
  };
}

/** Nothing else holds it: a worker will take it. */
export function workerGate({ queue, dueAt, nowMs, zone }: StartFacts): Why<StartGate> {
  const { name, waitingMessages, settings } = queue;
  const workers = settings?.workers ?? 0;
  const overdue = `Due since ${local(dueAt, zone)}, ${span(nowMs - dueAt)} ago`;
  const facts = {
    dueAt: iso(dueAt),
    overdueSeconds: Math.max(0, Math.round((nowMs - dueAt) / 1_000)),
    queue: name,
    workers,
    waitingMessages,
  };
  // One of them is its own.
  return waitingMessages !== undefined && waitingMessages > 1
    ? {
        gate: 'backlog',
        sentence: `${overdue}: about ${waitingMessages} messages wait in queue ${name} for its ${plural(workers, 'worker')}.`,
        since: dueAt,
        facts,
      }
    : {
        gate: 'dispatched',
        sentence: `${overdue}: queue ${name} has it, and one of its ${plural(workers, 'worker')} is about to start it.`,
        since: dueAt,
        facts,
      };
}
