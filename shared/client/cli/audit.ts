import type { Command } from '@commander-js/extra-typings';
import type { AuditEntry } from '../client.ts';
import { type Cli, open, show } from './session.ts';
import { table } from './table.ts';
import { count, instant, moment, seconds } from './words.ts';

export function addAudit(program: Command, cli: Cli): void {
  program
    .command('audit')
    .description('Who changed what, newest first')
    .option('--actor <actor>', 'such as token:<id>, or event for everything that came in')
    .option('--action <action>', 'such as task.pause, or task for all that was done to tasks')
    .option('--resource <path>', 'such as tasks/nightly-report, or tasks for all of them')
    .option('--since <duration>', 'within the last 30m, 2h, 7d', seconds)
    .option('--from <instant>', 'at or after', instant)
    .option('--to <instant>', 'before', instant)
    .option('--limit <n>', 'at most so many', count, 50)
    .action(async ({ since, from, limit, ...filter }) => {
      const { client, nowMs } = await open(cli);
      const start = since === undefined ? from : new Date(nowMs - since * 1_000).toISOString();
      const found = await client.audit.list({ ...filter, from: start }).toArray(limit);
      show(cli, found, () =>
        table(
          ['at', 'actor', 'action', 'resource', 'outcome', 'changed'],
          found.map((entry) => [
            moment(entry.at, nowMs),
            entry.actor,
            entry.action,
            entry.resource,
            entry.code === null ? entry.outcome : `${entry.outcome}: ${entry.code}`,
            changesOf(entry).join(' '),
          ]),
        ),
      );
      if (found.length === limit) cli.io.err(`The newest ${limit}; --limit shows more.`);
    });
}

/** Which fields differ; --json shows how. */
function changesOf({ before, after }: AuditEntry): string[] {
  if (!isObject(before) || !isObject(after)) return [];
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  names.delete('version');
  return [...names].filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]));
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;
