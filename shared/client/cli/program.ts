import { createRequire } from 'node:module';
import addCompletion from '@bomb.sh/tab/commander';
import { Command } from '@commander-js/extra-typings';
import type { Command as PlainCommand } from 'commander';
import * as z from 'zod';
import { addApply } from './apply.ts';
import { addAudit } from './audit.ts';
import { addBulk } from './bulk.ts';
import { addCalendars } from './calendars.ts';
import { addDeadLetters } from './dead-letters.ts';
import { addDoctor } from './doctor.ts';
import { EXIT, explained } from './failure.ts';
import { guide } from './guidance.ts';
import { addImport } from './import.ts';
import type { Io } from './io.ts';
import { addLogin } from './login.ts';
import { addPreview } from './preview.ts';
import { addQueues } from './queues.ts';
import { addRuns } from './runs.ts';
import type { Cli } from './session.ts';
import { addStats } from './stats.ts';
import { addTail } from './tail.ts';
import { addTasks } from './tasks.ts';
import { addTenants } from './tenants.ts';
import { addTokens } from './tokens.ts';
import { addVariables } from './variables.ts';

/** By its own name, for sources and compiled files lie at different depths. */
const { version } = z
  .object({ version: z.string() })
  .parse(createRequire(import.meta.url)('escapement/package.json'));

const GlobalsSchema = z.object({
  profile: z.string().optional(),
  url: z.string().optional(),
  json: z.boolean().optional(),
});

const FIRST_STEPS = `
First steps:
  escapement login http://127.0.0.1:4650 --token-file .escapement/admin-token
  escapement tasks put hello --name Hello --handler demo.echo --every 1m
  escapement tasks upcoming hello
  escapement runs list

Shell completion: escapement complete --help

Exit codes: 0 done · 1 something is wrong · 2 wrong usage · 3 refused · 4 no answer`;

export function makeProgram(io: Io): Command {
  const program: Command = new Command('escapement');
  program
    .description('Looks at and steers the tasks of an Escapement deployment.')
    .version(version)
    .option('--profile <name>', 'of the deployment to speak to (ESCAPEMENT_PROFILE)')
    .option('--url <url>', 'address instead of a profile; the token is in ESCAPEMENT_TOKEN (ESCAPEMENT_URL)')
    .option('--json', 'print the whole answer as JSON, for scripts')
    .addHelpText('after', FIRST_STEPS)
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: (text) => io.out(text.trimEnd()),
      writeErr: (text) => io.err(text.trimEnd()),
    })
    .exitOverride();
  const cli: Cli = { io, globals: () => GlobalsSchema.parse(program.opts()) };
  addLogin(program, cli);
  addTasks(program, cli);
  addPreview(program, cli);
  addApply(program, cli);
  addImport(program, cli);
  addRuns(program, cli);
  addBulk(program, cli);
  addQueues(program, cli);
  addDeadLetters(program, cli);
  addVariables(program, cli);
  addCalendars(program, cli);
  addStats(program, cli);
  addTail(program, cli);
  addDoctor(program, cli, version);
  addTokens(program, cli);
  addAudit(program, cli);
  addTenants(program, cli);
  // The same object; only its types are told differently.
  const plain = program as unknown as PlainCommand;
  addCompletion(plain);
  guide(plain);
  return program;
}

/** Resolves with the exit code. */
export async function run(args: readonly string[], io: Io): Promise<number> {
  try {
    await makeProgram(io).parseAsync(args, { from: 'user' });
    return EXIT.ok;
  } catch (error) {
    const { message, exitCode } = explained(error);
    if (message !== '') io.err(message);
    return exitCode;
  }
}
