import type { Command } from '@commander-js/extra-typings';
import type { Execution } from '../client.ts';
import { makeBell } from './bell.ts';
import { RUN_STATUSES } from './bulk.ts';
import { EXIT, Failure } from './failure.ts';
import { follow, hasEnded } from './follow.ts';
import { brief, runCard } from './run-words.ts';
import { type Cli, open, show } from './session.ts';
import { oneLine } from './table.ts';
import { millis, seconds } from './words.ts';

const EVERY_SECONDS = 2;
const SINCE_SECONDS = 60;
const WAIT_SECONDS = 3_600;
const STATUS_WIDTH = Math.max(...RUN_STATUSES.map((status) => status.length));

export function addTail(program: Command, cli: Cli): void {
  const { io } = cli;
  program
    .command('tail')
    .description('Follow runs live, a line for each change, until Ctrl-C')
    .option('--task <id>', 'of this task only')
    .option('--queue <name>', 'of this queue only')
    .option('--tag <tag>', 'of tasks with this tag only')
    .addOption(
      program
        .createOption('--since <duration>', 'begin with those due so long ago')
        .argParser(seconds)
        .default(SINCE_SECONDS, '1m'),
    )
    .addOption(
      program
        .createOption(
          '--every <duration>',
          'look so often, and at once where the deployment tells of changes',
        )
        .argParser(seconds)
        .default(EVERY_SECONDS, '2s'),
    )
    .action(async ({ task, since, every, ...filter }) => {
      const { client } = await open(cli);
      const { interrupted } = io;
      const done = new AbortController();
      const bell = makeBell(client, AbortSignal.any([interrupted, done.signal]));
      const options = {
        filter: { ...filter, taskId: task },
        sinceMs: since * 1_000,
        everyMs: Math.max(1, every) * 1_000,
      };
      try {
        for await (const run of follow(client, options, { ...io, interrupted }, bell))
          io.out(cli.globals().json ? JSON.stringify(run) : lineOf(run, io.nowMs()));
      } catch (error) {
        if (!interrupted.aborted) throw error;
      } finally {
        done.abort();
      }
    });

  program
    .command('wait')
    .description('Wait until a run has ended; exit code 0 only if it succeeded')
    .argument('<run>', 'its id, such as from tasks trigger --json')
    .addOption(
      program
        .createOption('--timeout <duration>', 'give up after so long')
        .argParser(seconds)
        .default(WAIT_SECONDS, '1h'),
    )
    .action(async (id, { timeout }) => {
      const { client, nowMs } = await open(cli);
      for (;;) {
        const run = await client.executions.get(id);
        if (hasEnded(run)) {
          show(cli, run, () => runCard(run, io.nowMs()));
          if (run.status === 'success') return;
          throw new Failure(`It ended ${run.status}`);
        }
        if (io.nowMs() - nowMs > timeout * 1_000)
          throw new Failure(`It is still ${run.status} after ${timeout} s`, EXIT.unavailable);
        await io.sleep(EVERY_SECONDS * 1_000);
      }
    });
}

function lineOf(run: Execution, nowMs: number): string {
  const time = new Date(nowMs).toISOString().slice(11, 19);
  const facts = [
    run.attempt > 1 ? `attempt ${run.attempt}/${run.maxAttempts}` : '',
    run.durationMs === null ? '' : millis(run.durationMs),
    run.status === 'running' && run.progress !== null ? JSON.stringify(run.progress) : '',
    run.reason ?? '',
    brief(run.errorMessage ?? ''),
  ].filter(Boolean);
  return oneLine(
    `${time}Z  ${run.status.padEnd(STATUS_WIDTH)}  ${run.taskId}  ${run.id}  ${facts.join(', ')}`,
  ).trimEnd();
}
