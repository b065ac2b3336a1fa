import type { Command } from '@commander-js/extra-typings';
import type { Execution } from '../client.ts';
import { carryOutMany, isMany, ofManyRuns, RUN_STATUSES, whichOf } from './bulk.ts';
import { runCard, runTable } from './run-words.ts';
import { type Cli, open, show } from './session.ts';
import { addWhy } from './why.ts';
import { count, instant, seconds } from './words.ts';

export function addRuns(program: Command, cli: Cli): void {
  const runs = program.command('runs').description('Runs of tasks: what happened, and what happens');

  runs
    .command('list')
    .description('List runs, newest first')
    .option('--task <id>', 'of this task only')
    .addOption(runs.createOption('--status <statuses...>', 'those that are').choices(RUN_STATUSES))
    .option('--queue <name>', 'of this queue only')
    .option('--tag <tag>', 'of tasks with this tag only')
    .option('--since <duration>', 'due within the last 30m, 2h, 7d', seconds)
    .option('--from <instant>', 'due at or after', instant)
    .option('--to <instant>', 'due before', instant)
    .option('--limit <n>', 'at most so many', count, 50)
    .action(async ({ task, since, limit, from, ...filter }) => {
      const { client, nowMs } = await open(cli);
      const start = since === undefined ? from : new Date(nowMs - since * 1_000).toISOString();
      const found = await client.executions.list({ ...filter, taskId: task, from: start }).toArray(limit);
      show(cli, found, () => runTable(found, nowMs));
      if (found.length === limit) cli.io.err(`The newest ${limit}; --limit shows more.`);
    });

  runs
    .command('get')
    .description('Show a run with its attempts')
    .argument('<id>')
    .action(async (id) => {
      const { client, nowMs } = await open(cli);
      const run = await client.executions.get(id);
      show(cli, run, () => runCard(run, nowMs));
    });

  addWhy(runs, cli, 'Tell why a run waits, or how it ended', (client, id) => client.executions.why(id));

  for (const action of ['cancel', 'retry'] as const) {
    ofManyRuns(
      runs
        .command(action)
        .description(
          action === 'cancel'
            ? 'Cancel runs that wait, ask those that run to stop: by id, or all that a filter takes'
            : 'Run dead, cancelled or skipped ones again, with fresh attempts: by id, or all that a filter takes (dead ones, unless --status says otherwise)',
        )
        .argument('[ids...]'),
    ).action(async (ids, options) => {
      const session = await open(cli);
      const { client, nowMs } = session;
      const which = whichOf(ids, options, nowMs);
      if (isMany(ids, options)) return carryOutMany(cli, session, { action, ...which }, options);
      const done: Execution[] = [];
      for (const id of ids) done.push(await client.executions[action](id));
      show(cli, done, () =>
        done.map((run) => `${run.id}: ${run.cancelRequested ? 'asked to stop' : run.status}`).join('\n'),
      );
    });
  }
}
