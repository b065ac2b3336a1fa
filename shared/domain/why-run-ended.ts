import type { EndReason, Execution } from './execution.ts';
import { SECOND_MS } from './time.ts';
import { iso, local, plural, span, type Why } from './why.ts';
import { byWhom, errorOf, type RunFacts, type RunGate } from './why-run-facts.ts';

/** How a run came to its end. */
export function whyEnded(facts: RunFacts): Why<RunGate> {
  const { run, zone } = facts;
  const { finishedAt, reason, attempt, maxAttempts } = run;
  const at = finishedAt === undefined ? '' : ` at ${local(finishedAt, zone)}`;
  const common = { reason, finishedAt: iso(finishedAt), attempt, maxAttempts };
  switch (run.status) {
    case 'dead':
      return dead(facts, at, common);
    case 'cancelled':
      return {
        gate: 'cancelled',
        sentence: `Cancelled${at}: ${cancelledBecause(run, zone)}.`,
        since: finishedAt,
        facts: { ...common, askedBy: run.cancelAsked?.by, askedAt: iso(run.cancelAsked?.at) },
      };
    case 'skipped':
      return {
        gate: 'skipped',
        sentence: `Skipped${at}: ${skippedBecause(facts)}.`,
        since: finishedAt,
        facts: {
          ...common,
          scheduledAt: iso(run.scheduledAt),
          collidedWith: run.collidedWith,
          missed: run.missed ?? 1,
        },
      };
    default: {
      const took = spent(run);
      return {
        gate: 'success',
        sentence: `Succeeded${at} in attempt ${attempt} of ${maxAttempts}${took === undefined ? '' : `, which took ${span(took)}`}.`,
        since: finishedAt,
        facts: { ...common, startedAt: iso(run.startedAt) },
      };
    }
  }
}

function dead({ run }: RunFacts, at: string, common: Why<RunGate>['facts']): Why<RunGate> {
  const { reason, attempt, maxAttempts, letter, queue } = run;
  const error = errorOf(run);
  const failed = error === undefined ? '' : ` with ${error}`;
  const letters = {
    pending: `its letter is on its way to the dead letters of queue ${queue}`,
    sent: `its letter lies among the dead letters of queue ${queue}`,
    purged: 'its letter was thrown away',
  };
  const letterWords = letter === undefined ? '' : `; ${letters[letter]}`;
  return {
    gate: 'dead',
    sentence: `Dead${at} (${reason ?? 'exhausted'}): attempt ${attempt} of ${maxAttempts} failed${failed}${letterWords}; a retry gives it fresh attempts.`,
    since: run.finishedAt,
    facts: {
      ...common,
      errorType: run.errorType,
      errorMessage: run.errorMessage,
      letter,
      queue,
      lateSince: iso(run.lateSince),
    },
  };
}

function cancelledBecause(run: Execution, zone: string): string {
  switch (run.reason) {
    case 'taskChanged':
      return 'its task was paused, changed or completed before it began';
    case 'taskDeleted':
      return 'its task was deleted before it began';
    default:
      return run.cancelAsked === undefined ? 'somebody asked for it' : `asked for${byWhom(run, zone)}`;
  }
}

function skippedBecause({ run, zone, task }: RunFacts): string {
  const due = `which was due at ${local(run.scheduledAt, zone)}`;
  const lateMs = (run.finishedAt ?? run.scheduledAt) - run.scheduledAt;
  const grace = task?.definition.misfireGraceSeconds;
  const more = (run.missed ?? 1) > 1 ? `, and it stands for ${plural(run.missed ?? 1, 'occurrence')}` : '';
  const other = run.collidedWith === undefined ? 'another run' : `run ${run.collidedWith}`;
  const because: Partial<Record<EndReason, string>> = {
    overlap: `${other} of its task still lived when it, ${due}, came up`,
    misfire: `it came up ${span(lateMs)} after it was due at ${local(run.scheduledAt, zone)}${grace === undefined ? '' : `, and its task has a grace of ${span(grace * SECOND_MS)}`}`,
    calendar: `a calendar of its task closes the day on which it was due, ${local(run.scheduledAt, zone)}`,
    paused: `its task was paused when it was due at ${local(run.scheduledAt, zone)}`,
    waitedTooLong: `it had waited too long for the end of ${other}`,
  };
  const words = run.reason === undefined ? undefined : because[run.reason];
  return `${words ?? `it, ${due}, was not to run`}${more}`;
}

function spent({ startedAt, finishedAt }: Execution): number | undefined {
  return startedAt === undefined || finishedAt === undefined ? undefined : finishedAt - startedAt;
}
