import type { Item } from '../../infra/local/dynamodb/attribute-value.ts';
import type { Weakness } from './aws/weakness.ts';
import { INBOX_URL } from './deps.ts';
import { Checker } from './invariants/checker.ts';
import { Effects } from './invariants/effects.ts';
import { checkEnd, unfinished } from './invariants/end-rules.ts';
import { checkFilledIn } from './invariants/expression-rules.ts';
import { JobRules } from './invariants/job-rules.ts';
import { Violation } from './invariants/records.ts';
import { StatsRules } from './invariants/stats-rules.ts';
import { checkTold } from './invariants/told-rules.ts';
import { askStats } from './operations/look-at-stats.ts';
import { Operations } from './operations.ts';
import { Races } from './races.ts';
import { type Plan, planOf, RATE_PERIOD_MS } from './workload.ts';
import { makeWorld, T0, type World } from './world.ts';

const MINUTE_MS = 60_000;
const LOOK_MS = 2 * MINUTE_MS;
/** Longer than anything may take once nothing goes wrong any more. */
const SETTLE_MS = 100 * MINUTE_MS;
/** More than a batch takes. */
const COUNTED_MS = 5 * MINUTE_MS;
const MAY_DOUBLE = [
  'crash',
  'lost',
  'stuck',
  'freeze',
  'outage',
  'throttle',
  'busAway',
  'conflict',
  'slow',
  'refused',
  'race',
];

export interface HistoryOptions {
  plan?: Plan;
  /** Nothing but these faults. */
  only?: ReadonlySet<string>;
  keepTrace?: boolean;
  weakness?: Weakness;
  /** Hears of each condition of a write. */
  onCondition?: (shape: string, parts: readonly string[]) => void;
}
export interface History {
  seed: number;
  plan: Plan;
  violation?: Violation;
  /** Of everything that happened, in its order. */
  hash: number;
  fired: string[];
  trace: string[];
  runs: number;
  endedAtMs: number;
}

/** Plays one history from beginning to end; the same seed plays the same one. */
export async function playHistory(seed: number, options: HistoryOptions = {}): Promise<History> {
  // JSONata measures by the real clock how long an expression takes.
  const { now } = Date;
  Date.now = () => T0;
  try {
    return await play(seed, options);
  } finally {
    Date.now = now;
  }
}

