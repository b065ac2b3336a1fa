import type { Execution } from '../../../shared/domain/execution.ts';
import { triggerRun } from '../../../shared/usecases/manage-runs/trigger-run.ts';
import { createTask } from '../../../shared/usecases/manage-tasks/create-task.ts';
import type { OperationKind } from '../workload.ts';
import type { ApiCall } from '../world.ts';
import { ADMIN, type Deed, type Person } from './person.ts';

/** A gateway sends it a second time while the first one is still on its way. */
const SHARE_DOUBLED = 0.4;
const DOUBLED_AFTER_MS = 40;

/** Under one Idempotency-Key until it is answered, and each time it is the same run or task. */
function insistOnce<T>(
  person: Person,
  what: string,
  q: { choice: number; call: (key: string) => ApiCall<T>; madeOf: (answer: T) => string },
): void {
  const key = `once-${person.next()}`;
  const say = () =>
    person.insist(`${what} ${key}`, q.call(key), (answer) => {
      if (answer.kind === 'done') person.effects.answered(key, q.madeOf(answer.value));
    });
  say();
  if ((q.choice * 10) % 1 < SHARE_DOUBLED) person.world.kernel.after(DOUBLED_AFTER_MS, say);
}

const placeOf = ({ taskId, occurrence }: Execution): string => `T#root#${taskId} X#${occurrence}`;

export const UNDER_KEYS = {
  triggerOnce: (person, { task, choice }) => {
    const delay = choice < 0.3 ? { delaySeconds: Math.floor(choice * 200) } : {};
    insistOnce(person, `trigger ${task}`, {
      choice,
      call: (key) => (deps) => triggerRun(deps, ADMIN, task, { payload: { key }, ...delay }, key),
      madeOf: ({ run }) => placeOf(run),
    });
  },
  createOnce: (person, { choice }) => {
    const delaySeconds = Math.floor(choice * 300);
    insistOnce(person, 'create', {
      choice,
      call: (name) => (deps) => {
        const schedule = { kind: 'once', delaySeconds };
        return createTask(deps, ADMIN, { name, handler: 'demo.echo', schedule }, name);
      },
      madeOf: ({ task }) => `T#root#${task.definition.taskId} D`,
    });
  },
} satisfies Partial<Record<OperationKind, Deed>>;
