import { type ExtraKind, extrasOf } from './extras.ts';
import type { Behaviour } from './handlers.ts';
import { STOP_WHEN, TEMPLATE } from './invariants/expression-rules.ts';
import { Prng } from './prng.ts';
import { T0 } from './world.ts';

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;
export const RATE_PERIOD_MS = 60_000;

export const OPERATIONS = [
  'editSchedule',
  'editRules',
  'editPayload',
  'pause',
  'resume',
  'delete',
  'recreate',
  'trigger',
  'cancel',
  'retry',
  'redrive',
  'purge',
  'moveLetters',
  'loseMessages',
  'backfill',
  'abortBackfill',
  'calendar',
  'pauseQueue',
  'resumeQueue',
  'restore',
] as const;
export type OperationKind = (typeof OPERATIONS)[number] | ExtraKind;

export interface Operation {
  atMs: number;
  kind: OperationKind;
  task: string;
  /** The run that it is about; else one that fits is chosen. */
  occurrence?: string | undefined;
  /** 0 ≤ x < 1, for whatever it has to choose. */
  choice: number;
}

export interface PlannedTask {
  id: string;
  atMs: number;
  input: Record<string, unknown>;
  behaviour: Behaviour;
  /** Of its rate limit. */
  starts?: number;
}

/** What people ask for in one history, all decided before it begins. */
export interface Plan {
  tasks: PlannedTask[];
  operations: Operation[];
  /** From then on nothing goes wrong any more. */
  calmAtMs: number;
  /** What ends is counted. */
  counts: boolean;
  /** Tasks name the calendar `days`, which stands before them. */
  calendars: boolean;
  /** Most holders of tokens say nothing by themselves, or only when their time is over. */
  quietHolders: boolean;
}

export function planOf(seed: number): Plan {
  const random = new Prng(seed ^ 0xb10b);
  const calmAtMs = T0 + random.int(6, 16) * MINUTE_MS;
  const ids = Array.from({ length: random.int(1, 5) }, (_, n) => `task-${n}`);
  const features = featuresOf(random);
  const tasks = ids.map((id, n) => planTask(random, id, ids.slice(n + 1), features, calmAtMs));
  const busy = random.chance(0.8) ? random.int(1, 18) : 0;
  const kinds = OPERATIONS.filter(() => random.chance(0.6));
  const operations = Array.from(
    { length: kinds.length > 0 ? busy : 0 },
    (): Operation => ({
      atMs: momentOf(random, calmAtMs),
      kind: random.pick(kinds),
      task: random.pick(ids),
      choice: random.next(),
    }),
  );
  const more = new Prng(seed ^ 0xfea7);
  const extras = extrasOf(more);
  // There are letters to do something about.
  const [first] = tasks;
  if (first && extras.has('letters')) {
    first.behaviour = { ...first.behaviour, fails: 0.6 };
    first.input.retry = { strategy: 'fixed', limit: 0, baseSeconds: 1, maxSeconds: 1, jitter: 'none' };
  }
  if (extras.has('calendars'))
    for (const { input } of tasks)
      if (recurs(input.schedule) && more.chance(0.8))
        input.schedule = {
          ...input.schedule,
          calendars: [{ id: 'days', mode: more.pick(['skip', 'shift']) }],
        };
  if (extras.has('expressions'))
    for (const { input } of tasks) {
      if (more.chance(0.6)) input.stop = { when: STOP_WHEN };
      if (more.chance(0.6)) input.payload = { n: 1, ...TEMPLATE };
    }
  if (extras.has('quietHolders'))
    for (const task of tasks) {
      task.input.overlap = 'allow';
      task.input.concurrency = [{ key: 'shared', limit: 1 }];
      task.behaviour = { ...task.behaviour, handsOff: 0.6 };
    }
  const extraOperations = [...extras.values()].flat().map(
    (kind): Operation => ({
      atMs: momentOf(more, calmAtMs),
      kind,
      task: more.pick(ids),
      choice: more.next(),
    }),
  );
  return {
    tasks,
    operations: [...operations, ...extraOperations].sort((a, b) => a.atMs - b.atMs),
    calmAtMs,
    counts: extras.has('stats'),
    calendars: extras.has('calendars'),
    quietHolders: extras.has('quietHolders'),
  };
}

const recurs = (schedule: unknown): schedule is Record<string, unknown> =>
  typeof schedule === 'object' &&
  schedule !== null &&
  'kind' in schedule &&
  !['once', 'now'].includes(`${schedule.kind}`);

/** Often at the very moment at which something is due. */
function momentOf(random: Prng, untilMs: number): number {
  const anyMs = T0 + random.int(10 * SECOND_MS, untilMs - T0);
  if (random.chance(0.4)) return anyMs;
  const step = random.pick([5, 15, 60]) * SECOND_MS;
  return Math.ceil(anyMs / step) * step + random.int(-100, 150);
}

type Feature =
  | 'caps'
  | 'rates'
  | 'stop'
  | 'deadline'
  | 'chain'
  | 'calendar'
  | 'heartbeat'
  | 'handOff'
  | 'rules'
  | 'slow';

