import type { Command } from '@commander-js/extra-typings';
import { type Cli, open, show } from './session.ts';
import { table } from './table.ts';
import { moment, seconds } from './words.ts';

export function addTokens(program: Command, cli: Cli): void {
  const tokens = program.command('tokens').description('API tokens: who may come in');
  tokens
    .command('list')
    .description('List them, without their secrets')
    .option('--tenant <id>', "other than one's own: for administrators of root")
    .action(async ({ tenant }) => {
      const { client, nowMs } = await open(cli);
      const found = await client.tokens.list({ tenant, limit: 200 }).toArray();
      show(cli, found, () =>
        table(
          ['id', 'name', 'role', 'created by', 'last used', 'expires'],
          found.map((token) => [
            token.id,
            token.name ?? '',
            token.role,
            token.createdBy,
            moment(token.lastUsedAt, nowMs),
            moment(token.expiresAt, nowMs),
          ]),
        ),
      );
    });
  tokens
    .command('create')
    .description('Make one; it is printed this once')
    .addOption(
      tokens
        .createOption('--role <role>', 'what it may do: look, steer, or everything')
        .choices(['viewer', 'operator', 'admin'] as const)
        .makeOptionMandatory(),
    )
    .option('--name <text>', 'what it is for')
    .option('--expires-in <duration>', 'such as 90d; good until revoked when absent', seconds)
    .option('--tenant <id>', "that it lets into, other than one's own: for administrators of root")
    .action(async ({ role, name, expiresIn, tenant }) => {
      const { client } = await open(cli);
      const made = await client.tokens.create({
        role,
        ...(name === undefined ? {} : { name }),
        ...(tenant === undefined ? {} : { tenant }),
        ...(expiresIn === undefined ? {} : { expiresInSeconds: expiresIn }),
      });
      show(cli, made, () => made.token);
      cli.io.err(`Token ${made.id}, ${made.role}. It is shown this once.`);
    });
  tokens
    .command('revoke')
    .description('Revoke tokens')
    .argument('<ids...>')
    .action(async (ids) => {
      const { client } = await open(cli);
      for (const id of ids) await client.tokens.revoke(id);
      show(cli, { revoked: ids }, () => `Revoked ${ids.join(', ')}`);
    });
}
