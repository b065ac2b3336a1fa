import { describe, expect, it } from 'vitest';
import type { Change } from '../../../shared/domain/change.ts';
import type { Execution, ExecutionStatus } from '../../../shared/domain/execution.ts';
import {
  cancelledExecution,
  purgedLetter,
  revivedExecution,
} from '../../../shared/domain/execution-admin.ts';
import { expiredLease, failed, stopped } from '../../../shared/domain/execution-failures.ts';
import {
  endedWaiting,
  startedAttempt,
  succeeded,
  withdrawnClaim,
} from '../../../shared/domain/execution-transitions.ts';
import { claimedLetter, letterSent } from '../../../shared/domain/letter-transitions.ts';
import { scheduledOccurrence } from '../../../shared/domain/occurrence.ts';
import { makeMemoryWorld } from '../../support/memory-world.ts';

const NOW = Date.UTC(2026, 10, 21, 9);
const RETENTION_MS = 86_400_000;
const me = 'me';

/** A row as it really looks in each state. */
const rows: Record<ExecutionStatus, Partial<Execution>> = {
  queued: { attempt: 0, index: { set: 'open', shard: 0, at: NOW } },
  running: {
    attempt: 1,
    owner: me,
    startedAt: NOW,
    leaseUntil: NOW + 40_000,
    index: { set: 'open', shard: 0, at: NOW },
  },
  retrying: { attempt: 1, owner: me, nextAttemptAt: NOW + 10_000, index: { set: 'open', shard: 0, at: NOW } },
  success: { attempt: 1, owner: me, finishedAt: NOW, index: { set: 'ended', shard: 0, at: NOW } },
  dead: { attempt: 3, owner: me, letter: 'pending', diedAt: NOW, index: { set: 'open', shard: 0, at: NOW } },
  cancelled: { attempt: 1, finishedAt: NOW, index: { set: 'ended', shard: 0, at: NOW } },
  skipped: { attempt: 0, finishedAt: NOW, index: { set: 'ended', shard: 0, at: NOW } },
};
const row = (status: ExecutionStatus): Execution => ({
  tenant: 'root',
  taskId: 'job',
  occurrence: scheduledOccurrence(NOW),
  status,
  trigger: 'schedule',
  shard: 0,
  taskName: 'Job',
  handler: 'demo.echo',
  queue: 'default',
  tags: [],
  scheduledAt: NOW,
  maxAttempts: 3,
  epoch: 0,
  generation: 1,
  attempt: 0,
  ...rows[status],
});

const common = { owner: me, nowMs: NOW, retentionMs: RETENTION_MS, requestId: 'r' };
const failure = { cause: 'error', errorType: 'Error', errorMessage: 'boom', nonRetryable: false } as const;
const later = NOW + 10_000;
const waited = { status: 'cancelled', reason: 'taskChanged', nowMs: NOW, retentionMs: RETENTION_MS } as const;

/** Decided on a view of the row as it was when somebody acted on it in state `seen`. */
const events = {
  start: (seen) =>
    startedAttempt(seen, {
      owner: 'other',
      startedAt: NOW,
      leaseUntil: later,
      generation: 1,
      queue: 'default',
    }),
  succeed: (seen) => succeeded(seen, { ...common, result: {} }),
  failAndRetry: (seen) => failed(seen, { ...common, after: { failure, nextAttemptAt: later } }),
  giveUp: (seen) => failed(seen, { ...common, after: { failure, nextAttemptAt: undefined } }),
  stop: (seen) => stopped(seen, { ...common, failure }),
  leaseEnds: (seen) =>
    expiredLease(seen, { nowMs: NOW, retentionMs: RETENTION_MS, after: { failure, nextAttemptAt: later } }),
  withdraw: (seen) => withdrawnClaim(seen, me, { ...waited, status: 'skipped' }),
  endWaiting: (seen) => endedWaiting(seen, waited),
  cancel: (seen) => {
    const decision = cancelledExecution(seen, NOW, RETENTION_MS);
    return decision.kind === 'refused' ? 'refused' : decision.change;
  },
  retry: (seen) => revivedExecution(seen, { retryLimit: 2, generation: 1, queue: 'default', nowMs: NOW }),
  letterOut: letterSent,
  claimLetter: (seen) => claimedLetter(seen, NOW),
  purge: purgedLetter,
} satisfies Record<string, (seen: Execution) => Change<Execution> | 'refused'>;
type Event = keyof typeof events;

