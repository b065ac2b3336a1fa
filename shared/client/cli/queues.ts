import type { Command } from '@commander-js/extra-typings';
import type { Queue } from '../client.ts';
import { misused } from './failure.ts';
import { type Cli, open, show } from './session.ts';
import { card, table } from './table.ts';
import { count, duration, seconds } from './words.ts';

const age = (seconds: number | null): string => (seconds === null ? '-' : duration(seconds * 1_000));

const queueCard = (queue: Queue): string =>
  card(
    Object.entries(queue).map(([field, value]) => [
      field,
      typeof value === 'object' ? JSON.stringify(value) : String(value),
    ]),
  );

const DEFAULT = 'default';
const setting = (text: string): number | typeof DEFAULT => (text === DEFAULT ? text : count(text));
const span = (text: string): number | typeof DEFAULT => (text === DEFAULT ? text : seconds(text));

export function addQueues(program: Command, cli: Cli): void {
  const queues = program.command('queues').description('Work queues');
  queues
    .command('list')
    .description('List queues by priority')
    .action(async () => {
      const { client } = await open(cli);
      const found = await client.queues.list().toArray();
      show(cli, found, () =>
        table(
          ['name', 'workers', 'ready', 'delayed', 'in flight', 'oldest', 'dead letters'],
          found.map((queue) => [
            queue.name,
            queue.workers,
            queue.depth ?? '',
            queue.delayed ?? '',
            queue.inFlight ?? '',
            age(queue.oldestAgeSeconds),
            queue.deadLetters,
          ]),
        ),
      );
    });
  queues
    .command('get')
    .description('Show a queue')
    .argument('<name>')
    .action(async (name) => {
      const { client } = await open(cli);
      const queue = await client.queues.get(name);
      show(cli, queue, () => queueCard(queue));
    });

  for (const action of ['pause', 'resume'] as const) {
    queues
      .command(action)
      .description(action === 'pause' ? 'Let nothing of it begin; its messages wait' : 'Let it go on')
      .argument('<name>')
      .action(async (name) => {
        const { client } = await open(cli);
        const queue = await client.queues.patch(name, { paused: action === 'pause' ? true : null });
        show(cli, queue, () => `${name}: ${queue.paused ? 'paused' : 'working'}`);
      });
  }
  queues
    .command('set')
    .description('Change settings while it runs; "default" takes one back to what the deployment says')
    .argument('<name>')
    .option('--workers <n>', 'runs at the same time', setting)
    .option('--max-backlog <n>', 'from so many waiting messages on, tasks and triggers are refused', setting)
    .option('--timeout <duration>', 'of tasks that name none', span)
    .action(async (name, { workers, maxBacklog, timeout: timeoutSeconds }) => {
      const said = Object.entries({ workers, maxBacklog, timeoutSeconds })
        .filter(([, value]) => value !== undefined)
        .map(([field, value]) => [field, value === DEFAULT ? null : value]);
      if (said.length === 0) throw misused('Say what: --workers, --max-backlog or --timeout');
      const { client } = await open(cli);
      const queue = await client.queues.patch(name, Object.fromEntries(said));
      show(cli, queue, () => queueCard(queue));
    });

  program
    .command('handlers')
    .description('What tasks can run')
    .action(async () => {
      const { client } = await open(cli);
      const found = await client.handlers().toArray();
      show(cli, found, () =>
        table(
          ['name', 'description'],
          found.map(({ name, description }) => [name, description]),
        ),
      );
    });
}
