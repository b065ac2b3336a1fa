import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { timetableOf } from '../../../shared/domain/calendar.ts';
import type { Execution } from '../../../shared/domain/execution.ts';
import { manualOccurrence, scheduledOccurrence } from '../../../shared/domain/occurrence.ts';
import { inForce } from '../../../shared/domain/queue-settings.ts';
import type { Schedule } from '../../../shared/domain/schedule.ts';
import type { TaskDefinition, TaskState } from '../../../shared/domain/task.ts';
import { TENANT_SEMAPHORE } from '../../../shared/domain/tenant.ts';
import { toIso } from '../../../shared/domain/time.ts';
import { span, zoneOf } from '../../../shared/domain/why.ts';
import { whyRun } from '../../../shared/domain/why-run.ts';
import { RUN_GATES, type RunFacts, type WaitingFacts } from '../../../shared/domain/why-run-facts.ts';
import type { StartFacts } from '../../../shared/domain/why-start.ts';
import { type DueFacts, TASK_GATES, type TaskFacts, whyTask } from '../../../shared/domain/why-task.ts';
import { aDefinition, aRun, aTask, T0 } from '../../contracts/samples.ts';

const ULID = '01M7Z1F0WX2B8Y46MY1X16ZTRQ';
const settings = inForce({ priority: 5, workers: 4, timeoutSeconds: 60, retry: aDefinition().retry });
const PARIS: Schedule = {
  kind: 'cron',
  expressions: ['0 9 * * *'],
  timezone: 'Europe/Paris',
  jitterSeconds: 0,
  jitterOffsetMs: 0,
};

const start = (over: Partial<StartFacts> = {}): StartFacts => ({
  nowMs: T0,
  zone: 'Europe/Paris',
  dueAt: T0 - 12_000,
  queue: { name: 'default', settings, waitingMessages: 0 },
  caps: [],
  rates: [],
  ...over,
});

function taskFacts(
  over: { state?: Partial<TaskState>; definition?: Partial<TaskDefinition>; due?: Partial<DueFacts> } = {},
): TaskFacts {
  const task = aTask({ state: over.state ?? {}, definition: { schedule: PARIS, ...over.definition } });
  const due = over.due && { start: start(), tickAt: T0 - 20_000, ...over.due };
  return { nowMs: T0, task, timetable: timetableOf(task.definition.schedule, []), due };
}
const DUE = { nextRunAt: T0 - 12_000 };