/** What each event makes of each state, when it acts on a true view; `-` = refused. */
const TABLE: Record<ExecutionStatus, Partial<Record<Event, ExecutionStatus>>> = {
  queued: { start: 'running', endWaiting: 'cancelled', cancel: 'cancelled' },
  running: {
    succeed: 'success',
    failAndRetry: 'retrying',
    giveUp: 'dead',
    leaseEnds: 'retrying',
    withdraw: 'skipped',
    cancel: 'running',
  },
  retrying: { start: 'running', endWaiting: 'cancelled', cancel: 'cancelled' },
  success: {},
  dead: { retry: 'queued', letterOut: 'dead', claimLetter: 'dead', purge: 'dead' },
  cancelled: { retry: 'queued' },
  skipped: { retry: 'queued' },
};
/** What an executor decides only for rows in these states; elsewhere its view must be older than the row. */
const VIEW: Partial<Record<Event, ExecutionStatus>> = { start: 'queued', endWaiting: 'queued' };

const apply = async (
  actual: Execution,
  change: Change<Execution> | 'refused',
): Promise<ExecutionStatus | undefined> => {
  if (change === 'refused') return undefined;
  const w = makeMemoryWorld();
  await w.executions.insert(actual);
  const outcome = await w.executions.update(actual, change);
  return outcome.ok ? outcome.record.status : undefined;
};

describe.each(Object.keys(TABLE) as ExecutionStatus[])('a run that is %s', (status) => {
  it.each(Object.keys(events) as Event[])('%s', async (event) => {
    const actual = row(status);
    const trueView = TABLE[status][event] !== undefined ? status : (VIEW[event] ?? status);
    const seen = { ...row(trueView) };
    expect(await apply(actual, events[event](seen))).toBe(TABLE[status][event]);
  });
});

describe('a stale or foreign hand', () => {
  it.each(['succeed', 'failAndRetry', 'giveUp', 'stop'] as const)(
    '%s of an earlier attempt changes nothing',
    async (event) => {
      const actual: Execution = { ...row('running'), attempt: 2 };
      expect(await apply(actual, events[event](row('running')))).toBeUndefined();
    },
  );

  it.each(['succeed', 'failAndRetry', 'giveUp'] as const)(
    '%s by another owner changes nothing',
    async (event) => {
      const actual: Execution = { ...row('running'), owner: 'another' };
      expect(await apply(actual, events[event](row('running')))).toBeUndefined();
    },
  );

  it('a lease that was renewed since is not ended', async () => {
    const actual: Execution = { ...row('running'), leaseUntil: later };
    expect(await apply(actual, events.leaseEnds(row('running')))).toBeUndefined();
  });

  it('a start beyond the last attempt is refused', async () => {
    const spent: Execution = { ...row('retrying'), attempt: 3 };
    expect(await apply(spent, events.start(spent))).toBeUndefined();
  });

  it('a failure does not overwrite a request to stop; stopping then ends it', async () => {
    const asked: Execution = { ...row('running'), cancelRequested: true };
    expect(await apply(asked, events.failAndRetry(row('running')))).toBeUndefined();
    expect(await apply(asked, events.stop(row('running')))).toBe('cancelled');
    expect(await apply(asked, events.succeed(row('running')))).toBe('success');
    expect(await apply(asked, events.leaseEnds(asked))).toBe('cancelled');
  });

  it('a letter of an earlier death is neither marked nor revived from', async () => {
    const again: Execution = { ...row('dead'), epoch: 1 };
    expect(await apply(again, letterSent(row('dead')))).toBeUndefined();
    expect(
      revivedExecution(again, { retryLimit: 1, generation: 1, queue: 'default', nowMs: NOW, epoch: 0 }),
    ).toBe('refused');
  });
});

it('a revived run has a fresh set of attempts and nothing of its death', () => {
  const change = revivedExecution(row('dead'), {
    retryLimit: 2,
    generation: 4,
    queue: 'default',
    nowMs: NOW,
  });
  expect(change).toMatchObject({ set: { status: 'queued', epoch: 1, maxAttempts: 6, generation: 4 } });
  expect(change).toMatchObject({
    remove: expect.arrayContaining(['letter', 'cancelRequested', 'reason', 'ttl']),
  });
});
