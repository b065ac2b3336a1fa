import { type Command, Option } from '@commander-js/extra-typings';
import type { Canary, Client, DeadLetterGroup, DeadLetterOutcomes, Redrive } from '../client.ts';
import { Failure, misused } from './failure.ts';
import { brief } from './run-words.ts';
import { type Cli, givenJson, open, show } from './session.ts';
import { card, table } from './table.ts';
import { count, moment } from './words.ts';

export const resolutionOption = () =>
  new Option('--resolution <which>', 'those that were put away').choices(['resolved', 'ignored'] as const);

/** All of them when none is named. */
export const queuesMeant = async (client: Client, queue: string | undefined): Promise<string[]> =>
  queue === undefined ? (await client.queues.list().toArray()).map(({ name }) => name) : [queue];

export function addGroups(letters: Command, cli: Cli): void {
  letters
    .command('groups')
    .description('List them by what they died of, the most frequent first')
    .argument('[queue]', 'all queues when absent')
    .addOption(resolutionOption())
    .option('--limit <n>', 'of a queue, at most so many', count, 50)
    .action(async (queue, { limit, resolution }) => {
      const { client, nowMs } = await open(cli);
      const found: DeadLetterGroup[] = [];
      for (const name of await queuesMeant(client, queue))
        found.push(...(await client.queues.deadLetterGroups(name, { resolution }).toArray(limit)));
      show(cli, found, () => (found.length === 0 ? 'None.' : groupTable(found, nowMs)));
    });
}

const groupTable = (groups: readonly DeadLetterGroup[], nowMs: number): string =>
  table(
    ['group', 'queue', 'count', 'tasks', 'first', 'last', 'error', 'latest run'],
    groups.map(({ fingerprint, queue, sample, ...group }) => [
      fingerprint,
      queue,
      `${group.count}${group.atLeast ? '+' : ''}`,
      group.tasks === 1 ? (group.taskIds[0] ?? '1') : group.tasks,
      moment(group.firstSeenAt, nowMs),
      moment(group.lastSeenAt, nowMs),
      sample ? `${sample.errorType ?? 'Error'}: ${brief(sample.pattern)}` : '-',
      sample?.executionId ?? '-',
    ]),
  );

export function addRedrive(letters: Command, cli: Cli): void {
  letters
    .command('redrive')
    .description('Run dead ones again, with fresh attempts: those named, a group, or all of the queue')
    .argument('<queue>')
    .argument('[ids...]')
    .option('--group <fingerprint>', 'those of one group')
    .option('--all', 'all of the queue')
    .option('--canary', 'one of them first; the others follow when it succeeds, and stay when it does not')
    .option('--patch <json>', 'JSON merge patch of the payload of each; @file reads it from there')
    .action(async (queue, ids, { group, all, canary, patch }) => {
      const which = choiceOf(ids, group, all, 'Name the runs, or say --group or --all');
      if (canary && all) throw misused('A canary is one of some: name the runs, or say --group');
      const { client } = await open(cli);
      const edit = patch === undefined ? {} : { payloadPatch: objectOf(await givenJson(cli, patch)) };
      if (canary) {
        const redrive = await client.queues.redrive(queue, { ...which, ...edit, canary });
        show(cli, redrive, () => canaryWords(queue, redrive));
        if (!redrive.canary) throw new Failure('None of them could be queued again');
        return;
      }
      tell(cli, await repeated(() => client.queues.redrive(queue, { ...which, ...edit })), 'queued again');
    });

  letters
    .command('canary')
    .description('Tell how a redrive with one run first is going')
    .argument('<queue>')
    .argument('<id>')
    .action(async (queue, id) => {
      const { client, nowMs } = await open(cli);
      const canary = await client.queues.canary(queue, id);
      show(cli, canary, () => canaryCard(canary, nowMs));
    });
}

const DONE = { resolve: 'resolved', ignore: 'ignored', reopen: 'taken back' } as const;
const WHAT = {
  resolve: 'Put away what lies there now: those named, or a group',
  ignore: 'Put away those named, or a group and whatever dies of the same later',
  reopen: 'Take back what was put away: those named, or a group, which is not ignored any more',
} as const;

export function addPutAway(letters: Command, cli: Cli, action: keyof typeof DONE): void {
  const command = letters
    .command(action)
    .description(WHAT[action])
    .argument('<queue>')
    .argument('[ids...]')
    .option('--group <fingerprint>', 'those of one group');
  const act = async (queue: string, ids: string[], group: string | undefined, note?: string) => {
    const which = choiceOf(ids, group, undefined, 'Name the runs, or say --group');
    const { client } = await open(cli);
    const input = { ...which, ...(note === undefined ? {} : { note }) };
    tell(cli, await repeated(() => client.queues[action](queue, input)), DONE[action]);
  };
  if (action === 'reopen') command.action((queue, ids, { group }) => act(queue, ids, group));
  else
    command
      .option('--note <text>', 'why')
      .action((queue, ids, { group, note }) => act(queue, ids, group, note));
}

function choiceOf(
  ids: string[],
  group: string | undefined,
  all: boolean | undefined,
  usage: string,
): { ids?: string[]; fingerprint?: string } {
  if ([ids.length > 0, group !== undefined, all === true].filter(Boolean).length !== 1) throw misused(usage);
  return group === undefined ? (all ? {} : { ids }) : { fingerprint: group };
}

function objectOf(value: unknown): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw misused('A merge patch is a JSON object');
  return Object.fromEntries(Object.entries(value));
}

/** At most 1,000 a call; goes on while there are more and some of them move. */
async function repeated(call: () => Promise<DeadLetterOutcomes>): Promise<DeadLetterOutcomes['items']> {
  const items: DeadLetterOutcomes['items'] = [];
  for (;;) {
    const done = await call();
    items.push(...done.items);
    if (!done.more || done.count === 0) return items;
  }
}

function tell(cli: Cli, items: DeadLetterOutcomes['items'], done: string): void {
  const failed = items.filter(({ ok }) => !ok);
  show(cli, items, () => [`${items.length - failed.length} ${done}`, ...failed.map(failureLine)].join('\n'));
  if (failed.length > 0) throw new Failure(`${failed.length} of ${items.length} could not be ${done}`);
}

const failureLine = ({ id, message, code }: DeadLetterOutcomes['items'][number]): string =>
  `${id}: ${message ?? code}`;

function canaryWords(queue: string, { canary, items, remaining }: Redrive): string {
  const failed = items.filter(({ ok }) => !ok).map(failureLine);
  if (!canary) return failed.join('\n');
  return [
    `${canary.executionId} runs again; ${canary.waiting} wait for it.`,
    ...(remaining > 0 ? [`${remaining} more are not among them: redrive the group again afterwards.`] : []),
    `escapement dead-letters canary ${queue} ${canary.id}`,
    ...failed,
  ].join('\n');
}

const canaryCard = (canary: Canary, nowMs: number): string =>
  card([
    ['state', canary.state],
    ['why', canary.reason ?? undefined],
    ['run', canary.executionId],
    ['still dead', `${canary.waiting} of ${canary.total}`],
    ['begun', `${moment(canary.at, nowMs)} by ${canary.by}`],
  ]);
