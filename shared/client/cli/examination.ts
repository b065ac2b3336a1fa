import { type Client, type Health, ProblemError, type Task } from '../client.ts';
import { canaryFindings, type Finding, latenessFinding, queueFindings } from './examination-parts.ts';
import { duration } from './words.ts';

interface Norms {
  nowMs: number;
  /** Of this program. */
  version: string;
  maxAgeSeconds: number;
}

/** The tick comes once a minute; one may be lost without harm, for the next makes good for it. */
const MAX_TICK_LAG_MS = 150_000;
const NAMED = 5;

/** Everything that can be seen from outside. Throws only when nothing can be seen at all. */
export async function examine(client: Client, norms: Norms): Promise<Finding[]> {
  const [health, queues, handlers, tasks, runs] = await Promise.all([
    healthOf(client),
    client.queues.list().toArray(),
    client.handlers().toArray(),
    client.tasks.list({ limit: 200 }).toArray(),
    client.executions.list({ limit: 100 }).page(),
  ]);
  // By the deployment's clock, should ours be wrong.
  const { lastAt = null, lagMs = null } = typeof health === 'string' ? {} : health.tick;
  const nowMs = lastAt === null || lagMs === null ? norms.nowMs : Date.parse(lastAt) + lagMs;
  return [
    ...healthFindings(health, norms),
    latenessFinding(runs.items, nowMs),
    ...canaryFindings(tasks, nowMs),
    ...queues.flatMap((queue) => queueFindings(queue, norms.maxAgeSeconds)),
    ...taskFindings(
      tasks,
      new Set(handlers.map(({ name }) => name)),
      new Set(queues.map(({ name }) => name)),
      nowMs,
    ),
  ];
}

async function healthOf(client: Client): Promise<Health | string> {
  try {
    return await client.health();
  } catch (error) {
    if (error instanceof ProblemError) return error.message;
    throw error;
  }
}

function healthFindings(health: Health | string, norms: Norms): Finding[] {
  if (typeof health === 'string') return [{ level: 'wrong', what: 'health', message: health }];
  const { lagMs } = health.tick;
  const tick: Finding =
    lagMs === null
      ? { level: 'wrong', what: 'tick', message: 'it has never ticked: is its schedule rule enabled?' }
      : lagMs > MAX_TICK_LAG_MS
        ? {
            level: 'wrong',
            what: 'tick',
            message: `the last was ${duration(lagMs)} ago; it comes once a minute`,
          }
        : { level: 'ok', what: 'tick', message: `${duration(lagMs)} ago` };
  const same = health.version === norms.version;
  const version: Finding = {
    level: same ? 'ok' : 'note',
    what: 'version',
    message: same ? health.version : `${health.version} there, ${norms.version} here`,
  };
  return [{ level: 'ok', what: 'health', message: health.status }, version, tick];
}

function taskFindings(
  tasks: readonly Task[],
  handlers: ReadonlySet<string>,
  queues: ReadonlySet<string>,
  nowMs: number,
): Finding[] {
  const active = tasks.filter(({ status }) => status === 'active');
  const overdue = ({ nextRunAt }: Task) =>
    nextRunAt !== null && Date.parse(nextRunAt) < nowMs - MAX_TICK_LAG_MS;
  const groups: [Finding['level'], string, Task[]][] = [
    ['wrong', 'active, but never due again', active.filter(({ nextRunAt }) => nextRunAt === null)],
    ['wrong', 'due, but not started', active.filter(overdue)],
    [
      'wrong',
      'with a handler that is not registered (any more)',
      active.filter(({ handler }) => handler !== undefined && !handlers.has(handler)),
    ],
    [
      'wrong',
      'in a queue that is not configured (any more)',
      active.filter(({ queue }) => !queues.has(queue)),
    ],
    ['note', 'disabled', tasks.filter(({ status }) => status === 'disabled')],
  ];
  const findings = groups
    .filter(([, , found]) => found.length > 0)
    .map(
      ([level, words, found]): Finding => ({
        level,
        what: 'tasks',
        message: `${found.length} ${words}: ${named(found)}`,
      }),
    );
  return [{ level: 'ok', what: 'tasks', message: `${active.length} active of ${tasks.length}` }, ...findings];
}

const named = (tasks: readonly Task[]): string =>
  [...tasks.slice(0, NAMED).map(({ id }) => id), ...(tasks.length > NAMED ? ['…'] : [])].join(', ');
