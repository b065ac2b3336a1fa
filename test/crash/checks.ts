import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { GetQueueUrlCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import * as z from 'zod';
import { jsonOrUndefined } from '../../shared/domain/json.ts';
import { ENDED, pageOf, type Run, RunDocument, TaskDocument } from '../support/documents.ts';
import { eventually } from '../support/eventually.ts';
import { indexFaults } from './index-check.ts';
import type { KeptEngine } from './kept-engine.ts';
import type { Workload } from './workload.ts';

/** What an engine that died again and again must still be able to show; each fault is a sentence. */
export interface Verdict {
  faults: string[];
  tasks: number;
  runs: number;
  starts: number;
  letters: number;
  /** Of scheduled runs that ended at their first attempt, and wait for no cap. */
  latenessMs: number[];
}

/** A lease and the sweeper that looks for it each minute, and several times over. */
const SETTLED_WITHIN_MS = 420_000;
const LOOK_EVERY_MS = 2_000;
/** Two sweeps and some. */
const SWEPT_WITHIN_MS = 150_000;
/** SQS's own limit. */
const RECEIVE = 10;
const Letter = z.looseObject({ kind: z.literal('letter'), executionId: z.string() });
const AuditEntry = z.looseObject({ resource: z.string(), action: z.string(), outcome: z.string() });
const Stored = z.looseObject({ id: z.string() });

export async function judge(engine: KeptEngine, workload: Workload): Promise<Verdict> {
  await settledRuns(engine, workload);
  await lettersSent(engine);
  // Once more, now that nothing moves: a list misses a run that ends while it is read.
  const runs = await settledRuns(engine, workload);
  const tasks = await readAll(engine, `/v1/tasks?limit=200&tag=${workload.tag}`, TaskDocument);
  const letters = await lettersOf(engine);
  const faults = [
    ...taskFaults(workload, tasks),
    ...ledgerFaults(workload, runs),
    ...startFaults(engine, runs),
    ...letterFaults(engine, runs, letters),
    ...(await storedFaults(engine, workload)),
    ...(await engine.withDynamo((dynamo) => indexFaults(dynamo, Date.now()))),
  ];
  await engine.stop();
  faults.push(...fileFaults(engine));
  return {
    faults,
    tasks: tasks.length,
    runs: runs.length,
    starts: starts(engine).length,
    letters: letters.length,
    latenessMs: runs.flatMap(({ attempt, trigger, taskId, latenessMs }) =>
      attempt === 1 &&
      trigger === 'schedule' &&
      latenessMs !== null &&
      workload.made.get(taskId)?.recipe.name !== 'capped'
        ? [latenessMs]
        : [],
    ),
  };
}

/** All runs, once each has ended and there is nothing that is due or asked for without one. */
const settledRuns = (engine: KeptEngine, { tag, made, sink, messaged, messages }: Workload): Promise<Run[]> =>
  eventually(
    async () => {
      const tasks = await readAll(engine, `/v1/tasks?limit=200&tag=${tag}`, TaskDocument);
      const due = tasks.filter(
        ({ status, nextRunAt }) =>
          status === 'active' && nextRunAt !== null && Date.parse(nextRunAt) < Date.now() + 60_000,
      );
      if (due.length > 0) throw new Error(`${due.length} tasks are due, such as ${JSON.stringify(due[0])}`);
      const lists = await Promise.all(
        [
          `/v1/executions?limit=200&tag=${tag}`,
          ...[sink, messaged].map((id) => `/v1/tasks/${id}/executions?limit=200`),
        ].map((path) => readAll(engine, path, RunDocument)),
      );
      const runs = lists.flat();
      const open = runs.filter(({ status }) => !ENDED.has(status));
      if (open.length > 0)
        throw new Error(`${open.length} runs have not ended, such as ${JSON.stringify(open[0])}`);
      const chains = [...made.values()].filter(({ recipe }) => recipe.chains).length;
      const [, chained = [], ofMessages = []] = lists;
      if (chained.length < chains || ofMessages.length < messages.length)
        throw new Error(
          `${chained.length} of ${chains} chained runs, ${ofMessages.length} of ${messages.length} by message`,
        );
      return runs;
    },
    { timeoutMs: SETTLED_WITHIN_MS, intervalMs: LOOK_EVERY_MS },
  );

/** A death between its write and its letter is the sweeper's to finish; what it leaves is told as a fault later on. */
const lettersSent = (engine: KeptEngine): Promise<void> =>
  eventually(
    async () => {
      const faults = await engine.withDynamo((dynamo) => indexFaults(dynamo, Date.now()));
      if (faults.length > 0) throw new Error(faults.join('\n'));
    },
    { timeoutMs: SWEPT_WITHIN_MS, intervalMs: LOOK_EVERY_MS },
  ).catch(() => {});

function taskFaults({ made, tooLate }: Workload, tasks: z.output<typeof TaskDocument>[]): string[] {
  const stored = new Map(tasks.map((task) => [task.id, task]));
  const faults = tasks
    .filter(({ id, name }) => !made.has(id) && !tooLate.has(name))
    .map(({ id }) => `task ${id} was made twice`);
  for (const [id, { recipe, acknowledged }] of made) {
    const task = stored.get(id);
    if (!task) faults.push(`task ${id} was acknowledged, and is gone`);
    else if (recipe.name === 'far off' && task.nextRunAt !== acknowledged.nextRunAt)
      faults.push(`task ${id} is due at ${task.nextRunAt}, not at ${acknowledged.nextRunAt}`);
    else if (recipe.name !== 'far off' && recipe.name !== 'triggered' && task.nextRunAt !== null)
      faults.push(`task ${id} (${recipe.name}) is over, and due again at ${task.nextRunAt}`);
  }
  return faults;
}

function ledgerFaults({ made, sink, messaged, messages }: Workload, runs: Run[]): string[] {
  const byTask = Map.groupBy(runs, ({ taskId }) => taskId);
  const faults: string[] = [];
  for (const [id, { recipe, acknowledged }] of made) {
    const rows = (byTask.get(id) ?? []).toSorted((a, b) => a.scheduledAt.localeCompare(b.scheduledAt));
    const fault = recipe.fault(rows, acknowledged);
    if (fault !== undefined) faults.push(`${recipe.name} ${id}: ${fault}`);
  }
  const exactly = (what: string, taskId: string, count: number) => {
    const ended = (byTask.get(taskId) ?? []).filter(({ status }) => status === 'success').length;
    if (ended !== count) faults.push(`${what}: ${ended} runs succeeded, not ${count}`);
  };
  exactly('chains', sink, [...made.values()].filter(({ recipe }) => recipe.chains).length);
  exactly('messages', messaged, messages.length);
  return faults;
}

const starts = (engine: KeptEngine): string[] => engine.process.counted();

/** A line is "run attempt", written by the handler itself. */
function startFaults(engine: KeptEngine, runs: Run[]): string[] {
  const lines = starts(engine);
  const known = new Set(runs.map(({ id }) => id));
  return [
    ...lines.filter((line, at) => lines.indexOf(line) !== at).map((line) => `started twice: ${line}`),
    ...lines.filter((line) => !known.has(line.split(' ')[0] ?? '')).map((line) => `nobody's start: ${line}`),
  ];
}

/** A death has a letter; a second one may only come of a crash between the letter and its mark. */
function letterFaults(engine: KeptEngine, runs: Run[], letters: string[]): string[] {
  const dead = new Set(runs.filter(({ status }) => status === 'dead').map(({ id }) => id));
  const twice = letters.length - new Set(letters).size;
  return [
    ...[...dead].filter((id) => !letters.includes(id)).map((id) => `${id} is dead without a letter`),
    ...letters.filter((id) => !dead.has(id)).map((id) => `a letter for ${id}, which is not dead`),
    ...(twice > engine.restarts() + engine.struck().length ? [`${twice} letters came twice`] : []),
  ];
}

/** Takes all of them out, so that none is seen twice; they are told by their run. */
const lettersOf = (engine: KeptEngine): Promise<string[]> =>
  engine.withSqs(async (sqs) => {
    const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: 'escapement-default-dlq' }));
    const found: string[] = [];
    for (;;) {
      const query = { QueueUrl, MaxNumberOfMessages: RECEIVE, VisibilityTimeout: 600, WaitTimeSeconds: 1 };
      const { Messages = [] } = await sqs.send(new ReceiveMessageCommand(query));
      if (Messages.length === 0) return found;
      for (const { Body = '' } of Messages) found.push(Letter.parse(jsonOrUndefined(Body)).executionId);
    }
  });