/** Not all at once, or nothing would ever be seen alone. */
const featuresOf = (random: Prng): Set<Feature> => {
  const all: Feature[] = [
    'caps',
    'rates',
    'stop',
    'deadline',
    'chain',
    'calendar',
    'heartbeat',
    'handOff',
    'rules',
    'slow',
  ];
  return new Set(all.filter(() => random.chance(0.3)));
};

function planTask(
  random: Prng,
  id: string,
  later: string[],
  features: Set<Feature>,
  calmAtMs: number,
): PlannedTask {
  const has = (feature: Feature) => features.has(feature) && random.chance(0.7);
  const overlap = random.pick(['forbid', 'queue', 'allow']);
  const misfire = random.pick(overlap === 'forbid' ? ['fireOnce', 'skip'] : ['fireOnce', 'skip', 'catchUp']);
  const timeoutSeconds = random.pick([5, 20, 40]);
  const input: Record<string, unknown> = {
    name: id,
    handler: 'demo.echo',
    payload: { n: 1 },
    // More may be due under one limit than it lets start: only what ends is ever through.
    schedule: scheduleOf(random, calmAtMs, features.has('rates') ? 1 : 0.3),
    queue: random.pick(['default', 'default', 'other']),
    overlap,
    misfire,
    misfireGraceSeconds: random.pick([150, 150, 300]),
    catchUpLimit: random.int(1, 4),
    timeoutSeconds,
    retry: retryOf(random, has('rules')),
  };
  // The same for all: whoever names a smaller one keeps to it only while nobody with a larger one comes after it.
  if (has('caps')) input.concurrency = [{ key: 'shared', limit: features.size % 2 === 0 ? 1 : 2 }];
  const starts = has('rates') ? random.int(2, 4) : 0;
  if (starts > 0) input.rateLimit = [{ key: 'rate', limit: starts, perSeconds: RATE_PERIOD_MS / SECOND_MS }];
  if (has('stop'))
    input.stop = {
      [random.pick(['afterRuns', 'afterSuccesses', 'afterConsecutiveFailures'])]: random.int(1, 6),
    };
  if (has('deadline')) input.deadline = { seconds: random.pick([5, 60, 120]), notify: true };
  if (has('heartbeat')) input.heartbeatSeconds = Math.min(timeoutSeconds, random.pick([5, 15]));
  if (has('chain') && later.length > 0)
    input[random.pick(['onSuccess', 'onFailure', 'onDead'])] = [{ taskId: random.pick(later) }];
  return {
    id,
    atMs: T0 + random.int(0, 90) * SECOND_MS,
    input,
    behaviour: behaviourOf(random, has('handOff'), has('slow')),
    ...(starts > 0 && { starts }),
  };
}

function scheduleOf(random: Prng, calmAtMs: number, ends: number): Record<string, unknown> {
  const at = (ms: number) => new Date(ms).toISOString();
  const endAt = random.chance(ends) ? { endAt: at(calmAtMs + random.int(-3, 3) * MINUTE_MS) } : {};
  const startAt = at(T0 + random.int(-600, 240) * SECOND_MS);
  switch (random.pick(['interval', 'interval', 'interval', 'cron', 'once', 'now'])) {
    case 'cron':
      return {
        kind: 'cron',
        expressions: [random.pick(['* * * * *', '*/2 * * * *', '30 * * * * *'])],
        ...endAt,
      };
    case 'once':
      return { kind: 'once', at: at(T0 + random.int(60, 600) * SECOND_MS) };
    case 'now':
      return { kind: 'now' };
    default:
      return { kind: 'interval', seconds: random.pick([20, 45, 60, 90, 120, 200]), startAt, ...endAt };
  }
}

function retryOf(random: Prng, rules: boolean): Record<string, unknown> {
  const baseSeconds = random.pick([1, 5, 30]);
  return {
    strategy: random.pick(['fixed', 'linear', 'exponential']),
    limit: random.int(0, 3),
    baseSeconds,
    maxSeconds: 60,
    jitter: random.pick(['none', 'full', 'equal']),
    ...(rules && {
      rules: [
        { match: { cause: 'throttled' }, then: 'snooze', baseSeconds: 5 },
        { match: { cause: 'crashed' }, then: 'retry', limit: 2, baseSeconds: 2 },
        { match: { cause: 'timedOut' }, then: random.pick(['retry', 'stop']) },
      ],
    }),
  };
}

function behaviourOf(random: Prng, handsOff: boolean, slow: boolean): Behaviour {
  const bad = random.pick([0, 0.1, 0.3, 0.6]);
  return {
    fails: bad,
    nonRetryable: random.pick([0, 0, 0.05]),
    throttled: random.pick([0, 0.05]),
    snoozes: random.pick([0, 0, 0.1]),
    overruns: random.pick([0, 0, 0.05]),
    silent: random.pick([0, 0.03]),
    crashes: random.pick([0, 0.05]),
    handsOff: handsOff ? 0.25 : 0,
    slow: slow ? 0.4 : 0.05,
  };
}
