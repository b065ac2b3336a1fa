import { type Command, Option } from '@commander-js/extra-typings';
import { type Bulk, type BulkInput, type BulkJob, isBulkJob } from '../client.ts';
import { Failure, misused } from './failure.ts';
import { type Cli, open, type Session, show } from './session.ts';
import { card } from './table.ts';
import { instant, moment, seconds } from './words.ts';

/** Which, in place of ids: the same words as in the lists. */
const ofMany = <A extends unknown[]>(command: Command<A>) =>
  command
    .option('--all', 'all of them')
    .option('--queue <name>', 'those of this queue')
    .option('--tag <tag>', 'those with this tag')
    .option('--dry-run', 'tell what would become of each, and change nothing')
    .option('--no-wait', 'of a job in the background: do not wait for its end');

export const SCHEDULE_KINDS = ['cron', 'interval', 'rrule', 'once', 'now'] as const;
export const TASK_STATUSES = ['active', 'paused', 'completed', 'disabled'] as const;
export const RUN_STATUSES = [
  'queued',
  'running',
  'retrying',
  'success',
  'dead',
  'cancelled',
  'skipped',
] as const;

export const ofManyTasks = <A extends unknown[]>(command: Command<A>) =>
  ofMany(command)
    .option('--handler <name>', 'those of this handler')
    .addOption(new Option('--kind <kind>', 'those with such a schedule').choices(SCHEDULE_KINDS))
    .option('--search <text>', 'those with this in id, name, description, handler or a tag')
    .addOption(new Option('--status <statuses...>', 'those that are').choices(TASK_STATUSES));

export const ofManyRuns = <A extends unknown[]>(command: Command<A>) =>
  ofMany(command)
    .option('--task <id>', 'those of this task')
    .option('--since <duration>', 'those due within the last 30m, 2h, 7d', seconds)
    .option('--from <instant>', 'those due at or after', instant)
    .option('--to <instant>', 'those due before', instant)
    .addOption(new Option('--status <statuses...>', 'those that are').choices(RUN_STATUSES));

export interface ManyOptions {
  all?: true | undefined;
  dryRun?: true | undefined;
  wait: boolean;
  queue?: string | undefined;
  tag?: string | undefined;
  status?: NonNullable<BulkInput['filter']>['status'] | undefined;
  handler?: string | undefined;
  kind?: NonNullable<BulkInput['filter']>['kind'] | undefined;
  search?: string | undefined;
  task?: string | undefined;
  since?: number | undefined;
  from?: string | undefined;
  to?: string | undefined;
}
type Which = Pick<BulkInput, 'ids' | 'filter'>;

/** Those named, or those that the options say: one of the two. */
export function whichOf(ids: readonly string[], options: ManyOptions, nowMs: number): Which {
  const { all, queue, tag, status, handler, kind, search, task, since, from, to } = options;
  const start = since === undefined ? from : new Date(nowMs - since * 1_000).toISOString();
  const filter = {
    ...(queue === undefined ? {} : { queue }),
    ...(tag === undefined ? {} : { tag }),
    ...(status === undefined ? {} : { status }),
    ...(handler === undefined ? {} : { handler }),
    ...(kind === undefined ? {} : { kind }),
    ...(search === undefined ? {} : { search }),
    ...(task === undefined ? {} : { taskId: task }),
    ...(start === undefined ? {} : { from: start }),
    ...(to === undefined ? {} : { to }),
  };
  const isFilter = all === true || Object.keys(filter).length > 0;
  if (ids.length > 0 === isFilter)
    throw misused('Name them by id, or say which: --tag, --queue, … as in the list, or --all');
  return isFilter ? { filter } : { ids: [...ids] };
}

/** Whether one by one is not enough: many by a filter, or only told. */
export const isMany = (ids: readonly string[], options: ManyOptions): boolean =>
  ids.length === 0 || options.dryRun === true;

