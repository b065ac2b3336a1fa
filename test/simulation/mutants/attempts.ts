import { DOMAIN, type Mutant, USE_CASES } from './mutant.ts';

const START = `${DOMAIN}execution-transitions.ts`;
const LOST = `${DOMAIN}execution-failures.ts`;
const TAKE_OVER = `${USE_CASES}run-execution/take-over.ts`;

/** START, FIN, leases and the sweeper. */
export const ATTEMPTS: Mutant[] = [
  {
    name: 'START without status',
    rule: 'START: status as read',
    file: START,
    old: '      equals: { status: seen.status, attempt: seen.attempt, epoch: seen.epoch },\n      below',
    new: '      equals: { attempt: seen.attempt, epoch: seen.epoch },\n      below',
  },
  {
    name: 'START without attempt',
    rule: 'START: attempt as read',
    file: START,
    old: '      equals: { status: seen.status, attempt: seen.attempt, epoch: seen.epoch },\n      below',
    new: '      equals: { status: seen.status, epoch: seen.epoch },\n      below',
  },
  {
    name: 'START without limit',
    rule: 'START: attempt < maxAttempts',
    file: START,
    old: "      below: { field: 'attempt', than: 'maxAttempts' },\n",
    new: '',
    impliedBy: 'status and attempt: a run waits only while it has an attempt left, so one as read has',
  },
  {
    name: 'START keeps the attempt number',
    rule: 'START: attempt + 1',
    file: START,
    old: '      attempt: seen.attempt + 1,\n',
    new: '      attempt: Math.max(1, seen.attempt),\n',
  },
  {
    name: 'retry before its time',
    rule: 'a retry waits for its backoff',
    file: TAKE_OVER,
    old: 'seen.nextAttemptAt !== undefined && seen.nextAttemptAt > clock.nowMs()',
    new: 'seen.nextAttemptAt !== undefined && seen.nextAttemptAt > clock.nowMs() + 1e9',
  },
  {
    name: 'take-over ignores the generation',
    rule: 'pause, deletion and edits of the rules cancel runs of older generations',
    file: TAKE_OVER,
    old: "if ((status !== 'active' && status !== 'completed') || generation !== seen.generation) {",
    new: "if (status !== 'active' && status !== 'completed') {",
  },
  {
    name: 'take-over believes an older task',
    rule: 'the task is read after the run',
    file: `${USE_CASES}run-execution.ts`,
    old: 'return done(`already ${seen.status}`);\n  return takeOver(deps, seen, delivery);',
    new: `return done(\`already \${seen.status}\`);
  const tasks = { ...deps.tasks, read: async () => task };
  return takeOver({ ...deps, tasks }, seen, delivery);`,
  },
  {
    name: 'no start budget',
    rule: 'the handler begins only within 5 s of the last confirmation',
    file: `${USE_CASES}run-execution/attempt.ts`,
    old: 'elapsedMs(clock, claim.confirmed) > START_BUDGET_MS || ',
    new: '',
  },
  {
    name: 'no deadline at the start',
    rule: 'the handler begins only before its deadline',
    file: `${USE_CASES}run-execution/attempt.ts`,
    old: 'elapsedMs(clock, claim.confirmed) > START_BUDGET_MS || firstSignMs <= 0',
    new: 'false',
  },
  {
    name: 'FIN without attempt and owner',
    rule: 'FIN: our attempt, our nonce',
    file: `${DOMAIN}execution-parts.ts`,
    old: "  status: 'running',\n  attempt,\n  owner,\n});",
    new: "  status: 'running',\n});",
  },
  {
    name: 'FIN without status',
    rule: 'FIN: status `running`',
    file: `${DOMAIN}execution-parts.ts`,
    old: "  status: 'running',\n  attempt,\n  owner,\n});",
    new: '  attempt,\n  owner,\n});',
  },
  {
    name: 'pending over an early word',
    rule: 'FIN: nothing is stored that the holder of the token said',
    file: `${DOMAIN}hand-off.ts`,
    old: "guard: { equals: ours(q.owner, seen.attempt), missing: ['cancelRequested', 'earlyOutcome'] },",
    new: "guard: { equals: ours(q.owner, seen.attempt), missing: ['cancelRequested'] },",
  },
  {
    name: 'lease ends with the deadline',
    rule: 'lease: start + timeout + 10 s',
    file: `${DOMAIN}lease.ts`,
    old: 'deadline + KILL_MS + GRACE_MS',
    new: 'deadline - 3 * KILL_MS',
  },
  {
    name: 'heartbeat without the lease as seen',
    rule: 'heartbeat: its lease still is where we saw it',
    file: `${DOMAIN}lease.ts`,
    old: '      ...(seen.leaseUntil === undefined ? {} : { leaseUntil: seen.leaseUntil }),\n',
    new: '',
  },
  {
    name: 'sweep without the lease',
    rule: 'sweep: the lease as read',
    file: LOST,
    old: '      ...(seen.leaseUntil === undefined ? {} : { leaseUntil: seen.leaseUntil }),\n      ...(seen.cancelRequested ?',
    new: '      ...(seen.cancelRequested ?',
  },
  {
    name: 'sweep without status',
    rule: 'sweep: status `running`',
    file: LOST,
    old: "      status: 'running',\n      attempt: seen.attempt,\n      ...(seen.leaseUntil",
    new: '      attempt: seen.attempt,\n      ...(seen.leaseUntil',
    impliedBy: 'the lease: whatever ends an attempt removes it in the same write',
  },
  {
    name: 'sweep before the lease ends',
    rule: 'sweep: only when the lease has ended',
    file: `${USE_CASES}sweep-shard.ts`,
    old: 'nowMs < run.leaseUntil + CLOCK_SKEW_MS',
    new: 'nowMs < run.leaseUntil - 20_000',
  },
  {
    name: 'sweeper hints nobody',
    rule: 'the sweeper hints waiting runs',
    file: `${USE_CASES}sweep-shard.ts`,
    old: '        await hintWaiting(deps, run);\n        swept.hinted++;',
    new: '        swept.hinted++;',
  },
  {
    name: 'a retrying run leaves `open`',
    rule: 'a run that has not ended is always in the index',
    file: LOST,
    old: '...free(seen, after.free) },\n      remove: OF_ATTEMPT,',
    new: "...free(seen, after.free), index: { set: 'ended', shard: seen.shard, at: nowMs } },\n      remove: OF_ATTEMPT,",
  },
  {
    name: 'overdue tasks are not hinted',
    rule: 'every tick hints what is overdue',
    file: `${USE_CASES}dispatch-shard.ts`,
    old: '      hinted += await hintAll(deps, crossed, nowMs);\n',
    new: '',
  },
  {
    name: 'overdue: `hot` is forgotten',
    rule: 'every tick hints what is overdue in either set',
    file: `${USE_CASES}dispatch-shard.ts`,
    old: "  const isPaused = pausedIn(deps);\n  for (const set of ['due', 'hot'] as const) {",
    new: "  const isPaused = pausedIn(deps);\n  for (const set of ['due'] as const) {",
  },
];