/** Everything else that was acknowledged, and that who did it stands in the audit trail. */
async function storedFaults(engine: KeptEngine, { made, stored, messages }: Workload): Promise<string[]> {
  const calendars = await readAll(engine, '/v1/calendars?limit=200', Stored);
  const tokens = await readAll(engine, '/v1/tokens?limit=200', Stored);
  const there = new Set([
    ...calendars.map(({ id }) => `/v1/calendars/${id}`),
    ...tokens.map(({ id }) => `token ${id}`),
  ]);
  const entries = await readAll(engine, '/v1/audit?limit=200&action=task', AuditEntry);
  const audited = new Set(entries.map(({ resource }) => resource));
  return [
    ...stored.filter((what) => !there.has(what)).map((what) => `${what} was acknowledged, and is gone`),
    ...[...made.keys()]
      .filter((id) => !audited.has(`tasks/${id}`))
      .map((id) => `no audit entry of tasks/${id}`),
    ...(messages.length > 0 && entries.length === 0 ? ['the audit trail is empty'] : []),
  ];
}

function fileFaults(engine: KeptEngine): string[] {
  return ['tables.sqlite', 'queues.sqlite'].flatMap((name) => {
    const database = new DatabaseSync(join(engine.process.dataDir, name));
    try {
      const { integrity_check: found } = database.prepare('PRAGMA integrity_check').get() ?? {};
      return found === 'ok' ? [] : [`${name}: ${found}`];
    } finally {
      database.close();
    }
  });
}

async function readAll<T extends z.ZodType>(
  engine: KeptEngine,
  path: string,
  item: T,
): Promise<z.output<T>[]> {
  const items: z.output<T>[] = [];
  for (let cursor = ''; ; ) {
    const page = pageOf(item).parse(await engine.insist([200], 'GET', path + cursor));
    items.push(...page.items);
    if (page.nextCursor === null) return items;
    cursor = `&cursor=${encodeURIComponent(page.nextCursor)}`;
  }
}
