import { isCode } from '../../../shared/domain/errors.ts';
import { putCalendar } from '../../../shared/usecases/manage-calendars/change-calendar.ts';
import { abortBackfill, backfill } from '../../../shared/usecases/manage-runs/backfill.ts';
import { triggerRun } from '../../../shared/usecases/manage-runs/trigger-run.ts';
import { patchTask, replaceTask } from '../../../shared/usecases/manage-tasks/edit-task.ts';
import { deleteTask, pauseTask, resumeTask } from '../../../shared/usecases/manage-tasks/steer-task.ts';
import { count, flag, isEnded, must, text } from '../invariants/records.ts';
import type { Operation, OperationKind, PlannedTask } from '../workload.ts';
import { type ApiCall, T0 } from '../world.ts';
import { ADMIN, AGAIN_MS, type Deed, DONE, type Person } from './person.ts';

export function create(person: Person, task: PlannedTask): void {
  const what = `PUT ${task.id}`;
  person.insist(
    what,
    (deps) => replaceTask(deps, ADMIN, task.id, task.input, {}),
    (answer) => {
      if (answer.kind === 'refused' && isCode(answer.error, 'validation-failed'))
        // A link to a task that is not there yet, or an instant that has passed while it was said again.
        person.world.kernel.after(AGAIN_MS, () => createWithout(person, task));
      else if (answer.kind === 'done')
        must(
          person.task(task.id) !== undefined,
          DONE,
          () => `${what} was answered, and there is no such task`,
        );
    },
  );
}

/** The calendar that tasks may name, which leaves out this very day, or another. */
const putDays =
  (today: boolean): ApiCall<Awaited<ReturnType<typeof putCalendar>>> =>
  (deps) => {
    const dates = [today ? '2026-11-21' : '2026-12-25'];
    return putCalendar(deps, ADMIN, 'days', { name: 'Days', dates, ranges: [], weekdays: [] }, {});
  };

/** Says it until somebody answers. */
export const insistOnDays = (person: Person, today: boolean, answered = () => {}): void =>
  person.insist('PUT days', putDays(today), answered);

function createWithout(person: Person, task: PlannedTask): void {
  const { onSuccess: _1, onFailure: _2, onDead: _3, ...input } = task.input;
  if ('onSuccess' in task.input || 'onFailure' in task.input || 'onDead' in task.input)
    create(person, { ...task, input });
  // Its calendar is still on its way.
  else if (
    person.world.dynamo.read('K#root', 'days') === undefined &&
    JSON.stringify(input).includes('"days"')
  )
    create(person, task);
}

const wordsOf = ({ kind, task }: Operation): string => `${kind} ${task}`;

const patch =
  (patchOf: (choice: number) => Record<string, unknown>): Deed =>
  (person, operation) =>
    person.ask(
      wordsOf(operation),
      (deps) => patchTask(deps, ADMIN, operation.task, patchOf(operation.choice), {}),
      person.stands(operation.task),
    );

export const ON_TASKS = {
  editSchedule: patch((choice) => {
    const seconds = [20, 45, 60, 90, 120, 200][Math.floor(choice * 6)] ?? 60;
    // Later, earlier, or with the same instants and another end.
    const startAt = new Date(T0 + Math.floor(choice * 5) * 30_000).toISOString();
    return { schedule: { kind: 'interval', seconds, startAt } };
  }),
  editRules: patch((choice) => ({
    overlap: choice < 0.4 ? 'forbid' : choice < 0.7 ? 'queue' : 'allow',
    misfire: Math.floor(choice * 100) % 2 === 0 ? 'fireOnce' : 'skip',
  })),
  editPayload: patch((choice) => ({ payload: { n: choice } })),
  pause: (person, operation) =>
    person.ask(
      wordsOf(operation),
      (deps) => pauseTask(deps, ADMIN, operation.task, {}),
      person.stands(operation.task),
    ),
  resume: (person, operation) =>
    person.ask(
      wordsOf(operation),
      (deps) => resumeTask(deps, ADMIN, operation.task, {}),
      person.stands(operation.task),
    ),
  delete: (person, operation) =>
    person.ask(wordsOf(operation), (deps) => deleteTask(deps, ADMIN, operation.task, {})),
  recreate: (person, { task }) => {
    const planned = person.planned.get(task);
    if (planned) create(person, planned);
  },
  trigger: (person, operation) => {
    const { task, choice } = operation;
    const input = choice < 0.3 ? { delaySeconds: Math.floor(choice * 200) } : {};
    person.ask(
      wordsOf(operation),
      (deps) => triggerRun(deps, ADMIN, task, input, undefined),
      ({ run }) =>
        must(person.run(run) !== undefined, DONE, () => `${task} was triggered, and there is no run`),
    );
  },
  backfill: (person, operation) => {
    const { task, choice } = operation;
    const [from = '', to = ''] = [T0 - 600_000, T0 + Math.floor(choice * 4) * 60_000].map((ms) =>
      new Date(ms).toISOString(),
    );
    const input = { from, to, limit: 100, concurrency: 1 + Math.floor(choice * 3), dryRun: false };
    person.ask(
      wordsOf(operation),
      (deps) => backfill(deps, ADMIN, task, input),
      ({ id, created }) => {
        if (id === null) return;
        person.backfills.push({ task, id });
        const own = [...person.world.dynamo.partition(`T#root#${task}`).values()].filter(
          (run) => text(run, 'backfill') === id,
        );
        const heads = own.filter((run) => text(run, 'ahead') === undefined).length;
        must(
          own.length === created && heads === Math.min(created, input.concurrency),
          'B2 a backfill fills gaps, in its order',
          () => `${task}: ${own.length} of ${created} runs, ${heads} begin at once, not ${input.concurrency}`,
        );
      },
    );
  },
  abortBackfill: (person, operation) => {
    const last = person.backfills.at(-1);
    if (last)
      person.ask(
        wordsOf(operation),
        (deps) => abortBackfill(deps, ADMIN, last.task, last.id),
        (runs) => {
          for (const { taskId, occurrence } of runs) {
            const now = person.run({ taskId, occurrence });
            // A person may have made it run again by then.
            const over = isEnded(text(now, 'status')) || flag(now, 'cancel') || count(now, 'epoch') > 0;
            must(over, DONE, () => `${last.id} was aborted, and ${occurrence} is ${text(now, 'status')}`);
          }
        },
      );
  },
  calendar: (person, operation) => person.ask(wordsOf(operation), putDays(operation.choice < 0.5)),
} satisfies Partial<Record<OperationKind, Deed>>;
