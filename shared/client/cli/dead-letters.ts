import type { Command } from '@commander-js/extra-typings';
import type { Execution } from '../client.ts';
import { addGroups, addPutAway, addRedrive, queuesMeant, resolutionOption } from './dead-letter-groups.ts';
import { misused } from './failure.ts';
import { runTable } from './run-words.ts';
import { type Cli, open, show } from './session.ts';
import { count } from './words.ts';

export function addDeadLetters(program: Command, cli: Cli): void {
  const letters = program.command('dead-letters').description('Runs that gave up');

  letters
    .command('list')
    .description('List them, the latest death first')
    .argument('[queue]', 'all queues when absent')
    .option('--group <fingerprint>', 'those of one group')
    .addOption(resolutionOption())
    .option('--limit <n>', 'of a queue, at most so many', count, 50)
    .action(async (queue, { limit, group, resolution }) => {
      const { client, nowMs } = await open(cli);
      const filter = { fingerprint: group, resolution };
      const found: Execution[] = [];
      for (const name of await queuesMeant(client, queue))
        found.push(...(await client.queues.deadLetters(name, filter).toArray(limit)));
      show(cli, found, () => (found.length === 0 ? 'None.' : runTable(found, nowMs)));
    });

  addGroups(letters, cli);
  addRedrive(letters, cli);
  for (const action of ['resolve', 'ignore', 'reopen'] as const) addPutAway(letters, cli, action);

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

async function confirmed({ io }: Cli, queue: string, url: string): Promise<void> {
  if (!io.isInteractive) throw misused('Nobody is here to be asked: --yes throws them away all the same');
  const answer = await io.ask(
    `This throws all dead letters of ${queue} at ${url} away. Type the queue's name: `,
  );
  if (answer.trim() !== queue) throw misused('That is not its name; nothing was thrown away');
}
