import type { Command } from '@commander-js/extra-typings';
import { createClient } from '../client.ts';
import { Failure, misused } from './failure.ts';
import { configPath, profileOf, readConfig, soundUrl, writeConfig } from './profiles.ts';
import { type Cli, show } from './session.ts';
import { table } from './table.ts';

export function addLogin(program: Command, cli: Cli): void {
  const { io } = cli;
  program
    .command('login')
    .description('Store the address and the token of a deployment as a profile, and use it from now on')
    .argument('<url>', 'of the deployment, such as http://127.0.0.1:4650')
    .option('--as <profile>', 'name of the profile', 'default')
    .option('--token-file <path>', 'read the token from a file, or - for standard input; asked for otherwise')
    .action(async (address, { as, tokenFile }) => {
      const url = soundUrl(address);
      const token = await tokenFrom(tokenFile);
      // Whoever may do nothing at all may not look at queues either.
      const seen = await createClient({ url, token, fetch: io.fetch, sleep: io.sleep }).queues.list().page();
      if (!Array.isArray(seen?.items))
        throw new Failure(`${url} answers, but not as an Escapement deployment does: is the address right?`);
      const { profiles } = await readConfig(io);
      await writeConfig(io, { current: as, profiles: { ...profiles, [as]: { url, token } } });
      io.err(`Logged in to ${url}; profile ${as} in ${configPath(io)}`);
    });

  async function tokenFrom(path: string | undefined): Promise<string> {
    if (path === undefined && !io.isInteractive)
      throw misused(
        'Nobody is here to be asked for the token: name a file, --token-file <path>, or - for standard input',
      );
    const text =
      path === undefined ? await io.ask('Token: ', true) : await io.read(path).catch(unreadable(path));
    const token = text.trim();
    if (token === '') throw misused('The token is empty');
    return token;
  }

  const unreadable =
    (path: string) =>
    (error: unknown): never => {
      throw misused(`${path} cannot be read: ${error instanceof Error ? error.message : error}`);
    };

  const profile = program.command('profile').description('Deployments that were logged in to');
  profile
    .command('list')
    .description('List them; * marks the one in use')
    .action(async () => {
      const { current, profiles } = await readConfig(io);
      const items = Object.entries(profiles).map(([name, { url }]) => ({
        name,
        url,
        current: name === current,
      }));
      show(cli, items, () =>
        table(
          ['', 'name', 'url'],
          items.map((item) => [item.current ? '*' : '', item.name, item.url]),
        ),
      );
    });
  profile
    .command('use')
    .description('Use another one from now on')
    .argument('<name>')
    .action(async (name) => {
      const config = await readConfig(io);
      const { url } = profileOf(config.profiles, name);
      await writeConfig(io, { ...config, current: name });
      io.err(`Using ${name}, ${url}`);
    });
  profile
    .command('remove')
    .description('Forget one and its token')
    .argument('<name>')
    .action(async (name) => {
      const { current, profiles } = await readConfig(io);
      profileOf(profiles, name);
      const { [name]: _removed, ...rest } = profiles;
      await writeConfig(io, {
        ...(current === undefined || current === name ? {} : { current }),
        profiles: rest,
      });
      io.err(`Removed ${name}`);
    });
}
