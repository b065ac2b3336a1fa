import { DOMAIN, type Mutant, USE_CASES } from './mutant.ts';

const RETRIES = `${DOMAIN}retry-policy.ts`;
const AFTER = `${DOMAIN}after-failure.ts`;
const MISFIRE = `${DOMAIN}misfire-plan.ts`;
const STOP = `${DOMAIN}stop-rules.ts`;
const FLOW = `${USE_CASES}run-execution/flow-control.ts`;

/** What surrounds the protocol: budgets, backoff, misfire and stop rules, backfills, and what is told. */
export const SURROUNDINGS: Mutant[] = [
  {
    name: 'one retry more',
    rule: 'retries: as many as the limit says',
    file: `${DOMAIN}execution-births.ts`,
    old: "    trigger: 'schedule',\n    attempt: 1,\n    maxAttempts: task.definition.retry.limit + 1,",
    new: "    trigger: 'schedule',\n    attempt: 1,\n    maxAttempts: task.definition.retry.limit + 2,",
  },
  {
    name: 'one retry less',
    rule: 'retries: as many as the limit says',
    file: AFTER,
    old: 'if (run.attempt >= run.maxAttempts) return dead;',
    new: 'if (run.attempt >= run.maxAttempts - 1) return dead;',
  },
  {
    name: 'a revival without a fresh budget',
    rule: 'a retry by a person: attempts anew',
    file: `${DOMAIN}execution-admin.ts`,
    old: 'maxAttempts: seen.attempt + q.retryLimit + 1,',
    new: 'maxAttempts: seen.attempt + 1,',
  },
  {
    name: 'backoff a step too far',
    rule: 'backoff: base × 2ⁿ⁻¹',
    file: RETRIES,
    old: '2 ** (failedAttempt - 1)',
    new: '2 ** failedAttempt',
  },
  {
    name: 'backoff without its cap',
    rule: 'backoff: no longer than `maxSeconds`',
    file: RETRIES,
    old: 'return Math.min(maxSeconds, baseSeconds * 2 ** (failedAttempt - 1));',
    new: 'return baseSeconds * 2 ** (failedAttempt - 1);',
  },
  {
    name: 'a rule that retries once too often',
    rule: 'retry rules: as often as their own limit says',
    file: AFTER,
    old: 'if (nth > (rule.limit ?? Number.POSITIVE_INFINITY)) return dead;',
    new: 'if (nth > (rule.limit ?? Number.POSITIVE_INFINITY) + 1) return dead;',
  },
  {
    name: 'what is late runs all the same',
    rule: 'misfire `skip`: none that is late runs',
    file: MISFIRE,
    old: "if (late && misfire === 'skip') {",
    new: "if (late && nowMs < 0 && misfire === 'skip') {",
  },
  {
    name: 'fireOnce fires for each',
    rule: 'misfire `fireOnce`: one run for all that fell due',
    file: MISFIRE,
    old: "if (overlap === 'queue' || (late && misfire === 'fireOnce')) {",
    new: "if (overlap === 'queue') {",
  },
  {
    name: 'resumed without a word',
    rule: 'resume: what passed while it was paused is written down',
    file: `${USE_CASES}manage-tasks/steer-task.ts`,
    old: '    await accountForPause(deps, { state, definition }, timetable, nowMs);\n',
    new: '',
  },
  {
    name: 'generations begin anew',
    rule: 'a new life of a deleted task goes on counting generations',
    file: `${DOMAIN}task-transitions.ts`,
    old: 'generation: (q.over?.generation ?? 0) + 1,',
    new: 'generation: 1,',
  },
  {
    name: 'stopped a run late',
    rule: 'stop rules: at the limit',
    file: STOP,
    old: 'limit !== undefined && count >= limit',
    new: 'limit !== undefined && count > limit',
  },
  {
    name: 'failures in a row over successes',
    rule: 'stop rules: a success ends a row of failures',
    file: STOP,
    old: 'failures: success ? 0 : tally.failures + 1,',
    new: 'failures: success ? tally.failures : tally.failures + 1,',
  },
  {
    name: 'retries without slots',
    rule: 'caps: every attempt takes its slots first',
    file: FLOW,
    old: 'if (!hasCaps(task)) return work();',
    new: 'if (!hasCaps(task) || candidate.attempt > 1) return work();',
  },
  {
    name: 'slots are kept',
    rule: 'caps: the slots go back when the attempt is over',
    file: FLOW,
    old: 'for (const slot of held) await giveBackSlot(deps, { tenant: key.tenant, key: slot }, key, owner);',
    new: 'held.length = 0;',
  },
  {
    name: 'a backfill all at once',
    rule: 'backfills: so many at a time',
    file: `${USE_CASES}run-execution/take-over.ts`,
    old: "  if (await mustWaitInLine(deps, seen)) return done('waits for the run before it in its backfill');\n",
    new: '',
  },
  {
    name: 'a death in silence',
    rule: 'a death is told before its letter goes out',
    file: `${USE_CASES}dead-letter/send-letter.ts`,
    old: '    await announceDeath(deps, dead);\n',
    new: '',
  },
  {
    name: 'a deadline in silence',
    rule: 'deadlines: marked, told, and then taken away',
    file: `${USE_CASES}run-end/tell-late.ts`,
    old: '  if (late.deadline?.notify) await deps.events.publish(lateEvent(late, late.deadline.at));\n',
    new: '',
  },
  {
    name: 'a claim of our own is a rival’s',
    rule: 'W1: our own repeated request is told from a rival’s by the nonce',
    file: `${USE_CASES}run-execution/claim-occurrence.ts`,
    old: 'if (inserted.ok || inserted.existing?.owner === owner)',
    new: 'if (inserted.ok)',
  },
  {
    name: 'a request to stop is nobody’s',
    rule: 'FIN refused, asked to stop: `cancelled`',
    file: `${USE_CASES}run-execution/finish.ts`,
    old: 'existing?.cancelRequested ? stop(failure) : lost(existing)',
    new: 'lost(existing)',
  },
  {
    name: 'the cursor moves past what is due',
    rule: 'dispatch hints what lies in the window that it moved over',
    file: `${USE_CASES}dispatch-shard.ts`,
    old: 'const from = seen?.upto ?? nowMs - OVERDUE_MS;',
    new: 'const from = upto;',
  },
];
