import type { Command } from '@commander-js/extra-typings';
import { type Cli, open, show } from './session.ts';
import { table } from './table.ts';
import { json } from './words.ts';

export function addVariables(program: Command, cli: Cli): void {
  const variables = program
    .command('variables')
    .description('Values that the payloads of all tasks share: {{ variables.name }}; not for secrets');
  variables
    .command('list')
    .description('List them with their values')
    .action(async () => {
      const { client } = await open(cli);
      const found = await client.variables.list().toArray();
      show(cli, found, () =>
        table(
          ['name', 'value'],
          found.map(({ name, value }) => [name, JSON.stringify(value)]),
        ),
      );
    });
  variables
    .command('get')
    .description('Print the value of one, as JSON')
    .argument('<name>')
    .action(async (name) => {
      const { client } = await open(cli);
      const variable = await client.variables.get(name);
      show(cli, variable, () => JSON.stringify(variable.value, null, 2));
    });
  variables
    .command('set')
    .description('Make or change one; runs that begin from now on get it')
    .argument('<name>')
    .argument('<value>', 'JSON')
    .option('--text', 'the value is a text as it stands')
    .action(async (name, value, { text }) => {
      const meant = text ? value : json(value, `for a text say --text: variables set ${name} --text …`);
      const { client } = await open(cli);
      const variable = await client.variables.put(name, meant);
      show(cli, variable, () => `${variable.name}: ${JSON.stringify(variable.value)}`);
    });
  variables
    .command('delete')
    .description('Delete variables')
    .argument('<names...>')
    .action(async (names) => {
      const { client } = await open(cli);
      for (const name of names) await client.variables.delete(name);
      show(cli, { deleted: names }, () => `Deleted ${names.join(', ')}`);
    });
}
