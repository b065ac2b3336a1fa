import type { Command } from '@commander-js/extra-typings';
import { misused } from './failure.ts';
import { type Cli, open, show } from './session.ts';
import { scheduleOf, withSchedule } from './task-options.ts';
import { count, moment } from './words.ts';

export function addPreview(program: Command, cli: Cli): void {
  withSchedule(program.command('preview').description('Tell what a schedule means and when it would be due'))
    .option('--count <n>', 'so many', count, 10)
    .action(async (options) => {
      const schedule = scheduleOf(options);
      if (schedule === undefined) throw misused('Say a schedule, such as --cron "0 9 * * 1-5"');
      const { client, nowMs } = await open(cli);
      const preview = await client.preview(schedule, options.count);
      show(cli, preview, () =>
        [preview.description, ...preview.items.map((at) => moment(at, nowMs))].join('\n'),
      );
    });
}
