import type { Command } from '@commander-js/extra-typings';
import { carryOver, type Line } from './eventbridge/carry-over.ts';
import { allowText, importText, isLeft } from './eventbridge/import-words.ts';
import type { Handlers } from './eventbridge/mapping.ts';
import { openOriginals } from './eventbridge/originals.ts';
import { Failure, misused } from './failure.ts';
import { type Cli, open, show } from './session.ts';
import { collected } from './words.ts';

const EXAMPLES = `
Examples:
  escapement import eventbridge --group billing --dry-run
  escapement import eventbridge --group billing --disable-originals
  escapement import eventbridge --handler arn:aws:lambda:eu-west-1:123456789012:function:report=billing.report

Each schedule becomes the task <group>.<name>. Below it stands what maps exactly (=), with a difference (~), and not (!).
Exit code 1 when a schedule was left out.`;

export function addImport(program: Command, cli: Cli): void {
  program
    .command('import')
    .description('Make tasks of what another scheduler has')
    .command('eventbridge')
    .description(
      'Make tasks of the schedules of EventBridge Scheduler; importing again changes what has changed',
    )
    .option('--group <name>', 'schedules of this group only; of all groups when absent')
    .option('--prefix <text>', 'schedules whose names begin with this only')
    .option('--region <name>', "of the schedules; the AWS configuration's when absent")
    .option(
      '--handler <arn=name>',
      'give what went to this target to a handler; may be given several times',
      collected,
    )
    .option('--dry-run', 'tell what would be, and change nothing')
    .option('--disable-originals', 'disable each schedule as soon as its task stands')
    .addHelpText('after', EXAMPLES)
    .action(async ({ group, prefix, region, handler = [], dryRun = false, disableOriginals = false }) => {
      const { client, nowMs } = await open(cli);
      const orders = { dryRun, disableOriginals, handlers: handlersOf(handler), nowMs };
      const originals = await openOriginals(region);
      const schedules = await originals.read({ group, prefix });
      const lines: Line[] = [];
      for (const schedule of schedules) lines.push(await carryOver(client, originals, schedule, orders));
      show(cli, lines, () => importText(lines));
      const allow = allowText(lines);
      if (allow !== undefined) cli.io.err(allow);
      const twice = lines.filter(
        ({ original, outcome }) => original === 'enabled' && !dryRun && isThere(outcome),
      );
      if (twice.length > 0)
        cli.io.err(`${twice.length} run here and there: --disable-originals disables the originals.`);
      const left = lines.filter(isLeft);
      if (left.length > 0) throw new Failure(`${left.length} of ${lines.length} were left out`);
    });
}

const isThere = (outcome: Line['outcome']): boolean => ['imported', 'changed', 'unchanged'].includes(outcome);

export function handlersOf(given: readonly string[]): Handlers {
  return new Map(
    given.map((text) => {
      const [, arn, name] = /^(arn:[^=]+)=(.+)$/.exec(text) ?? [];
      if (arn === undefined || name === undefined) throw misused(`${text}: expected <arn>=<handler>`);
      return [arn, name];
    }),
  );
}
