import type { Command } from '@commander-js/extra-typings';
import type { Execution } from '../client.ts';
import { carryOutMany, isMany, ofManyRuns, RUN_STATUSES, whichOf } from './bulk.ts';
import { misused } from './failure.ts';
import { runCard, runTable } from './run-words.ts';
import { type Cli, givenJson, open, show } from './session.ts';
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

  ofManyRuns(
    runs
      .command('cancel')
      .description('Cancel runs that wait, ask those that run to stop: by id, or all that a filter takes')
      .argument('[ids...]'),
  ).action(async (ids, options) => {
    const session = await open(cli);
    const which = whichOf(ids, options, session.nowMs);
    if (isMany(ids, options)) return carryOutMany(cli, session, { action: 'cancel', ...which }, options);
    await eachOf(cli, ids, (id) => session.client.executions.cancel(id));
  });

  ofManyRuns(
    runs
      .command('retry')
      .description(
        'Run dead, cancelled or skipped ones again, with fresh attempts: by id, or all that a filter takes (dead ones, unless --status says otherwise)',
      )
      .argument('[ids...]'),
  )
    .option(
      '--payload <json>',
      'of the one run, instead of what it had; @file reads it from there, @- from standard input',
    )
    .action(async (ids, { payload, ...options }) => {
      if (payload !== undefined && (ids.length !== 1 || options.dryRun))
        throw misused('One payload is for one run: name it');
      const input = payload === undefined ? {} : { payload: await givenJson(cli, payload) };
      const session = await open(cli);
      const which = whichOf(ids, options, session.nowMs);
      if (isMany(ids, options)) return carryOutMany(cli, session, { action: 'retry', ...which }, options);
      await eachOf(cli, ids, (id) => session.client.executions.retry(id, input));
    });
}

async function eachOf(
  cli: Cli,
  ids: readonly string[],
  act: (id: string) => Promise<Execution>,
): Promise<void> {
  const done: Execution[] = [];
  for (const id of ids) done.push(await act(id));
  show(cli, done, () =>
    done.map((run) => `${run.id}: ${run.cancelRequested ? 'asked to stop' : run.status}`).join('\n'),
  );
}
