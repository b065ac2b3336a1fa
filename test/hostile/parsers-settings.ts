import { App } from 'aws-cdk-lib';
import fc from 'fast-check';
import { resolveConfig, settingsFromContext } from '../../infra/config.ts';
import { parseScheduleExpression } from '../../infra/local/schedule-expression.ts';
import { TemplateError } from '../../infra/local/template/intrinsics.ts';
import { cronOf } from '../../shared/client/cli/eventbridge/cron-of.ts';
import { mapSchedule } from '../../shared/client/cli/eventbridge/mapping.ts';
import { Unmapped } from '../../shared/client/cli/eventbridge/unmapped.ts';
import { Failure } from '../../shared/client/cli/failure.ts';
import type { Io } from '../../shared/client/cli/io.ts';
import { readConfig } from '../../shared/client/cli/profiles.ts';
import { readTaskFile } from '../../shared/client/cli/task-file.ts';
import { instant, json as jsonArgument, seconds } from '../../shared/client/cli/words.ts';
import { problemOf } from '../../shared/client/problem-error.ts';
import { type Parser, parser, says } from './parser.ts';
import { anything, json, jsonText, NOW_MS, nest, text } from './values.ts';

/** What people write down: cdk.json, files and arguments of the command line, schedules of EventBridge Scheduler. */

const isFailure = (error: unknown) => error instanceof Failure;
const storage = { env: {}, homeDirectory: '/home/ada', writePrivate: async () => {} };
const files = (written: string): Pick<Io, 'read'> => ({ read: async () => written });
const readFile = (written: string) => readTaskFile(files(written), 'tasks.yaml');

const yaml = fc.oneof(
  text,
  jsonText.map((written) => written.slice(0, 2_000)),
  json.map((tasks) => JSON.stringify({ name: 'all', tasks }).slice(0, 5_000)),
  fc.constantFrom('a: &a [*a]', '__proto__: {name: x}', 'a: 1\na: 2', '- - - -', '\t'),
);
const doubled = (levels: number) =>
  Array.from({ length: levels }, (_, at) =>
    at === 0 ? 'a0: &a0 [x, x]' : `a${at}: &a${at} [*a${at - 1}, *a${at - 1}]`,
  ).join('\n');

const expression = fc.oneof(
  text,
  text.map((inner) => `cron(${inner})`),
  fc.stringMatching(/^cron\(([0-9*,/LW?#-]{1,6} ){5}[0-9*,/-]{1,6}\)$/),
  fc.stringMatching(/^rate\([0-9]{1,12} (minute|hour|day)s?\)$/),
  fc.stringMatching(/^at\([0-9T:+-]{1,25}\)$/),
);
const schedule = fc.record(
  {
    Name: text,
    GroupName: text,
    Arn: text,
    Description: text,
    ScheduleExpression: expression,
    ScheduleExpressionTimezone: fc.oneof(text, fc.constantFrom('Europe/Paris', 'UTC', 'Etc/GMT+5')),
    StartDate: fc.date({ noInvalidDate: true }),
    EndDate: fc.date({ noInvalidDate: true }),
    Target: fc.record({
      Arn: text,
      RoleArn: text,
      Input: fc.oneof(
        text,
        jsonText.map((input) => input.slice(0, 5_000)),
      ),
    }),
  },
  { requiredKeys: [] },
);

export const settingsParsers: Parser[] = [
  parser('infra/config.ts resolveConfig', anything, resolveConfig, {
    refuses: says(/^The configuration has \d+ problem/),
  }),
  parser('infra/config.ts settingsFromContext', fc.dictionary(text, json, { maxKeys: 3 }), (settings) => {
    const context = Object.fromEntries(
      Object.entries(settings).map(([path, value]) => [`escapement.${path}.polluted`, value]),
    );
    settingsFromContext(new App({ context: { ...context, 'escapement.__proto__.polluted': true } }).node);
    if ('polluted' in {}) throw new Error('every object has it now');
  }),
  parser(
    'infra/local/schedule-expression.ts parseScheduleExpression',
    expression,
    (written) => parseScheduleExpression(written, 'here')(NOW_MS),
    {
      refuses: (error) => error instanceof TemplateError,
      worst: [`cron(${'1,'.repeat(50_000)}1 * * * ? *)`, 'cron(0/0 * * * ? *)', 'cron(* * * * ? 1970-2199)'],
    },
  ),
  parser('shared/client/cli/task-file.ts readTaskFile', yaml, readFile, {
    refuses: isFailure,
    worst: [
      doubled(60),
      nest(3_000),
      `name: a\ntasks: ${'{a: '.repeat(2_000)}`,
      `tasks: {${'a: {}, '.repeat(5_000)}}`,
    ],
  }),
  parser(
    'shared/client/cli/profiles.ts readConfig',
    jsonText,
    (written) => readConfig({ ...storage, readPrivate: async () => written }),
    {
      refuses: isFailure,
    },
  ),
  parser('shared/client/cli/words.ts seconds', text, seconds, { refuses: isFailure }),
  parser('shared/client/cli/words.ts instant', text, instant, { refuses: isFailure }),
  parser('shared/client/cli/words.ts json', jsonText, (written) => jsonArgument(written), {
    refuses: isFailure,
  }),
  parser(
    'shared/client/cli/eventbridge/mapping.ts mapSchedule',
    schedule,
    (given) => mapSchedule(given, new Map(), NOW_MS),
    {
      worst: [{ ScheduleExpression: `cron(${'1,'.repeat(50_000)}1 * * * ? *)` }],
    },
  ),
  parser('shared/client/cli/eventbridge/cron-of.ts cronOf', expression, (written) => cronOf(written, true), {
    refuses: (error) => error instanceof Unmapped,
    worst: ['0-59/0 * * * ? *', '0/1 0-999999999 * * ? *', '* * * * ? 1970-999999999'],
  }),
  parser('shared/client/problem-error.ts problemOf', fc.tuple(fc.integer(), anything), ([status, body]) =>
    problemOf(status, body),
  ),
];