describe('why a task does not run', () => {
  it('paused: by whom, since when, what for', () => {
    const paused = { by: 'token:ada', at: T0 - 60_000, reason: 'the\nledger is closed' };
    const facts = taskFacts({ state: { status: 'paused', paused, pausedFrom: T0 + 5 } });
    expect(whyTask(facts)).toMatchObject({
      gate: 'paused',
      sentence:
        'Paused by token:ada since 2026-11-21 09:59:00 (Europe/Paris) (the ledger is closed): nothing comes due until somebody resumes it.',
      since: T0 - 60_000,
      facts: { pausedBy: 'token:ada', pausedAt: toIso(T0 - 60_000), waitedFor: toIso(T0 + 5) },
    });
  });

  it('paused before it was written down who did so', () => {
    expect(whyTask(taskFacts({ state: { status: 'paused' } })).sentence).toBe(
      'Paused: nothing comes due until somebody resumes it.',
    );
  });

  it.each([
    ['disabled', 'afterConsecutiveFailures', 'until somebody resumes it'],
    ['completed', 'afterRuns', 'another schedule'],
  ] as const)('%s: by which stop rule and run', (status, by, then) => {
    const stopped = { by, at: T0, run: scheduledOccurrence(T0 - 1) };
    const why = whyTask(taskFacts({ state: { status, stopped } }));
    expect(why).toMatchObject({ gate: status, since: T0, facts: { stopRule: by } });
    for (const part of [by, 'nightly~', '10:00:00 (Europe/Paris)', then])
      expect(why.sentence).toContain(part);
  });

  it.each<[string, Schedule, string]>([
    ['afterEnd', { ...PARIS, endAt: T0 }, 'the end of its window at 2026-11-21 10:00:00'],
    ['noOccurrenceLeft', { kind: 'once', at: T0 }, 'It was due once, at 2026-11-21 09:00:00 (UTC)'],
    ['noOccurrenceLeft', PARIS, 'no occurrence left'],
  ])('%s: nothing is left', (gate, schedule, words) => {
    const why = whyTask(taskFacts({ state: { status: 'completed' }, definition: { schedule } }));
    expect(why.gate).toBe(gate);
    expect(why.sentence).toContain(words);
  });

  it('before its window begins', () => {
    const schedule = { ...PARIS, startAt: T0 + 86_400_000 };
    const why = whyTask(taskFacts({ definition: { schedule }, state: { nextRunAt: T0 + 82_800_000 * 2 } }));
    expect(why).toMatchObject({ gate: 'beforeStart', facts: { startAt: toIso(schedule.startAt) } });
  });

  it('not due yet: when, in its zone, and how much of it is jitter', () => {
    expect(whyTask(taskFacts({ state: { nextRunAt: T0 + 82_800_000 } }))).toMatchObject({
      gate: 'notDue',
      sentence: 'Not due yet: its next run is at 2026-11-22 09:00:00 (Europe/Paris), in 23 hours.',
      until: T0 + 82_800_000,
      facts: { nextRunAt: toIso(T0 + 82_800_000), timezone: 'Europe/Paris' },
    });
    const schedule = { ...PARIS, jitterSeconds: 120, jitterOffsetMs: 90_000 };
    const late = whyTask(taskFacts({ definition: { schedule }, state: { nextRunAt: T0 + 82_890_000 } }));
    expect(late.sentence).toMatch(/09:01:30 .*, 1 minute 30 seconds of jitter included\.$/);
    expect(late.facts).toMatchObject({ jitterMs: 90_000, scheduledFor: toIso(T0 + 82_800_000) });
  });

  const CLOSED = { id: 'holidays', excludes: (day: number) => day === Math.floor(T0 / 86_400_000) + 1 };
  it.each(['skip', 'shift'] as const)('a calendar moves its next run: %s', (mode) => {
    const facts = taskFacts({ state: { nextRunAt: T0 + 82_800_000 + 86_400_000 } });
    const why = whyTask({ ...facts, timetable: { ...PARIS, calendars: [{ ...CLOSED, mode }] } });
    expect(why).toMatchObject({
      gate: 'calendar',
      facts: { calendars: ['holidays'], scheduledFor: toIso(T0 + 82_800_000) },
    });
    expect(why.sentence).toContain('calendar holidays closes that day');
  });

  it('a calendar that moves nothing is no gate', () => {
    const facts = taskFacts({ state: { nextRunAt: T0 + 82_800_000 } });
    const calendars = [{ id: 'quiet', mode: 'skip' as const, excludes: () => false }];
    expect(whyTask({ ...facts, timetable: { ...PARIS, calendars } }).gate).toBe('notDue');
  });

  it.each<[string, Parameters<typeof taskFacts>[0], RegExp]>([
    ['claimed', { due: { claimed: aRun({ status: 'running' }) } }, /nightly~\d+, .* is running/],
    ['queueGone', { due: { start: start({ queue: { name: 'old', waitingMessages: 0 } }) } }, /no queue old/],
    [
      'queuePaused',
      {
        due: {
          start: start({
            queue: { name: 'default', settings: { ...settings, paused: true }, waitingMessages: 3 },
          }),
        },
      },
      /queue default is paused/,
    ],
    [
      'misfire',
      {
        definition: { misfire: 'skip' },
        state: { nextRunAt: T0 - 400_000 },
        due: { start: start({ dueAt: T0 - 400_000 }) },
      },
      /late by 6 minutes 40 seconds, more than its grace of 5 minutes/,
    ],
    [
      'overlap',
      { definition: { overlap: 'queue' }, due: { live: aRun() } },
      /nightly~\d+ is still running: with overlap queue it waits/,
    ],
    [
      'overlap',
      { due: { live: aRun({ status: 'retrying' }) } },
      /overlap forbid this occurrence will be skipped/,
    ],
    [
      'concurrency',
      { due: { start: start({ caps: [{ key: 'crm', limit: 2, heldBy: ['a~1', 'b~2'] }] }) } },
      /key crm: 2 of 2 slots are held, by a~1, b~2/,
    ],
    [
      'tenantConcurrency',
      { due: { start: start({ caps: [{ key: TENANT_SEMAPHORE, limit: 1, heldBy: ['a~1'] }] }) } },
      /tenant .* 1 of 1/,
    ],
    [
      'rateLimit',
      { due: { start: start({ rates: [{ key: 'api', limit: 10, perSeconds: 60, nextAt: T0 + 30_000 }] }) } },
      /10 runs start in 1 minute: its turn is at 2026-11-21 10:00:30 \(Europe\/Paris\), in 30 seconds/,
    ],
    ['clock', { due: { tickAt: T0 - 600_000 } }, /last ticked 10 minutes ago/],
    ['clock', { due: { tickAt: undefined } }, /has never ticked/],
    [
      'backlog',
      { due: { start: start({ queue: { name: 'default', settings, waitingMessages: 7 } }) } },
      /12 seconds ago: about 7 messages wait in queue default for its 4 workers/,
    ],
    ['dispatched', { due: {} }, /12 seconds ago: queue default has it/],
  ])('%s: due, and held', (gate, over, sentence) => {
    const why = whyTask(taskFacts({ state: DUE, ...over }));
    expect(why.gate).toBe(gate);
    expect(why.sentence).toMatch(sentence);
    expect(why.since).toBeDefined();
  });

  it('a slot that is free and a rate that has room hold nothing', () => {
    const free = start({
      caps: [{ key: 'crm', limit: 2, heldBy: ['a~1'] }],
      rates: [{ key: 'api', limit: 1, perSeconds: 60, nextAt: T0 }],
    });
    expect(whyTask(taskFacts({ state: DUE, due: { start: free } })).gate).toBe('dispatched');
  });
});

