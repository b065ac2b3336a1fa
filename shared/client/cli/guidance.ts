import type { Command } from 'commander';

/** What the arguments of a group's commands are, as far as they do not say it themselves. */
const ARGUMENTS: Record<string, string> = {
  'profile name': 'of the profile: escapement profile list',
  'tasks id': 'of the task: escapement tasks list',
  'tasks ids': 'of tasks: escapement tasks list',
  'runs id': 'of the run: escapement runs list',
  'runs ids': 'of runs: escapement runs list',
  'bulk id': 'of the job, which the command that began it printed',
  'queues name': 'of the queue: escapement queues list',
  'dead-letters queue': 'of which: escapement queues list',
  'dead-letters id': 'of the redrive, which the command that began it printed',
  'dead-letters ids': 'of runs: escapement dead-letters list',
  'variables name': 'A-Z a-z 0-9 _, and no digit first',
  'variables names': 'of variables: escapement variables list',
  'calendars id': 'of the calendar: escapement calendars list',
  'calendars ids': 'of calendars: escapement calendars list',
  'tokens ids': 'of tokens: escapement tokens list',
  'tenants id': 'of the tenant: a-z 0-9 -',
  'tenants ids': 'of tenants: escapement tenants list',
};

const EXAMPLES: Record<string, readonly string[]> = {
  login: [
    'http://127.0.0.1:4650 --token-file .escapement/admin-token',
    'https://abc.execute-api.eu-west-1.amazonaws.com --as live',
  ],
  'profile list': [''],
  'profile use': ['live'],
  'profile remove': ['live'],
  'tasks list': ['--status active --queue default', '--tag billing --json'],
  'tasks get': ['morning-report'],
  'tasks create': ['--name Hello --handler demo.echo --payload \'{"hello":"world"}\' --now', '-f task.yaml'],
  'tasks put': [
    "morning-report --name 'Morning report' --handler demo.echo --cron '0 9 * * 1-5' --timezone Europe/Paris",
    'morning-report -f task.yaml --queue high',
  ],
  'tasks why': ['morning-report'],
  'tasks versions': ['morning-report', 'morning-report --show 3 > task.json'],
  'tasks pause': ["morning-report --reason 'month-end closing'", '--tag billing --dry-run'],
  'tasks resume': ['morning-report', '--tag billing'],
  'tasks trigger': ['morning-report', 'morning-report --payload \'{"to":"me@example.com"}\' --in 10m'],
  'tasks delete': ['morning-report'],
  'tasks upcoming': ['morning-report --count 5'],
  'tasks backfill': ['morning-report --from 2026-11-01 --to 2026-11-08 --dry-run'],
  preview: ["--cron '0 9 * * 1-5' --timezone Europe/Paris", "--rrule 'FREQ=MONTHLY;BYDAY=-1FR' --count 3"],
  apply: ['-f tasks.yaml --dry-run', '-f tasks.yaml --prune'],
  export: ['billing > tasks.yaml', 'everything --all > tasks.yaml'],
  'runs list': ['--task morning-report --status dead', '--queue default --json'],
  'runs get': ['morning-report~001795264316317'],
  'runs why': ['morning-report~001795264316317'],
  'runs cancel': ['morning-report~001795264316317'],
  'runs retry': ['morning-report~001795264316317', '--task morning-report --since 1d'],
  'bulk status': ['01M7Z1F0WX2B8Y46MY1X16ZTRQ'],
  'bulk wait': ['01M7Z1F0WX2B8Y46MY1X16ZTRQ'],
  'bulk abort': ['01M7Z1F0WX2B8Y46MY1X16ZTRQ'],
  'queues list': [''],
  'queues get': ['default'],
  'queues pause': ['default'],
  'queues resume': ['default'],
  'queues set': ['default --workers 8', 'default --workers default'],
  handlers: [''],
  'dead-letters list': ['default'],
  'dead-letters redrive': ['default morning-report~001795264316317', 'default --all'],
  'dead-letters groups': ['default', 'default --resolution ignored'],
  'dead-letters canary': ['default 01M7Z1F0WX2B8Y46MY1X16ZTRQ'],
  'dead-letters resolve': ["default morning-report~001795264316317 --note 'sent by hand'"],
  'dead-letters ignore': ["default --group 3f2a9c1b --note 'known, and harmless'"],
  'dead-letters reopen': ['default --group 3f2a9c1b'],
  'dead-letters purge': ['default --yes'],
  'variables list': [''],
  'variables get': ['limits'],
  'variables set': ['limits \'{"pages":20}\'', 'region --text eu-west-1'],
  'variables delete': ['limits'],
  'calendars list': [''],
  'calendars get': ['holidays'],
  'calendars set': ['holidays --name Holidays --date 2026-05-14 --date=--12-25 --weekday sat --weekday sun'],
  'calendars delete': ['holidays'],
  stats: ['--since 1d', '--since 7d --interval day --by failures'],
  tail: ['--task morning-report', '--queue default --since 10m'],
  wait: ['morning-report~001795264316317 --timeout 10m'],
  'tokens list': [''],
  'tokens create': ['--role operator --name ci --expires-in 90d'],
  'tokens revoke': ['01M7Z1F0WX2B8Y46MY1X16ZTRQ'],
  audit: ['--since 1d --action task.pause', '--resource tasks/morning-report'],
  'tenants list': [''],
  'tenants get': ['acme'],
  'tenants set': ['acme --name Acme --max-tasks 100', 'acme --max-tasks none'],
  'tenants delete': ['acme'],
  complete: ['bash'],
};

/** Every command has examples, knows what its arguments are, and says after a mistake which help to read. */
export function guide(program: Command, path: readonly string[] = []): void {
  const name = path.join(' ');
  const whole = ['escapement', ...path].join(' ');
  program.showHelpAfterError(`${whole} --help tells what can be said.`);
  const examples = EXAMPLES[name]?.map((rest) => `  ${whole} ${rest}`.trimEnd());
  if (examples) program.addHelpText('after', ['', 'Examples:', ...examples].join('\n'));
  for (const argument of program.registeredArguments)
    argument.description ||= ARGUMENTS[`${path[0]} ${argument.name()}`] ?? '';
  for (const option of program.options) if (option.mandatory) option.description += ' (required)';
  for (const command of program.commands) guide(command, [...path, command.name()]);
}
