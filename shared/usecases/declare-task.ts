import { parseAll } from '../contract/problems.ts';
import { taskToWire } from '../contract/task-wire.ts';
import { TaskIdSchema } from '../contract/text.ts';
import { isCode, SchedulerError } from '../domain/errors.ts';
import { type Principal, ROOT } from '../domain/principal.ts';
import type { Task } from '../domain/task.ts';
import { type AuditDeps, type Intent, recorded } from './audit/record.ts';
import { invalid, keyOf, readLive } from './manage-tasks/context.ts';
import { type EditTasksDeps, replaceTask } from './manage-tasks/edit-task.ts';
import { type DeleteTaskDeps, deleteTask } from './manage-tasks/steer-task.ts';

/** A task that stands in somebody's CDK app. */
export interface Declaration {
  /** Of all declarations there are the only one with this name: who made its task, and who changes it. */
  by: string;
  id: string;
  /** The id that the declaration holds already. */
  held: string | undefined;
}

/** Whoever deploys the scheduler may do what its admins may. */
const declarer = ({ by }: Declaration): Principal => ({ tenant: ROOT, role: 'admin', actor: by });

/**
 * PUT for a declaration; saying the same again changes nothing. It takes no id that somebody else has made: when its
 * deployment is rolled back CloudFormation asks to delete what it has declared, and that must never be theirs.
 */
export async function declareTask(
  deps: EditTasksDeps & AuditDeps,
  declaration: Declaration,
  document: unknown,
  requestId: string,
): Promise<void> {
  const { id } = declaration;
  const parsed = parseAll(TaskIdSchema, id, 'id');
  if (!parsed.ok) throw invalid(parsed.errors);
  const principal = declarer(declaration);
  const before = await readLive(deps, keyOf(principal, id));
  if (before && !isOwn(declaration, before))
    throw new SchedulerError(
      'already-exists',
      `There is a task ${id} already, made by ${before.state.createdBy}: delete it first (a new one goes on with its history), or choose another id`,
      { resource: 'task', id },
    );
  await recorded(
    deps,
    { ...intentOf(declaration, 'task.put', before), requestId },
    async () => (await replaceTask(deps, principal, id, document, before ? {} : { absent: true })).task,
    (task) => ({ after: taskToWire(task, undefined) }),
  );
}

/** DELETE for a declaration; a task that is gone or of somebody else is left as it is. */
export async function withdrawTask(
  deps: DeleteTaskDeps & AuditDeps,
  declaration: Declaration,
  requestId: string,
): Promise<void> {
  const principal = declarer(declaration);
  const before = await readLive(deps, keyOf(principal, declaration.id));
  if (!before || !isOwn(declaration, before)) return;
  try {
    await recorded(
      deps,
      { ...intentOf(declaration, 'task.delete', before), requestId },
      () => deleteTask(deps, principal, declaration.id, {}),
      () => ({}),
    );
  } catch (error) {
    if (!isCode(error, 'not-found')) throw error;
  }
}

const isOwn = ({ by, id, held }: Declaration, { state }: Task): boolean =>
  id === held || state.createdBy === by;

const intentOf = (
  declaration: Declaration,
  action: string,
  before: Task | undefined,
): Omit<Intent, 'requestId'> => {
  const { tenant, actor } = declarer(declaration);
  return {
    tenant,
    actor,
    action,
    resource: `tasks/${declaration.id}`,
    ...(before && { before: taskToWire(before, undefined) }),
  };
};
