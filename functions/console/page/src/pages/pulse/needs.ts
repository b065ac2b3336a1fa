import type {
  DeadLetterGroup,
  Execution,
  Health,
  Queue,
  Task,
} from '../../../../../../shared/client/client.ts';
import { durationText } from '../../parts/instant-text.ts';
import type { Place } from '../../parts/place-link.tsx';

/** Something that will not come right by itself: a sentence, and where it is put right. */
export interface Need {
  key: string;
  /** Broken now, or soon. */
  level: 'broken' | 'warning';
  sentence: string;
  /** Of the link: what one does there. */
  verb: string;
  place: Place;
  /** Whom it concerns. */
  tasks?: readonly { id: string; name: string }[];
}

/** Whatever is known; what has not come yet says nothing. */
export interface Known {
  health?: Health | undefined;
  /** undefined: none that this person may see. */
  canary?: readonly Task[] | undefined;
  queues?: readonly Queue[] | undefined;
  deaths?: readonly DeadLetterGroup[] | undefined;
  failing?: readonly { task: Task; failures: number; last: string }[] | undefined;
  disabled?: readonly Task[] | undefined;
  runs?: readonly Execution[] | undefined;
  /** Of what `failing` counts: `24 hours`. */
  rangeName: string;
  nowMs: number;
}

/** The tick comes once a minute, and one may be lost without harm. */
const TICK_SILENT_MS = 150_000;
/** The canary's tasks prove each minute, in turn, that what is due runs. */
const CANARY_SILENT_MS = 5 * 60_000;
/** A run that is due waits for a worker no longer than this while all is well. */
export const WAITS_TOO_LONG_MS = 60_000;
const LATE_SHOWN = 5;
const MESSAGE_CHARS = 120;
const TASKS_NAMED = 3;

export const needsOf = (known: Known): Need[] => [
  ...clockNeeds(known),
  ...queueNeeds(known),
  ...deathNeeds(known),
  ...failingNeeds(known, toldOf(known)),
  ...disabledNeeds(known),
  ...lateNeeds(known),
];

export function clockNeeds({
  health,
  canary = [],
  nowMs,
}: Pick<Known, 'health' | 'canary' | 'nowMs'>): Need[] {
  const needs: Need[] = [];
  const lagMs = health?.tick.lagMs;
  if (health && (lagMs === null || lagMs === undefined || lagMs > TICK_SILENT_MS))
    needs.push({
      key: 'tick',
      level: 'broken',
      sentence:
        typeof lagMs === 'number'
          ? `The scheduler's clock has not ticked for ${durationText(lagMs)}: nothing new comes due.`
          : 'The scheduler’s clock has not ticked yet: nothing comes due before it does.',
      verb: 'Look at the deployment',
      place: { to: '/settings' },
    });
  const isPaused = canary.length > 0 && canary.every(({ status }) => status === 'paused');
  const provedMs = provedAt(canary);
  const task = canary[0];
  if (task && !isPaused && provedMs !== undefined && nowMs - provedMs > CANARY_SILENT_MS)
    needs.push({
      key: 'canary',
      level: 'broken',
      sentence: `The canary last ran ${durationText(nowMs - provedMs)} ago: what is due may not be running.`,
      verb: 'See why it waits',
      place: { to: `/tasks/${task.id}` },
    });
  return needs;
}

/** When the canary last proved that what is due runs; undefined: not yet. */
export function provedAt(canary: readonly Task[]): number | undefined {
  const ends = canary.flatMap(({ lastRun }) =>
    lastRun?.status === 'success' && lastRun.finishedAt ? Date.parse(lastRun.finishedAt) : [],
  );
  return ends.length === 0 ? undefined : Math.max(...ends);
}

const queueNeeds = ({ queues = [] }: Known): Need[] =>
  queues
    .filter(({ paused }) => paused)
    .map(({ name, oldestAgeSeconds }) => ({
      key: `queue ${name}`,
      level: 'warning' as const,
      sentence: `The queue ${name} is paused: nothing of it begins${
        oldestAgeSeconds === null
          ? ''
          : `, and its oldest run has waited for ${durationText(oldestAgeSeconds * 1000)}`
      }.`,
      verb: 'Resume it',
      place: { to: '/queues' },
    }));

