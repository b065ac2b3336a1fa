import { Token } from 'aws-cdk-lib';
import { parseAll, pathText } from '../shared/contract/problems.ts';
import { scheduleProblems } from '../shared/contract/resolve-schedule.ts';
import { soundFields } from '../shared/contract/task-fields.ts';
import { TaskIdSchema } from '../shared/contract/text.ts';

/**
 * What is wrong with a declared task, a line each, as far as it can be told before the deployment knows its handlers,
 * targets and calendars. Values that CloudFormation fills in are left to the deployment as well.
 */
export function problemsAtSynthesis(id: string, task: object, queues: readonly string[]): string[] {
  const parsedId = parseAll(TaskIdSchema, id, 'id');
  const document: Record<string, unknown> = { ...task };
  const { fields, errors } = soundFields(document);
  const { handler, target, queue, schedule } = fields;
  if (handler !== undefined && target !== undefined)
    errors.push({ path: 'target', message: 'a task has either a handler or a target: take one away' });
  if (document.handler === undefined && document.target === undefined)
    errors.push({ path: 'handler', message: 'required, unless the task has a target' });
  if (queue !== undefined && !queues.includes(queue))
    errors.push({
      path: 'queue',
      message: `no queue ${JSON.stringify(queue)} is configured; there are ${queues.join(', ')}`,
    });
  if (schedule) errors.push(...scheduleProblems(schedule));
  const open = new Set(unresolvedIn({ ...document, id }));
  return [...(parsedId.ok ? [] : parsedId.errors), ...errors]
    .filter(({ path }) => !open.has(path))
    .map(({ path, message }) => `${path || 'task'}: ${message}`);
}

/** Paths of what CloudFormation fills in. */
function unresolvedIn(value: unknown, path: readonly PropertyKey[] = []): string[] {
  if (Token.isUnresolved(value)) return [pathText(path)];
  if (Array.isArray(value)) return value.flatMap((item, index) => unresolvedIn(item, [...path, index]));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, item]) => unresolvedIn(item, [...path, name]));
}
