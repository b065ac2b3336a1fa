import type { GetScheduleOutput } from '@aws-sdk/client-scheduler';
import type { Command } from '@commander-js/extra-typings';
import { type Client, ProblemError } from '../client.ts';
import { type Handlers, IMPORTED, mapSchedule } from './eventbridge/mapping.ts';
import { type Originals, openOriginals } from './eventbridge/originals.ts';
import { Failure, misused } from './failure.ts';
import { type Cli, findTask, open, show } from './session.ts';
import { oneLine } from './table.ts';
import { collected } from './words.ts';

interface Line {
  id: string;
  outcome: 'imported' | 'would be imported' | 'unchanged' | 'not mapped' | 'refused';
  notes: string[];
  originalDisabled: boolean;
}
interface Orders {
  dryRun: boolean;
  disableOriginals: boolean;
  handlers: Handlers;
}

export function addImport(program: Command, cli: Cli): void {
  program
    .command('import')
    .description('Make tasks of what another scheduler has')
    .command('eventbridge')
    .description(
      'Make tasks of the schedules of EventBridge Scheduler; importing again changes what has changed',
    )
    .option('--group <name>', 'schedules of this group only')
    .option('--prefix <text>', 'schedules whose names begin with this only')
    .option('--region <name>', "of the schedules; the AWS configuration's when absent")
    .option(
      '--handler <arn=name>',
      'give what went to this target to a handler; may be given several times',
      collected,
    )
    .option('--dry-run', 'tell what would be, and change nothing')
    .option('--disable-originals', 'disable each schedule whose task stands')
    .action(async ({ group, prefix, region, handler = [], dryRun = false, disableOriginals = false }) => {
      const orders = { dryRun, disableOriginals, handlers: handlersOf(handler) };
      const { client } = await open(cli);
      const originals = await openOriginals(region);
      const schedules = await originals.read({ group, prefix });
      const lines: Line[] = [];
      for (const schedule of schedules) lines.push(await importOne(client, originals, schedule, orders));
      const left = lines.filter(({ outcome }) => outcome === 'not mapped' || outcome === 'refused');
      show(cli, lines, () =>
        [...lines.map(lineText), `${lines.length - left.length} of ${lines.length}`].join('\n'),
      );
      if (left.length > 0) throw new Failure(`${left.length} of ${lines.length} were left out`);
    });
}

function handlersOf(given: readonly string[]): Handlers {
  return new Map(
    given.map((text) => {
      const [, arn, name] = /^(arn:[^=]+)=(.+)$/.exec(text) ?? [];
      if (arn === undefined || name === undefined) throw misused(`${text}: expected <arn>=<handler>`);
      return [arn, name];
    }),
  );
}

/** The task stands before its original is disabled: rather a run twice in between than none. */
async function importOne(
  client: Client,
  originals: Originals,
  schedule: GetScheduleOutput,
  { dryRun, disableOriginals, handlers }: Orders,
): Promise<Line> {
  const mapped = mapSchedule(schedule, handlers);
  const { id } = mapped;
  if (!mapped.ok) return { id, outcome: 'not mapped', notes: [mapped.reason], originalDisabled: false };
  const { input, paused, notes } = mapped;
  try {
    const stood = await findTask(client, id);
    if (stood && !stood.tags.includes(IMPORTED))
      return {
        id,
        outcome: 'refused',
        notes: ['a task of this id exists and was not imported'],
        originalDisabled: false,
      };
    const task = await client.tasks.put(id, input, { dryRun });
    const same = stood !== undefined && stood.version === task.version;
    if (dryRun)
      return { id, outcome: same ? 'unchanged' : 'would be imported', notes, originalDisabled: false };
    if (paused && stood === undefined) await client.tasks.pause(id);
    const disabling = disableOriginals && schedule.State !== 'DISABLED';
    if (disabling) await originals.disable(schedule);
    return { id, outcome: same ? 'unchanged' : 'imported', notes, originalDisabled: disabling };
  } catch (error) {
    if (!(error instanceof ProblemError) || error.errors.length === 0) throw error;
    return { id, outcome: 'refused', notes: [error.message], originalDisabled: false };
  }
}

const lineText = ({ id, outcome, notes, originalDisabled }: Line): string =>
  [
    `${id}: ${outcome}${originalDisabled ? ', original disabled' : ''}`,
    ...notes.map((note) => `    ${oneLine(note)}`),
  ].join('\n');
