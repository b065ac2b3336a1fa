import type { Command } from '@commander-js/extra-typings';
import { examine } from './examination.ts';
import { EXIT, Failure } from './failure.ts';
import { type Cli, open, show } from './session.ts';
import { seconds } from './words.ts';

const MAX_AGE_SECONDS = 300;

export function addDoctor(program: Command, cli: Cli, version: string): void {
  program
    .command('doctor')
    .description(
      'Check a deployment: clock, queues, dead letters, tasks; exit code 1 when something is wrong',
    )
    .option('--max-age <duration>', 'that due runs may wait in a queue', seconds, MAX_AGE_SECONDS)
    .action(async ({ maxAge }) => {
      const { client, url, nowMs } = await open(cli);
      const findings = await examine(client, { nowMs, maxAgeSeconds: maxAge, version });
      const wrong = findings.filter(({ level }) => level === 'wrong');
      show(cli, { url, ok: wrong.length === 0, findings }, () =>
        findings.map(({ level, what, message }) => `${level.padEnd(5)}  ${what}: ${message}`).join('\n'),
      );
      if (wrong.length > 0) throw new Failure(`${wrong.length} wrong at ${url}`, EXIT.failed);
    });
}