async function play(seed: number, options: HistoryOptions): Promise<History> {
  const plan = options.plan ?? planOf(seed);
  const behaviours = new Map(plan.tasks.map(({ id, behaviour }) => [id, behaviour]));
  let calm = false;
  const guarded =
    <A extends unknown[]>(look: (...args: A) => void) =>
    (...args: A): void => {
      try {
        look(...args);
      } catch (error) {
        world.kernel.fail(error);
      }
    };
  const world: World = makeWorld({
    seed,
    only: options.only,
    counts: plan.counts,
    keepTrace: options.keepTrace,
    watch: {
      began: guarded((handler) => {
        checker.handlers.began(handler);
        checkFilledIn(handler);
      }),
      ended: guarded((handler) => checker.handlers.ended(handler)),
    },
    behaviourOf: (taskId) => (calm ? {} : (behaviours.get(taskId) ?? {})),
    raced: (request, heldUpMs) => races.on(request, heldUpMs),
    handedOff: (id, token, seconds) => operations.holdToken(id, token, seconds),
  });
  const { kernel } = world;
  world.dynamo.weakness = options.weakness;
  world.dynamo.onCondition = options.onCondition;
  const checker = new Checker(world.dynamo, world.faults, () => kernel.nowMs);
  checker.handlers.rateOf = () => ({ limit: mostStarts(plan), periodMs: RATE_PERIOD_MS });
  const isOver = (key: string, run: Item | undefined) => checker.handlers.letGo(key, run);
  const effects = new Effects();
  const jobs = new JobRules(world.dynamo, isOver);
  const stats = new StatsRules();
  world.dynamo.onWrite = guarded((writes, by) => {
    checker.written(writes, by);
    effects.written(writes);
    jobs.written(writes, by);
    stats.written(writes);
  });
  world.sqs.onMove = (body) => checker.moved(body);
  world.sqs.onSend = guarded((url, body) => {
    if (!url.startsWith(INBOX_URL)) checker.sent(url, body);
  });
  const operations = new Operations(world, plan, { effects, stats }, isOver);
  const races = new Races(
    world,
    operations,
    plan.tasks.map(({ id }) => id),
  );
  if (plan.calendars) operations.putDays(false);
  for (const task of plan.tasks) kernel.at(task.atMs, () => operations.create(task));
  for (const operation of plan.operations)
    kernel.at(
      operation.atMs,
      guarded(() => {
        world.faults.lastMs = kernel.nowMs;
        operations.carryOut(operation);
      }),
    );

  let violation: Violation | undefined;
  try {
    // What people asked for last is answered by then, too, and their queues are resumed after it.
    const lastAskedMs = Math.max(0, ...plan.operations.map(({ atMs }) => atMs));
    await kernel.runUntil(Math.max(plan.calmAtMs, lastAskedMs + MINUTE_MS));
    world.faults.end();
    calm = true;
    operations.carryOut({ atMs: kernel.nowMs, kind: 'resumeQueue', task: '', choice: 0 });
    await settle(world, { checker, effects, jobs });
    if (plan.calendars) {
      operations.putDays(
        seed % 2 === 0,
        guarded(() => checker.calendars.replanned(world.dynamo.items(), kernel.nowMs)),
      );
      await kernel.runUntil(kernel.nowMs + MINUTE_MS);
    }
    if (plan.counts) await checkCounts(world, stats);
  } catch (error) {
    violation = error instanceof Violation ? error : broken(error);
  }
  const runs = [...world.dynamo.items()].filter(({ sk }) => sk && 'S' in sk && sk.S.startsWith('X#')).length;
  const { hash, faults, lines } = world;
  const done = { seed, plan, hash: hash(), fired: faults.fired, trace: lines, runs, endedAtMs: kernel.nowMs };
  return violation ? { ...done, violation } : done;
}

/** Runs go on; what ended some minutes ago is written down, if nothing went wrong. */
async function checkCounts(world: World, stats: StatsRules): Promise<void> {
  const { kernel, faults } = world;
  const { ended } = stats;
  await kernel.runUntil(kernel.nowMs + COUNTED_MS);
  const atLeast = faults.fired.length === 0 ? ended : undefined;
  askStats(world, (told) => stats.check(told, atLeast));
  await kernel.runUntil(kernel.nowMs + MINUTE_MS);
}

interface Checks {
  checker: Checker;
  effects: Effects;
  jobs: JobRules;
}

async function settle(world: World, { checker, effects, jobs }: Checks): Promise<void> {
  const { kernel, dynamo, faults } = world;
  const endMs = kernel.nowMs + SETTLE_MS;
  await kernel.runUntil(kernel.nowMs + 8 * MINUTE_MS);
  for (;;) {
    const left = unfinished({ dynamo, nowMs: kernel.nowMs }) ?? world.unread() ?? jobs.unfinished();
    if (left === undefined) break;
    if (kernel.nowMs > endMs) throw new Violation('L1 every due run ends, as it went', left);
    await kernel.runUntil(kernel.nowMs + LOOK_MS);
  }
  const mayDouble = faults.fired.filter((name) => MAY_DOUBLE.some((kind) => name.startsWith(kind))).length;
  checkEnd({ dynamo, nowMs: kernel.nowMs, letters: checker.letters, mayDouble, purged: false });
  jobs.checkEnd();
  effects.checkEnd(world.refused(), faults.fired.length > 0);
  checkTold({ dynamo, definitions: checker.definitions, told: world.told });
}

/** All tasks with a rate limit name the same one, each with a limit of its own. */
const mostStarts = ({ tasks }: Plan): number => Math.max(0, ...tasks.map(({ starts }) => starts ?? 0));

const broken = (error: unknown): Violation =>
  new Violation('X0 nothing breaks', error instanceof Error ? (error.stack ?? error.message) : String(error));
