import type { Command } from '@commander-js/extra-typings';
import type { TaskVersion } from '../client.ts';
import { Failure } from './failure.ts';
import { type Cli, open, show } from './session.ts';
import { table } from './table.ts';
import { count, moment } from './words.ts';

export function addVersions(tasks: Command, cli: Cli): void {
  tasks
    .command('versions')
    .description('What a task says and said before: who changed it, when, and what')
    .argument('<id>')
    .option('--limit <n>', 'at most so many', count, 20)
    .option('--show <version>', 'print the definition of this one, as tasks put -f takes it', count)
    .action(async (id, { limit, show: wanted }) => {
      const { client, nowMs } = await open(cli);
      const versions = client.tasks.versions(id);
      if (wanted === undefined) {
        // One more, to say what changed with the oldest that is shown.
        const found = await versions.toArray(limit + 1);
        return show(cli, found.slice(0, limit), () => versionTable(found, limit, nowMs));
      }
      for await (const version of versions) {
        if (version.version !== wanted) continue;
        return show(cli, version.definition, () => JSON.stringify(version.definition, null, 2));
      }
      throw new Failure(`${id} has no version ${wanted}, or not any more: escapement tasks versions ${id}`);
    });
}

const versionTable = (versions: readonly TaskVersion[], limit: number, nowMs: number): string =>
  table(
    ['version', 'written', 'by', 'changed'],
    versions
      .slice(0, limit)
      .map((version, i) => [
        String(version.version),
        moment(version.at, nowMs),
        version.by ?? '-',
        changedBetween(versions[i + 1], version),
      ]),
  );

function changedBetween(older: TaskVersion | undefined, newer: TaskVersion): string {
  if (!older) return '-';
  const before = new Map<string, unknown>(Object.entries(older.definition));
  const after = new Map<string, unknown>(Object.entries(newer.definition));
  const names = new Set([...before.keys(), ...after.keys()]);
  const differs = (name: string) => JSON.stringify(before.get(name)) !== JSON.stringify(after.get(name));
  return [...names].filter(differs).join(', ') || '-';
}