function deathNeeds({ deaths = [], failing = [] }: Known): Need[] {
  // A group knows the name of one of its tasks; those that still fail are known besides.
  const names = new Map(failing.map(({ task: { id, name } }) => [id, name]));
  return deaths.map(({ fingerprint, queue, count, atLeast, tasks, taskIds, sample }) => {
    const whose = tasks === 1 ? (sample?.taskName ?? 'one task') : `${tasks} tasks`;
    const message = sample?.errorMessage ? shortened(sample.errorMessage) : 'the same error';
    return {
      key: `dead ${queue} ${fingerprint}`,
      level: 'broken' as const,
      sentence: `${counted(count, 'dead letter', atLeast)} of ${whose} in ${queue}: ${message}`,
      verb: 'Redrive or resolve',
      place: { to: `/dead-letters/${queue}/${fingerprint}` },
      tasks: taskIds
        .slice(0, TASKS_NAMED)
        .map((id) => ({ id, name: id === sample?.taskId ? sample.taskName : (names.get(id) ?? id) })),
    };
  });
}

/** Tasks that a group of dead letters names already. */
const toldOf = ({ deaths = [] }: Known): ReadonlySet<string> =>
  new Set(deaths.flatMap(({ taskIds }) => taskIds.slice(0, TASKS_NAMED)));

const failingNeeds = ({ failing = [], rangeName }: Known, told: ReadonlySet<string>): Need[] =>
  failing
    .filter(({ task }) => !told.has(task.id))
    .map(({ task, failures, last }) => ({
      key: `failing ${task.id}`,
      level: last === 'dead' ? ('broken' as const) : ('warning' as const),
      sentence: `${task.name} fails: ${counted(failures, 'failed attempt')} in the last ${rangeName}, and its last run is ${last}.`,
      verb: 'See what is wrong',
      place: { to: `/tasks/${task.id}` },
    }));

const disabledNeeds = ({ disabled = [] }: Known): Need[] =>
  disabled.map(({ id, name, stopped }) => ({
    key: `disabled ${id}`,
    level: 'warning' as const,
    sentence: `${name} has no next run: it was disabled${stopped ? ` by its stop rule ${stopped.by}` : ''}.`,
    verb: 'Put it right and resume',
    place: { to: `/tasks/${id}` },
  }));

function lateNeeds({ runs = [], nowMs }: Known): Need[] {
  const late = runs.filter((run) => isLate(run, nowMs));
  const shown = late.slice(0, LATE_SHOWN).map((run) => ({
    key: `late ${run.id}`,
    level: 'warning' as const,
    sentence:
      run.status === 'running'
        ? `${run.taskName} is still running after its deadline, which was ${durationText(
            nowMs - Date.parse(run.lateSince ?? run.scheduledAt),
          )} ago.`
        : `${run.taskName} was due ${durationText(nowMs - dueAt(run))} ago and still waits in ${run.queue}.`,
    verb: 'See why',
    place: { to: `/runs/${encodeURIComponent(run.id)}` },
  }));
  if (late.length <= LATE_SHOWN) return shown;
  const rest = {
    key: 'late others',
    level: 'warning' as const,
    sentence: `${late.length - LATE_SHOWN} other runs are late as well.`,
    verb: 'List what waits',
    place: { to: '/runs', search: { status: 'queued,retrying,running' } },
  };
  return [...shown, rest];
}

const dueAt = ({ nextAttemptAt, scheduledAt }: Execution): number => Date.parse(nextAttemptAt ?? scheduledAt);

export const isDue = (run: Execution, nowMs: number): boolean =>
  run.status !== 'running' && dueAt(run) <= nowMs;

/** After its deadline, or due for a while and not begun; runs of a backfill take their turns. */
export const isLate = (run: Execution, nowMs: number): boolean =>
  (run.lateSince !== null && Date.parse(run.lateSince) <= nowMs) ||
  (run.status !== 'running' && run.trigger !== 'backfill' && nowMs - dueAt(run) > WAITS_TOO_LONG_MS);

const counted = (count: number, what: string, atLeast = false): string =>
  `${atLeast ? 'At least ' : ''}${count.toLocaleString()} ${what}${count === 1 ? '' : 's'}`;

const shortened = (text: string): string =>
  text.length > MESSAGE_CHARS ? `${text.slice(0, MESSAGE_CHARS)}…` : text;
