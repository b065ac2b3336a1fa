import type { Command } from '@commander-js/extra-typings';
import { examineAws } from './aws-examination.ts';
import { examine } from './examination.ts';
import type { Finding } from './examination-parts.ts';
import { EXIT, Failure } from './failure.ts';
import { type Cli, open, show } from './session.ts';
import { seconds } from './words.ts';

const MAX_AGE_SECONDS = 300;
const NAME = 'escapement';

const EXAMPLES = `
Examples:
  escapement doctor
  escapement doctor --aws --name shop --region eu-west-1
  escapement doctor --json | jq '.findings[] | select(.level == "wrong")'

Each line begins with ok, note (somebody may want to look), wrong, or skip (cannot be looked at from here).`;

export function addDoctor(program: Command, cli: Cli, version: string): void {
  program
    .command('doctor')
    .description(
      'Check a deployment: clocks, lateness, canary, alarms, queues and their drift, dead letters, tasks; exit code 1 when something is wrong',
    )
    .addOption(
      program
        .createOption('--max-age <duration>', 'that due runs may wait in a queue')
        .argParser(seconds)
        .default(MAX_AGE_SECONDS, '5m'),
    )
    .option('--aws', 'ask AWS as well, with its credentials at hand: alarms, and both clocks')
    .option('--no-aws', 'do not, though there are AWS credentials')
    .option('--name <name>', 'of the deployment, which its alarms begin with', NAME)
    .option('--stack <name>', 'that it is in; its name when absent')
    .option('--region <name>', "of the deployment; its address's, or the AWS configuration's when absent")
    .addHelpText('after', EXAMPLES)
    .action(async ({ maxAge, aws, name, stack = name, region }) => {
      const { client, url, nowMs } = await open(cli);
      const place = { name, stack, region: region ?? regionOf(url) };
      const [seen, behind] = await Promise.all([
        examine(client, { nowMs, maxAgeSeconds: maxAge, version }),
        (aws ?? hasCredentials(cli)) ? awsFindings(url, aws === true, place) : [NOT_ASKED(url)],
      ]);
      const findings = [...seen, ...behind];
      const wrong = findings.filter(({ level }) => level === 'wrong');
      show(cli, { url, ok: wrong.length === 0, findings }, () =>
        findings.map(({ level, what, message }) => `${level.padEnd(5)}  ${what}: ${message}`).join('\n'),
      );
      if (wrong.length > 0) throw new Failure(`${wrong.length} wrong at ${url}`, EXIT.failed);
    });
}

const awsFindings = async (
  url: string,
  asked: boolean,
  place: Parameters<typeof examineAws>[0],
): Promise<Finding[]> => (asked || !isHere(url) ? examineAws(place) : [NOT_ASKED(url)]);

const hasCredentials = ({ io }: Cli): boolean =>
  ['AWS_ACCESS_KEY_ID', 'AWS_PROFILE', 'AWS_ROLE_ARN'].some((name) => io.env[name]);

const isHere = (url: string): boolean => ['127.0.0.1', 'localhost', '[::1]'].includes(new URL(url).hostname);

/** https://abc.execute-api.eu-west-1.amazonaws.com */
const regionOf = (url: string): string | undefined =>
  /^[^.]+\.execute-api\.([a-z0-9-]+)\.amazonaws\.com/.exec(new URL(url).hostname)?.[1];

const NOT_ASKED = (url: string): Finding => ({
  level: 'skip',
  what: 'alarms',
  message: isHere(url)
    ? 'not applicable: nothing evaluates alarms on this machine'
    : 'not looked at: --aws asks AWS for them and for both clocks',
});
