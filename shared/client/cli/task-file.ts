import * as z from 'zod';
import { parseAll } from '../../contract/problems.ts';
import { READ_ONLY_FIELDS } from '../../contract/task.ts';
import { TaskIdSchema } from '../../contract/text.ts';
import type { Task, TaskInput } from '../client.ts';
import { misused } from './failure.ts';
import type { Io } from './io.ts';
import { objectFrom } from './task-options.ts';

/** Tasks as they shall be. Those of one file belong together under its name, and are known by a tag. */
export interface TaskFile {
  name: string;
  tasks: ReadonlyMap<string, TaskInput>;
}

/** Together with what goes before it, a tag. */
const NAME = /^[a-z0-9._-]{1,56}$/;
const OWNED_BY = 'managed:';

const FileSchema = z.strictObject({
  name: z.string().regex(NAME, `must be 1 to 56 of a-z 0-9 . _ -`),
  /** The API checks what a task is. */
  tasks: z.record(z.string(), z.looseObject({ tags: z.array(z.string()).optional() })),
});

export const ownerTag = (name: string): string => `${OWNED_BY}${name}`;

/** Name of the file that a task belongs to. */
export const ownerOf = ({ tags }: Pick<Task, 'tags'>): string | undefined =>
  tags.find((tag) => tag.startsWith(OWNED_BY))?.slice(OWNED_BY.length);

export async function readTaskFile(io: Pick<Io, 'read'>, path: string): Promise<TaskFile> {
  const file = parseAll(FileSchema, await objectFrom(io, path));
  const errors = file.ok
    ? Object.keys(file.value.tasks)
        .filter((id) => !TaskIdSchema.safeParse(id).success)
        .map((id) => ({ path: `tasks.${id}`, message: 'is not an id for a task' }))
    : file.errors;
  if (!file.ok || errors.length > 0) {
    const lines = errors.map((error) => `  ${error.path}: ${error.message}`);
    throw misused([`${path} is not a file of tasks:`, ...lines].join('\n'));
  }
  const { name, tasks } = file.value;
  const owned = ([id, task]: [string, (typeof tasks)[string]]): [string, TaskInput] => {
    const others = task.tags?.filter((tag) => !tag.startsWith(OWNED_BY)) ?? [];
    return [id, { ...task, tags: [...others, ownerTag(name)] } as unknown as TaskInput];
  };
  return { name, tasks: new Map(Object.entries(tasks).map(owned)) };
}

const SYSTEM_FIELDS: ReadonlySet<string> = new Set(['id', ...READ_ONLY_FIELDS]);

/** What its author decided, or could have. */
export const decided = (task: Task): [string, unknown][] =>
  Object.entries(task).filter(([field]) => !SYSTEM_FIELDS.has(field));

/** As `readTaskFile` takes it. */
export function taskFileOf(name: string, tasks: readonly Task[]): { name: string; tasks: object } {
  const written = tasks.map((task) => {
    const fields = Object.fromEntries(decided(task));
    return [task.id, { ...fields, tags: task.tags.filter((tag) => !tag.startsWith(OWNED_BY)) }];
  });
  return { name, tasks: Object.fromEntries(written) };
}
