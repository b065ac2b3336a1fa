import { type AllowedTargets, targetProblems } from '../domain/allowed-targets.ts';
import type { FieldProblem } from '../domain/errors.ts';
import { targetHandler } from '../domain/target.ts';
import type { TaskDefinition } from '../domain/task.ts';
import type { HandlerRegistry } from './handler.ts';
import { payloadProblems } from './payload.ts';
import { concerns, type TaskFields } from './task-fields.ts';

type Work = Pick<TaskDefinition, 'handler' | 'target'>;

/** Who does the work, and whether it takes this payload. Adds to `errors` what is wrong; undefined when something is. */
export async function readWork(
  { handler, target }: TaskFields,
  payload: unknown,
  errors: FieldProblem[],
  context: { handlers: HandlerRegistry; targets: AllowedTargets },
): Promise<Work | undefined> {
  if (handler !== undefined && (target !== undefined || concerns(errors, 'target'))) {
    errors.push({ path: 'target', message: 'a task has either a handler or a target: take one away' });
    return undefined;
  }
  if (target !== undefined) {
    errors.push(...targetProblems(target, context.targets), ...(await payloadProblems(undefined, payload)));
    return { handler: targetHandler(target), target };
  }
  if (handler !== undefined) {
    errors.push(...(await handlerProblems(handler, payload, context.handlers)));
    return { handler };
  }
  const isSaid = concerns(errors, 'handler') || concerns(errors, 'target');
  if (!isSaid) errors.push({ path: 'handler', message: 'required, unless the task has a target' });
  return undefined;
}

async function handlerProblems(
  name: string,
  payload: unknown,
  handlers: HandlerRegistry,
): Promise<FieldProblem[]> {
  const handler = handlers.get(name);
  if (handler) return payloadProblems(handler, payload);
  const known = [...handlers.keys()].join(', ');
  return [
    { path: 'handler', message: `no handler ${JSON.stringify(name)} is registered; there are ${known}` },
  ];
}