function runFacts(
  run: Partial<Execution>,
  over: Partial<RunFacts> & { wait?: Partial<WaitingFacts> } = {},
): RunFacts {
  const { wait, ...rest } = over;
  return {
    nowMs: T0,
    zone: 'Europe/Paris',
    run: aRun(run),
    task: aTask(),
    waiting: { start: start(), ...wait },
    ...rest,
  };
}
const MANUAL: Partial<Execution> = {
  occurrence: manualOccurrence(T0 - 12_000, ULID),
  status: 'queued',
  trigger: 'manual',
  attempt: 0,
  scheduledAt: T0 - 12_000,
  index: { set: 'open', shard: 0, at: T0 },
};
const FAILED = { attempt: 2, status: 'failed' as const, startedAt: T0 - 9, finishedAt: T0 - 5 };
const RETRYING: Partial<Execution> = {
  status: 'retrying',
  attempt: 2,
  nextAttemptAt: T0 + 10_000,
  errorType: 'HttpError',
  errorMessage: '503',
  attempts: [FAILED],
};

describe('why a run is where it is', () => {
  it.each<[string, RunFacts, RegExp]>([
    [
      'delayed',
      runFacts({ ...MANUAL, scheduledAt: T0 + 60_000, index: { set: 'open', shard: 0, at: T0 + 120_000 } }),
      /starts at 2026-11-21 10:01:00 \(Europe\/Paris\), in 1 minute/,
    ],
    [
      'backoff',
      runFacts(RETRYING),
      /^Attempt 2 of 6 failed with HttpError: 503: the next one starts at .*, in 10 seconds/,
    ],
    [
      'snoozed',
      runFacts({ ...RETRYING, attempts: [], snoozes: 1, snoozeReason: 'not ready' }),
      /\(not ready\): attempt 3 of 6/,
    ],
    ['taskGone', runFacts(MANUAL, { task: undefined }), /deleted: it will be cancelled/],
    ['taskChanged', runFacts({ ...RETRYING, generation: 0 }), /changed or paused since/],
    ['taskChanged', runFacts(RETRYING, { task: aTask({ state: { status: 'disabled' } }) }), /disabled since/],
    ['backfillLine', runFacts(MANUAL, { wait: { ahead: aRun() } }), /before it in its backfill, nightly~/],
    [
      'queueGone',
      runFacts(MANUAL, { wait: { start: start({ queue: { name: 'old', waitingMessages: 0 } }) } }),
      /no queue old/,
    ],
    [
      'overlap',
      runFacts(MANUAL, { wait: { live: aRun() } }),
      /end of run nightly~\d+, which is running, until 2026-11-21 10:59:48/,
    ],
    ['dispatched', runFacts(MANUAL), /queue default has it/],
    ['running', runFacts({}), /^Attempt 1 of 6 began at .* and has until 2026-11-21 10:01:10/],
    [
      'stopping',
      runFacts({ cancelRequested: true, cancelAsked: { by: 'token:ada', at: T0 } }),
      /asked to stop by token:ada at/,
    ],
    ['handedOff', runFacts({ pendingSeconds: 600 }), /handed off: .* each heartbeat gives 10 minutes more/],
    ['leaseOver', runFacts({ leaseUntil: T0 - 30_000 }), /over for 30 seconds: it counts as crashed/],
    [
      'dead',
      runFacts({
        status: 'dead',
        reason: 'exhausted',
        attempt: 6,
        finishedAt: T0,
        letter: 'sent',
        errorType: 'E',
        errorMessage: 'x',
      }),
      /^Dead at .* \(exhausted\): attempt 6 of 6 failed with E: x; its letter lies among the dead letters of queue default; a retry/,
    ],
    [
      'cancelled',
      runFacts({
        status: 'cancelled',
        reason: 'requested',
        finishedAt: T0,
        cancelAsked: { by: 'token:ada', at: T0 },
      }),
      /asked for by token:ada/,
    ],
    [
      'cancelled',
      runFacts({ status: 'cancelled', reason: 'taskDeleted', finishedAt: T0 }),
      /task was deleted/,
    ],
    [
      'skipped',
      runFacts({ status: 'skipped', reason: 'overlap', finishedAt: T0, collidedWith: 'nightly~1' }),
      /run nightly~1 of its task still lived/,
    ],
    [
      'skipped',
      runFacts({ status: 'skipped', reason: 'misfire', finishedAt: T0 + 720_000, missed: 3 }),
      /came up 12 minutes after .* grace of 5 minutes, and it stands for 3 occurrences/,
    ],
    ['skipped', runFacts({ status: 'skipped', reason: 'paused', finishedAt: T0 }), /was paused/],
    [
      'success',
      runFacts({ status: 'success', finishedAt: T0 + 3_040 }),
      /in attempt 1 of 6, which took 3 seconds/,
    ],
  ])('%s', (gate, facts, sentence) => {
    const why = whyRun(facts);
    expect(why.gate).toBe(gate);
    expect(why.sentence).toMatch(sentence);
  });

  it('a retry that a person asked for is due since he did', () => {
    const revived = {
      ...MANUAL,
      epoch: 1,
      scheduledAt: T0 - 86_400_000,
      index: { set: 'open', shard: 0, at: T0 + 60_000 },
    } as const;
    expect(whyRun(runFacts(revived)).gate).toBe('dispatched');
  });
});

