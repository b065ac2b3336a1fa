import type { Command } from '@commander-js/extra-typings';
import type { Task } from '../client.ts';
import { SCHEDULE_KINDS, TASK_STATUSES } from './bulk.ts';
import { type Cli, open, show } from './session.ts';
import { card, table } from './table.ts';
import { addTaskActions } from './task-actions.ts';
import { taskOf, withTask } from './task-options.ts';
import { addVersions } from './versions.ts';
import { addWhy } from './why.ts';
import { count, moment } from './words.ts';

export function addTasks(program: Command, cli: Cli): void {
  const tasks = program.command('tasks').description('Tasks: what runs, and when');

  tasks
    .command('list')
    .description('List tasks by name')
    .addOption(tasks.createOption('--status <status>', 'those that are').choices(TASK_STATUSES))
    .option('--queue <name>', 'of this queue only')
    .option('--tag <tag>', 'of tasks with this tag only')
    .option('--handler <name>', 'with this handler only')
    .addOption(tasks.createOption('--kind <kind>', 'with such a schedule').choices(SCHEDULE_KINDS))
    .option('--search <text>', 'part of id, name, description, handler or tag')
    .option('--limit <n>', 'at most so many', count, 100)
    .action(async ({ limit, ...filter }) => {
      const { client, nowMs } = await open(cli);
      const found = await client.tasks.list(filter).toArray(limit);
      show(cli, found, () => taskTable(found, nowMs));
      if (found.length === limit) cli.io.err(`The first ${limit}; --limit shows more.`);
    });

  tasks
    .command('get')
    .description('Show a task')
    .argument('<id>')
    .action(async (id) => {
      const { client, nowMs } = await open(cli);
      const task = await client.tasks.get(id);
      show(cli, task, () => taskCard(task, nowMs));
    });

  withTask(tasks.command('create').description('Create a task; the deployment makes its id')).action(
    async (options) => {
      const { client, nowMs } = await open(cli);
      const task = await client.tasks.create(await taskOf(cli.io, options));
      show(cli, task, () => taskCard(task, nowMs));
    },
  );

  withTask(
    tasks
      .command('put')
      .description('Create a task under this id, or replace it; saying the same again changes nothing')
      .argument('<id>'),
  ).action(async (id, options) => {
    const { client, nowMs } = await open(cli);
    const task = await client.tasks.put(id, await taskOf(cli.io, options));
    show(cli, task, () => taskCard(task, nowMs));
  });

  addVersions(tasks, cli);
  addWhy(tasks, cli, 'Tell why a task does not run right now', (client, id) => client.tasks.why(id));

  addTaskActions(tasks, cli);
}

const taskTable = (tasks: readonly Task[], nowMs: number): string =>
  table(
    ['id', 'name', 'status', 'queue', 'schedule', 'next run', 'last run'],
    tasks.map((task) => [
      task.id,
      task.name,
      task.status,
      task.queue,
      task.scheduleDescription,
      moment(task.nextRunAt, nowMs),
      task.lastRun?.status ?? '-',
    ]),
  );

export const taskCard = (task: Task, nowMs: number): string =>
  card([
    ['id', task.id],
    ['name', task.name],
    ['description', task.description],
    ['status', task.stopped ? `${task.status} (${task.stopped.by})` : task.status],
    ['paused', pauseOf(task, nowMs)],
    ['schedule', task.scheduleDescription],
    ['next run', moment(task.nextRunAt, nowMs)],
    [
      'last run',
      task.lastRun ? `${task.lastRun.status}, due ${moment(task.lastRun.scheduledAt, nowMs)}` : '-',
    ],
    ['queue', task.queue],
    ['tags', task.tags.join(', ') || undefined],
    ['runs', whatRuns(task)],
    ['payload', JSON.stringify(task.payload)],
    ['timeout', `${task.timeoutSeconds} s`],
    ['retry', `${task.retry.limit} times, ${task.retry.strategy} from ${task.retry.baseSeconds} s`],
    ['overlap', task.overlap],
    ['misfire', task.misfire],
    ['version', `${task.version}, ${moment(task.updatedAt, nowMs)}`],
  ]);

const pauseOf = ({ paused }: Task, nowMs: number): string | undefined =>
  paused && `by ${paused.by}, ${moment(paused.at, nowMs)}${paused.reason ? `: ${paused.reason}` : ''}`;

const whatRuns = ({ handler, target }: Task): string =>
  handler ?? (target ? `a target: ${target.type}` : '-');
