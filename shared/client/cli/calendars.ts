import type { Command } from '@commander-js/extra-typings';
import type { Calendar, CalendarInput } from '../client.ts';
import { misused } from './failure.ts';
import { type Cli, open, show } from './session.ts';
import { card, table } from './table.ts';
import { objectFrom } from './task-options.ts';
import { collected } from './words.ts';

const days = ({ dates, ranges, weekdays }: Calendar): string =>
  [...dates, ...ranges.map(({ from, to }) => `${from}..${to}`), ...weekdays].join(' ');

const calendarCard = (calendar: Calendar): string =>
  card([
    ['id', calendar.id],
    ['name', calendar.name],
    ['timezone', calendar.timezone ?? 'of the schedule that uses it'],
    ['dates', calendar.dates.join(' ') || '-'],
    ['ranges', calendar.ranges.map(({ from, to }) => `${from}..${to}`).join(' ') || '-'],
    ['weekdays', calendar.weekdays.join(' ') || '-'],
    ['version', calendar.version],
  ]);

export function addCalendars(program: Command, cli: Cli): void {
  const calendars = program
    .command('calendars')
    .description('Days on which the tasks whose schedules name them do not run');
  calendars
    .command('list')
    .description('List them')
    .action(async () => {
      const { client } = await open(cli);
      const found = await client.calendars.list({ limit: 200 }).toArray();
      show(cli, found, () =>
        table(
          ['id', 'name', 'days'],
          found.map((calendar) => [calendar.id, calendar.name, days(calendar)]),
        ),
      );
    });
  calendars
    .command('get')
    .description('Show one')
    .argument('<id>')
    .action(async (id) => {
      const { client } = await open(cli);
      const calendar = await client.calendars.get(id);
      show(cli, calendar, () => calendarCard(calendar));
    });
  calendars
    .command('set')
    .description('Make one, or make it what is said here; the tasks that use it are planned anew')
    .argument('<id>')
    .option(
      '-f, --file <path>',
      'the calendar as YAML or JSON, - for standard input; the other options win over it',
    )
    .option('--name <text>', 'for people')
    .option('--timezone <name>', "whose days these are, such as Europe/Paris; the schedule's when absent")
    .option('--date <date>', '2026-12-25, or --12-25 for every year; may be given several times', collected)
    .option('--range <from..to>', 'both ends included; may be given several times', collected)
    .option('--weekday <day>', 'mon, tue, wed, thu, fri, sat or sun; may be given several times', collected)
    .action(async (id, { file, name, timezone, date, range, weekday }) => {
      const said = Object.entries({
        name,
        timezone,
        dates: date,
        ranges: range?.map(rangeOf),
        weekdays: weekday,
      });
      const given = Object.fromEntries(said.filter(([, value]) => value !== undefined));
      if (file === undefined && name === undefined)
        throw misused('Say what it is: -f <file>, or --name and its days: --date, --range, --weekday');
      const read = file === undefined ? {} : await objectFrom(cli.io, file);
      const { client } = await open(cli);
      // The API checks it, and says all that is wrong by field.
      const change = await client.calendars.put(id, { ...read, ...given } as CalendarInput);
      show(cli, change, () => calendarCard(change));
      const { tasks, complete } = change.replanned;
      if (tasks > 0) cli.io.err(`${tasks} tasks got another next occurrence.`);
      if (!complete)
        cli.io.err('Time ran out before all tasks were planned anew: say the same again to go on.');
    });
  calendars
    .command('delete')
    .description('Delete calendars; one that a task uses is refused')
    .argument('<ids...>')
    .action(async (ids) => {
      const { client } = await open(cli);
      for (const id of ids) await client.calendars.delete(id);
      show(cli, { deleted: ids }, () => `Deleted ${ids.join(', ')}`);
    });
}

function rangeOf(text: string): { from: string; to: string } {
  const [from = '', to, ...more] = text.split('..');
  if (to === undefined || more.length > 0)
    throw misused(`${text} is not a range: expected 2026-08-01..2026-08-16`);
  return { from, to };
}