describe('spans', () => {
  it.each([
    [0, '0 seconds'],
    [-5, '0 seconds'],
    [1_000, '1 second'],
    [90_000, '1 minute 30 seconds'],
    [3_600_000, '1 hour'],
    [90_061_000, '1 day 1 hour'],
  ])('%i ms: %s', (ms, words) => expect(span(ms)).toBe(words));
});

const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const near = fc.integer({ min: T0 - 1e9, max: T0 + 1e9 });
const anyStart: fc.Arbitrary<StartFacts> = fc.record({
  nowMs: fc.constant(T0),
  zone: fc.constantFrom('UTC', 'Europe/Paris', 'Pacific/Chatham'),
  dueAt: near,
  queue: fc.record({
    name: fc.constantFrom('default', 'low'),
    settings: maybe(fc.boolean().map((paused) => ({ ...settings, paused }))),
    waitingMessages: fc.nat(9),
  }),
  caps: fc.array(
    fc.record({
      key: fc.constantFrom('a', TENANT_SEMAPHORE),
      limit: fc.integer({ min: 1, max: 3 }),
      heldBy: fc.array(fc.constantFrom('x~1', 'y~2'), { maxLength: 14 }),
    }),
    { maxLength: 2 },
  ),
  rates: fc.array(
    fc.record({ key: fc.constant('r'), limit: fc.constant(1), perSeconds: fc.constant(60), nextAt: near }),
    { maxLength: 2 },
  ),
});
const anyRun = fc
  .record({
    status: fc.constantFrom('queued', 'running', 'retrying', 'success', 'dead', 'cancelled', 'skipped'),
    reason: maybe(
      fc.constantFrom(
        'exhausted',
        'overlap',
        'misfire',
        'calendar',
        'paused',
        'waitedTooLong',
        'taskChanged',
        'taskDeleted',
        'requested',
      ),
    ),
    trigger: fc.constantFrom('schedule', 'manual', 'backfill'),
    attempt: fc.nat(3),
    epoch: fc.nat(1),
    generation: fc.nat(2),
    finishedAt: maybe(near),
    startedAt: maybe(near),
    leaseUntil: maybe(near),
    nextAttemptAt: maybe(near),
    pendingSeconds: maybe(fc.nat(900)),
    cancelRequested: maybe(fc.constant(true)),
    cancelAsked: maybe(fc.constant({ by: 'token:x', at: T0 })),
    snoozeReason: maybe(fc.string()),
    errorType: maybe(fc.constant('E')),
    errorMessage: maybe(fc.string()),
    letter: maybe(fc.constantFrom('pending', 'sent', 'purged')),
    collidedWith: maybe(fc.constant('nightly~1')),
    missed: maybe(fc.nat(5)),
    occurrence: fc.constantFrom(scheduledOccurrence(T0), manualOccurrence(T0, ULID)),
  })
  .map((fields) => Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)))
  .map((fields) => aRun(fields as Partial<Execution>));
