import { allLinks, linksOf } from '../../domain/chain.ts';
import { CHAIN_FIELDS } from '../../domain/chain-link.ts';
import type { FieldProblem } from '../../domain/errors.ts';
import type { TaskDefinition, TaskKey } from '../../domain/task.ts';
import type { TaskStore } from '../../ports.ts';

const MAX_TASKS = 200;

type Definition = Omit<TaskDefinition, 'definitionVersion'>;

/** What is wrong with the links of a task that is about to be written: unknown tasks, and ways back to itself. */
export async function chainProblems(
  tasks: Pick<TaskStore, 'read'>,
  definition: Definition,
): Promise<FieldProblem[]> {
  const problems: FieldProblem[] = [];
  const memory = new Map<string, Definition | undefined>();
  const find = async (key: TaskKey): Promise<Definition | undefined> => {
    if (!memory.has(key.taskId)) {
      const task = await tasks.read(key);
      memory.set(key.taskId, task && task.state.status !== 'deleted' ? task.definition : undefined);
    }
    return memory.get(key.taskId);
  };
  for (const outcome of ['success', 'failure', 'dead'] as const) {
    for (const [place, { taskId }] of linksOf(definition, outcome).entries()) {
      const path = `${CHAIN_FIELDS[outcome]}[${place}].taskId`;
      const way = await wayBack(find, definition, taskId);
      if (way === 'unknown') problems.push({ path, message: `there is no task ${taskId}` });
      else if (way === 'too many')
        problems.push({ path, message: `more than ${MAX_TASKS} tasks hang on this: expected fewer` });
      else if (way) problems.push({ path, message: `would lead back to this task: ${way.join(' → ')}` });
    }
  }
  return problems;
}

/** Breadth first, so that the way told is the shortest. */
async function wayBack(
  find: (key: TaskKey) => Promise<Definition | undefined>,
  { tenant, taskId: self }: TaskKey,
  first: string,
): Promise<string[] | 'unknown' | 'too many' | undefined> {
  if (first === self) return [self, self];
  if (!(await find({ tenant, taskId: first }))) return 'unknown';
  const seen = new Set([first]);
  const ways = [[self, first]];
  for (let way = ways.shift(); way; way = ways.shift()) {
    const found = await find({ tenant, taskId: way.at(-1) ?? first });
    for (const { taskId } of found ? allLinks(found) : []) {
      if (taskId === self) return [...way, self];
      if (seen.has(taskId)) continue;
      seen.add(taskId);
      ways.push([...way, taskId]);
      if (seen.size > MAX_TASKS) return 'too many';
    }
  }
  return undefined;
}
