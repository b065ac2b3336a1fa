import type { Command } from '@commander-js/extra-typings';
import type { Client, Task } from '../client.ts';
import { runCard } from './run-words.ts';
import { type Cli, open, show } from './session.ts';
import { card } from './table.ts';
import { count, instant, json, moment, seconds } from './words.ts';

/** What is done to a task that stands. */
export function addTaskActions(tasks: Command, cli: Cli): void {
  const steered = async (ids: readonly string[], steer: (client: Client, id: string) => Promise<Task>) => {
    const { client, nowMs } = await open(cli);
    const done: Task[] = [];
    for (const id of ids) done.push(await steer(client, id));
    show(cli, done, () =>
      done
        .map(({ id, status, nextRunAt }) => `${id}: ${status}, next run ${moment(nextRunAt, nowMs)}`)
        .join('\n'),
    );
  };

  tasks
    .command('pause')
    .description('Let nothing new come due; runs that live go on')
    .argument('<ids...>')
    .option('--reason <text>', 'what for; shown until it is resumed')
    .action((ids, { reason }) => steered(ids, (client, id) => client.tasks.pause(id, { reason })));

  tasks
    .command('resume')
    .description('Let it come due again')
    .argument('<ids...>')
    .action((ids) => steered(ids, (client, id) => client.tasks.resume(id)));

  tasks
    .command('trigger')
    .description('Run a task now, besides its schedule')
    .argument('<id>')
    .option('--payload <json>', "instead of the task's own")
    .option('--in <duration>', 'after this long', seconds)
    .action(async (id, options) => {
      const { client, nowMs } = await open(cli);
      const run = await client.tasks.trigger(id, {
        ...(options.payload === undefined ? {} : { payload: json(options.payload) }),
        ...(options.in === undefined ? {} : { delaySeconds: options.in }),
      });
      show(cli, run, () => runCard(run, nowMs));
    });

  tasks
    .command('delete')
    .description('Delete tasks; their history stays until it expires')
    .argument('<ids...>')
    .action(async (ids) => {
      const { client } = await open(cli);
      for (const id of ids) await client.tasks.delete(id);
      show(cli, { deleted: ids }, () => `Deleted ${ids.join(', ')}`);
    });

  tasks
    .command('upcoming')
    .description('When a task is due next')
    .argument('<id>')
    .option('--count <n>', 'so many', count, 10)
    .action(async (id, options) => {
      const { client, nowMs } = await open(cli);
      const instants = await client.tasks.upcoming(id, options.count);
      show(
        cli,
        instants,
        () => instants.map((at) => moment(at, nowMs)).join('\n') || 'Never: see its status',
      );
    });

  tasks
    .command('backfill')
    .description('Run the occurrences of a past window that have no run')
    .argument('<id>')
    .requiredOption('--from <instant>', 'first instant of the window', instant)
    .requiredOption('--to <instant>', 'end of the window, exclusive', instant)
    .option('--limit <n>', 'more than so many are refused', count)
    .option('--concurrency <n>', 'so many side by side', count)
    .option('--dry-run', 'only count')
    .action(async (id, { limit, concurrency, dryRun = false, ...window }) => {
      const { client, nowMs } = await open(cli);
      const done = await client.tasks.backfill(id, {
        ...window,
        dryRun,
        ...(limit === undefined ? {} : { limit }),
        ...(concurrency === undefined ? {} : { concurrency }),
      });
      show(cli, done, () =>
        card([
          ['occurrences', done.occurrences],
          ['missing', done.missing],
          ['created', done.created],
          ['first', moment(done.first, nowMs)],
          ['last', moment(done.last, nowMs)],
          ['backfill', done.id ?? undefined],
        ]),
      );
    });
}
