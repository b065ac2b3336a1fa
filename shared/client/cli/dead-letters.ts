import type { Command } from '@commander-js/extra-typings';
import type { Client, Execution, Redrive } from '../client.ts';
import { Failure, misused } from './failure.ts';
import { runTable } from './run-words.ts';
import { type Cli, open, show } from './session.ts';
import { count } from './words.ts';

export function addDeadLetters(program: Command, cli: Cli): void {
  const letters = program.command('dead-letters').description('Runs that gave up');

  letters
    .command('list')
    .description('List them, the latest death first')
    .argument('[queue]', 'all queues when absent')
    .option('--limit <n>', 'of a queue, at most so many', count, 50)
    .action(async (queue, { limit }) => {
      const { client, nowMs } = await open(cli);
      const names = queue === undefined ? await queueNames(client) : [queue];
      const found: Execution[] = [];
      for (const name of names) found.push(...(await client.queues.deadLetters(name).toArray(limit)));
      show(cli, found, () => (found.length === 0 ? 'None.' : runTable(found, nowMs)));
    });

  letters
    .command('redrive')
    .description('Run dead ones again, with fresh attempts: those named, or all of the queue')
    .argument('<queue>')
    .argument('[ids...]')
    .option('--all', 'all of the queue')
    .action(async (queue, ids, { all }) => {
      if (ids.length > 0 === (all === true)) throw misused('Name the runs, or say --all');
      const { client } = await open(cli);
      const items = await redriven(client, queue, all ? undefined : ids);
      const failed = items.filter(({ ok }) => !ok);
      show(cli, items, () =>
        [
          `${items.length - failed.length} queued again`,
          ...failed.map(({ id, message, code }) => `${id}: ${message ?? code}`),
        ].join('\n'),
      );
      if (failed.length > 0)
        throw new Failure(`${failed.length} of ${items.length} could not be queued again`);
    });

  letters
    .command('purge')
    .description('Throw the dead letters of a queue away; the runs stay dead in the history')
    .argument('<queue>')
    .option('--yes', 'do not ask')
    .action(async (queue, { yes }) => {
      const { client, url } = await open(cli);
      if (!yes) await confirmed(cli, queue, url);
      let thrown = 0;
      for (let more = true; more; ) {
        const purge = await client.queues.purge(queue, queue);
        thrown += purge.count;
        more = purge.more;
      }
      show(cli, { count: thrown }, () => `${thrown} thrown away`);
    });
}

const queueNames = async (client: Client): Promise<string[]> =>
  (await client.queues.list().toArray()).map(({ name }) => name);

/** At most 1,000 a call; goes on while there are more and some of them move. */
async function redriven(client: Client, queue: string, ids: string[] | undefined): Promise<Redrive['items']> {
  const items: Redrive['items'] = [];
  for (;;) {
    const redrive = await client.queues.redrive(queue, ids);
    items.push(...redrive.items);
    if (ids !== undefined || !redrive.more || redrive.count === 0) return items;
  }
}

async function confirmed({ io }: Cli, queue: string, url: string): Promise<void> {
  if (!io.isInteractive) throw misused('Nobody is here to be asked: --yes throws them away all the same');
  const answer = await io.ask(
    `This throws all dead letters of ${queue} at ${url} away. Type the queue's name: `,
  );
  if (answer.trim() !== queue) throw misused('That is not its name; nothing was thrown away');
}
