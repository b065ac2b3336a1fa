import type { Command } from '@commander-js/extra-typings';
import type { Client, Task } from '../client.ts';
import { carryOutMany, isMany, type ManyOptions, ofManyTasks, whichOf } from './bulk.ts';
import { misused } from './failure.ts';
import { runCard } from './run-words.ts';
import { type Cli, open, show } from './session.ts';
import { card } from './table.ts';
import { count, instant, json, moment, seconds } from './words.ts';

/** What is done to a task that stands. */
export function addTaskActions(tasks: Command, cli: Cli): void {
  const steered = async (
    action: 'pause' | 'resume',
    ids: readonly string[],
    options: ManyOptions,
    steer: (client: Client, id: string) => Promise<Task>,
  ) => {
    const session = await open(cli);
    const { client, nowMs } = session;
    const which = whichOf(ids, options, nowMs);
    if (isMany(ids, options)) return carryOutMany(cli, session, { action, ...which }, options);
    const done: Task[] = [];
    for (const id of ids) done.push(await steer(client, id));
    show(cli, done, () =>
      done
        .map(({ id, status, nextRunAt }) => `${id}: ${status}, next run ${moment(nextRunAt, nowMs)}`)
        .join('\n'),
    );
  };

  ofManyTasks(
    tasks
      .command('pause')
      .description(
        'Let nothing new come due, of those named or all that a filter takes; runs that live go on',
      )
      .argument('[ids...]'),
  )
    .option('--reason <text>', 'what for, of those named; shown until it is resumed')
    .action((ids, { reason, ...options }) => {
      if (reason !== undefined && isMany(ids, options)) throw misused('--reason is for tasks named by id');
      return steered('pause', ids, options, (client, id) => client.tasks.pause(id, { reason }));
    });

  ofManyTasks(
    tasks
      .command('resume')
      .description('Let them come due again: those named, or all that a filter takes')
      .argument('[ids...]'),
  ).action((ids, options) => steered('resume', ids, options, (client, id) => client.tasks.resume(id)));

  ofManyTasks(
    tasks
      .command('trigger')
      .description('Run a task now, besides its schedule; or several, or all that a filter takes')
      .argument('[ids...]'),
  )
    .option('--payload <json>', "instead of the task's own; of one task")
    .option('--in <duration>', 'after this long; of one task', seconds)
    .action(async (ids, { payload, in: delaySeconds, ...options }) => {
      const session = await open(cli);
      const { client, nowMs } = session;
      const which = whichOf(ids, options, nowMs);
      const [id, ...more] = ids;
      if (id === undefined || more.length > 0 || isMany(ids, options)) {
        if (payload !== undefined || delaySeconds !== undefined)
          throw misused('--payload and --in are for one task, and for no dry run');
        return carryOutMany(cli, session, { action: 'trigger', ...which }, options);
      }
      const run = await client.tasks.trigger(id, {
        ...(payload === undefined ? {} : { payload: json(payload) }),
        ...(delaySeconds === undefined ? {} : { delaySeconds }),
      });
      show(cli, run, () => runCard(run, nowMs));
    });

  ofManyTasks(
    tasks
      .command('delete')
      .description('Delete those named, or all that a filter takes; their history stays until it expires')
      .argument('[ids...]'),
  )
    .option('--yes', 'of a filter: do not ask')
    .action(async (ids, { yes, ...options }) => {
      const session = await open(cli);
      const { client, url, nowMs } = session;
      const which = whichOf(ids, options, nowMs);
      if (isMany(ids, options)) {
        if (!options.dryRun && !yes)
          await confirmed(cli, `This deletes all tasks that the filter takes at ${url}.`);
        return carryOutMany(cli, session, { action: 'delete', ...which }, options);
      }
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

async function confirmed({ io }: Cli, what: string): Promise<void> {
  if (!io.isInteractive) throw misused('Nobody is here to be asked: --yes deletes them all the same');
  const answer = await io.ask(`${what} Type delete: `);
  if (answer.trim() !== 'delete') throw misused('Nothing was deleted');
}