const anySchedule: fc.Arbitrary<Schedule> = fc.oneof(
  fc.constant<Schedule>(PARIS),
  maybe(near).map((endAt): Schedule => ({ ...PARIS, ...(endAt === undefined ? {} : { endAt }) })),
  near.map((startAt): Schedule => ({ kind: 'interval', seconds: 60, startAt })),
  near.map((at): Schedule => ({ kind: 'once', at })),
);
const anyTask = fc
  .record({
    status: fc.constantFrom('active', 'paused', 'disabled', 'completed'),
    nextRunAt: maybe(near),
    generation: fc.nat(2),
    schedule: anySchedule,
    overlap: fc.constantFrom('forbid', 'queue', 'allow'),
    misfire: fc.constantFrom('fireOnce', 'skip'),
    paused: maybe(fc.constant({ by: 'token:x', at: T0 })),
    stopped: maybe(fc.constant({ by: 'when' as const, at: T0, run: scheduledOccurrence(T0) })),
  })
  .map(({ status, nextRunAt, generation, paused, stopped, ...definition }) => {
    const task = aTask({
      state: { status, generation, ...(paused && { paused }), ...(stopped && { stopped }) },
      definition,
    });
    const { nextRunAt: _none, ...state } = task.state;
    return { ...task, state: nextRunAt === undefined ? state : { ...state, nextRunAt } };
  });

/** What every answer keeps, whatever is the case. */
function expectSound({
  sentence,
  facts,
  since,
  until,
}: ReturnType<typeof whyTask> | ReturnType<typeof whyRun>): void {
  expect(sentence).toMatch(/^[A-Z][^\n]*\.$/);
  expect(sentence).not.toMatch(/undefined|NaN|Invalid/);
  const values = Object.values(facts);
  for (const instant of [since, until]) {
    if (instant === undefined) continue;
    expect(Number.isFinite(instant)).toBe(true);
    // An instant that is told is one of the facts as well.
    expect(values).toContain(toIso(instant));
  }
  // The sentence names what it is about: at least one fact, unless there is nothing to tell but the gate.
  expect(
    values.filter((value) => value !== undefined).length > 0 ||
      /^(Paused|Disabled|Completed|Its schedule)/.test(sentence),
  ).toBe(true);
}

describe('whatever is the case', () => {
  it('a task has exactly one gate, a sentence, and the facts that it names', () => {
    const facts = fc.record({
      task: anyTask,
      due: maybe(
        fc.record({ start: anyStart, claimed: maybe(anyRun), live: maybe(anyRun), tickAt: maybe(near) }),
      ),
    });
    fc.assert(
      fc.property(facts, ({ task, due }) => {
        const timetable = timetableOf(task.definition.schedule, []);
        const why = whyTask({ nowMs: T0, task, timetable, due });
        expect(TASK_GATES).toContain(why.gate);
        expectSound(why);
      }),
    );
  });

  it('a run has exactly one gate, a sentence, and the facts that it names', () => {
    const waiting = fc.record({ start: anyStart, live: maybe(anyRun), ahead: maybe(anyRun) });
    fc.assert(
      fc.property(anyRun, maybe(anyTask), maybe(waiting), (run, task, wait) => {
        const zone = task ? zoneOf(task.definition.schedule) : 'UTC';
        const why = whyRun({ nowMs: T0, zone, run, task, waiting: wait });
        expect(RUN_GATES).toContain(why.gate);
        expectSound(why);
        const isOver = ['success', 'dead', 'cancelled', 'skipped'].includes(run.status);
        expect(why.gate === run.status).toBe(isOver || (run.status === 'running' && why.gate === 'running'));
      }),
    );
  });
});