/** Carries it out, waits for a job, and tells. Fails when one of them did. */
export async function carryOutMany(
  cli: Cli,
  session: Session,
  { action, ...which }: Which & Pick<BulkInput, 'action'>,
  { dryRun = false, wait }: { dryRun?: boolean | undefined; wait: boolean },
): Promise<void> {
  const { client, nowMs } = session;
  const made = await client.bulk({ action, ...which, dryRun });
  if (!isBulkJob(made)) {
    show(cli, made, () => wordsOf(action, made));
    return failIfAny(made, dryRun);
  }
  if (!wait) return show(cli, made, () => jobCard(made, nowMs));
  cli.io.err(`More than one request can do: job ${made.id} does it. Ctrl-C leaves it at work;`);
  cli.io.err(`escapement bulk status ${made.id} shows it, escapement bulk abort ${made.id} ends it.`);
  await watched(cli, session, made.id);
}

/** Until it is over. */
async function watched(cli: Cli, { client, nowMs }: Session, id: string): Promise<void> {
  let told = '';
  const { interrupted } = cli.io;
  const onProgress = (job: BulkJob) => {
    const words = progressOf(job);
    if (words !== told) cli.io.err(words);
    told = words;
  };
  const over = await client.bulkJobs.wait(id, { signal: interrupted, onProgress }).catch((error: unknown) => {
    throw interrupted.aborted ? new Failure('The job goes on') : error;
  });
  show(cli, over, () => jobCard(over, nowMs));
  failIfAny(over, false);
}

const seenOf = ({ done, unchanged, failed }: BulkJob): number => done + unchanged + failed;
const progressOf = (job: BulkJob): string =>
  `${seenOf(job)} of ${job.matched ?? 'many'}${job.failed > 0 ? `, ${job.failed} failed` : ''}`;

function failIfAny({ failed }: Pick<Bulk, 'failed'>, dryRun: boolean): void {
  if (failed > 0) throw new Failure(`${failed} ${dryRun ? 'would fail' : 'failed'}`);
}

const MEANT: Record<BulkInput['action'], string> = {
  pause: 'paused',
  resume: 'resumed',
  trigger: 'triggered',
  delete: 'deleted',
  cancel: 'cancelled or asked to stop',
  retry: 'queued again',
};

function wordsOf(
  action: BulkInput['action'],
  { dryRun, matched, more, done, unchanged, items }: Bulk,
): string {
  if (matched === 0) return 'None.';
  const lines = items.flatMap(({ id, outcome, problem }) => {
    if (problem) return [`${id}: ${problem.detail}`];
    return dryRun ? [`${id}: ${outcome === 'done' ? `would be ${MEANT[action]}` : 'is so already'}`] : [];
  });
  if (matched > items.length)
    lines.push(`… and ${matched - items.length}${more ? ' more, at least' : ' more'}`);
  const already = unchanged > 0 ? `, ${unchanged} so already` : '';
  return [...lines, `${done} ${dryRun ? 'would be ' : ''}${MEANT[action]}${already}`].join('\n');
}

const MAX_SHOWN_FAILURES = 20;

function jobCard(job: BulkJob, nowMs: number): string {
  const facts = card([
    ['job', job.id],
    ['action', `${job.action} ${JSON.stringify(job.filter)}`],
    ['status', job.status],
    ['progress', progressOf(job)],
    ['done', job.done],
    ['so already', job.unchanged],
    ['failed', job.failed],
    ['began', moment(job.createdAt, nowMs)],
    ['ended', moment(job.finishedAt, nowMs)],
  ]);
  const failures = job.failures
    .slice(0, MAX_SHOWN_FAILURES)
    .map(({ id, problem }) => `${id}: ${problem?.detail ?? 'failed'}`);
  return failures.length === 0 ? facts : `${facts}\n\n${failures.join('\n')}`;
}

export function addBulk(program: Command, cli: Cli): void {
  const bulk = program
    .command('bulk')
    .description('Jobs in the background, of what --all and filters started: tasks pause, runs retry, …');

  bulk
    .command('status')
    .description('How far a job has come')
    .argument('<id>')
    .action(async (id) => {
      const { client, nowMs } = await open(cli);
      const job = await client.bulkJobs.get(id);
      show(cli, job, () => jobCard(job, nowMs));
    });

  bulk
    .command('wait')
    .description('Wait for its end')
    .argument('<id>')
    .action(async (id) => watched(cli, await open(cli), id));

  bulk
    .command('abort')
    .description('End it; what it has done stays done')
    .argument('<id>')
    .action(async (id) => {
      const { client, nowMs } = await open(cli);
      const job = await client.bulkJobs.abort(id);
      show(cli, job, () => jobCard(job, nowMs));
    });
}
