import { isDeepStrictEqual } from 'node:util';
import type { Execution, Queue, Task } from '../client.ts';
import { duration, millis } from './words.ts';

export interface Finding {
  /** skip: it cannot be looked at from here, or there is no such thing. */
  level: 'ok' | 'note' | 'wrong' | 'skip';
  what: string;
  message: string;
}

const HOUR_MS = 3_600_000;
const MAX_LATENESS_MS = 30_000;
const PERCENTILE = 0.95;

/** How late the runs of the last hour began, of those that a schedule asked for. */
export function latenessFinding(runs: readonly Execution[], nowMs: number): Finding {
  const what = 'lateness';
  const late = runs
    .filter(({ trigger, scheduledAt }) => trigger === 'schedule' && Date.parse(scheduledAt) > nowMs - HOUR_MS)
    .flatMap(({ latenessMs }) => latenessMs ?? [])
    .sort((a, b) => a - b);
  const at = late[Math.ceil(late.length * PERCENTILE) - 1];
  if (at === undefined) return { level: 'skip', what, message: 'no run of the last hour tells it' };
  const message = `95 of 100 runs began within ${millis(at)} of their time (${late.length} looked at)`;
  return { level: at > MAX_LATENESS_MS ? 'wrong' : 'ok', what, message };
}

const CANARY = /^escapement-canary-/;
/** Each of its tasks runs every three minutes, so that one runs each minute. */
const MAX_CANARY_AGE_MS = 300_000;

export function canaryFindings(tasks: readonly Task[], nowMs: number): Finding[] {
  const what = 'canary';
  const canary = tasks.filter(({ id, system }) => system && CANARY.test(id));
  if (canary.length === 0)
    return [{ level: 'skip', what, message: 'none is seen: it is off, or belongs to another tenant' }];
  const paused = canary.filter(({ status }) => status !== 'active');
  if (paused.length > 0) {
    const ids = paused.map(({ id }) => id).join(' ');
    return [{ level: 'wrong', what, message: `it does not sing: escapement tasks resume ${ids}` }];
  }
  const runs = canary.flatMap(({ lastRun }) => lastRun ?? []);
  const ended = runs.flatMap(({ status, finishedAt }) => (status === 'success' ? (finishedAt ?? []) : []));
  const last = Math.max(...ended.map((at) => Date.parse(at)));
  if (runs.length === 0) return [{ level: 'note', what, message: 'it has not run yet' }];
  if (last > nowMs - MAX_CANARY_AGE_MS)
    return [{ level: 'ok', what, message: `ran ${duration(Math.max(0, nowMs - last))} ago` }];
  return [
    {
      level: 'wrong',
      what,
      message: 'none of its runs of the last 5 min succeeded: docs/operations.md#the-canary',
    },
  ];
}

export function queueFindings(queue: Queue, maxAgeSeconds: number): Finding[] {
  const { name, oldestAgeSeconds, deadLetters, paused, applied } = queue;
  const what = `queue ${name}`;
  const findings: Finding[] = paused
    ? [{ level: 'note', what, message: `paused: escapement queues resume ${name}` }]
    : [];
  if (!paused && oldestAgeSeconds !== null && oldestAgeSeconds > maxAgeSeconds) {
    const message = `due runs wait for ${duration(oldestAgeSeconds * 1_000)}: too few workers, or none at work`;
    findings.push({ level: 'wrong', what, message });
  }
  if (applied === false)
    findings.push({ level: 'note', what, message: 'a change of its workers, or of paused, is under way' });
  for (const [setting, said, deployed] of driftOf(queue))
    findings.push({ level: 'note', what, message: `${setting} is ${said}, deployed ${deployed}` });
  if (deadLetters > 0)
    findings.push({
      level: 'note',
      what,
      message: `${deadLetters} dead letters: escapement dead-letters list ${name}`,
    });
  return findings.length > 0 ? findings : [{ level: 'ok', what, message: 'flows' }];
}

/** What was said at run time and is not what the deployment says. */
function driftOf({
  workers,
  timeoutSeconds,
  retry,
  maxBacklog,
  deployed,
}: Queue): [string, string, string][] {
  const pairs: [string, unknown, unknown][] = [
    ['workers', workers, deployed.workers],
    ['timeoutSeconds', timeoutSeconds, deployed.timeoutSeconds],
    ['retry', retry, deployed.retry],
    ['maxBacklog', maxBacklog, null],
  ];
  return pairs.flatMap(([setting, said, says]): [string, string, string][] =>
    isDeepStrictEqual(said ?? null, says ?? null)
      ? []
      : [[setting, JSON.stringify(said), JSON.stringify(says)]],
  );
}
