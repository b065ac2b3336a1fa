import type { Command } from '@commander-js/extra-typings';
import type { ExecutionWhy, TaskWhy } from '../client.ts';
import { type Cli, open, type Session, show } from './session.ts';
import { card, oneLine } from './table.ts';

/** `why` below `tasks` and below `runs`. */
export function addWhy(
  parent: Command,
  cli: Cli,
  description: string,
  ask: (client: Session['client'], id: string) => Promise<TaskWhy | ExecutionWhy>,
): void {
  parent
    .command('why')
    .description(description)
    .argument('<id>')
    .action(async (id) => {
      const { client } = await open(cli);
      const why = await ask(client, id);
      show(cli, why, () => `${oneLine(why.sentence)}\n\n${factsOf(why)}`);
    });
}

const factsOf = ({ gate, facts }: TaskWhy | ExecutionWhy): string =>
  card([
    ['gate', gate],
    ...Object.entries(facts).map(
      ([name, fact]) => [name, Array.isArray(fact) ? fact.join(', ') : String(fact)] as const,
    ),
  ]);
