import type { Command } from '@commander-js/extra-typings';
import { type HandedBack, handBack } from './eventbridge/hand-back.ts';
import { exportText } from './eventbridge/import-words.ts';
import { openOriginals } from './eventbridge/originals.ts';
import { Failure, misused } from './failure.ts';
import { handlersOf } from './import.ts';
import { type Cli, open, show } from './session.ts';
import { collected } from './words.ts';

const EXAMPLES = `
Examples:
  escapement export eventbridge billing.report --pause --dry-run
  escapement export eventbridge billing.report --pause
  escapement export eventbridge nightly --group billing --role-arn arn:aws:iam::123456789012:role/scheduler --delete

An imported task goes back to the schedule that it came from; any other becomes the schedule <group>/<id>.
Exit code 1 when a task could not be handed over.`;

export function addExportEventBridge(exporting: Command<[string]>, cli: Cli): void {
  exporting
    .command('eventbridge')
    .description('Hand tasks (back) to EventBridge Scheduler: its schedules do what they did')
    .argument('<ids...>', 'of tasks')
    .option('--group <name>', 'of the schedule, for tasks that were not imported; default when absent')
    .option(
      '--role-arn <arn>',
      'that EventBridge Scheduler uses for the target; the original one when absent',
    )
    .option('--region <name>', "of the schedules; the AWS configuration's when absent")
    .option(
      '--handler <arn=name>',
      'what does there what a handler does here; may be given several times',
      collected,
    )
    .option('--pause', 'pause each task as soon as its schedule stands')
    .option('--delete', 'delete each task as soon as its schedule stands')
    .option('--dry-run', 'tell what would be, and change nothing')
    .addHelpText('after', EXAMPLES)
    .action(async (ids, { group, roleArn, region, handler = [], pause, delete: remove, dryRun = false }) => {
      if (pause && remove) throw misused('--pause or --delete, not both');
      const { client, nowMs } = await open(cli);
      const originals = await openOriginals(region);
      const then = pause ? 'pause' : remove ? 'delete' : 'keep';
      const orders = { group, roleArn, handlers: handlersOf(handler), then, dryRun, nowMs } as const;
      const lines: HandedBack[] = [];
      for (const id of ids) lines.push(await handBack(client, originals, id, orders));
      show(cli, lines, () => exportText(lines));
      const twice = lines.filter(({ task, outcome }) => !dryRun && task === 'active' && !isLeft(outcome));
      if (twice.length > 0)
        cli.io.err(`${twice.length} run here and there: --pause pauses the tasks, --delete deletes them.`);
      const left = lines.filter(({ outcome }) => isLeft(outcome));
      if (left.length > 0) throw new Failure(`${left.length} of ${lines.length} could not be handed over`);
    });
}

const isLeft = (outcome: HandedBack['outcome']): boolean => outcome === 'not mapped' || outcome === 'refused';
