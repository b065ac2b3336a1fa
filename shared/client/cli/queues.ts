import type { Command } from '@commander-js/extra-typings';
import { type Cli, open, show } from './session.ts';
import { card, table } from './table.ts';
import { duration } from './words.ts';

const age = (seconds: number | null): string => (seconds === null ? '-' : duration(seconds * 1_000));

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
            queue.depth,
            queue.delayed,
            queue.inFlight,
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
      show(cli, queue, () =>
        card(
          Object.entries(queue).map(([field, value]) => [
            field,
            typeof value === 'string' || typeof value === 'number' ? value : JSON.stringify(value),
          ]),
        ),
      );
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
