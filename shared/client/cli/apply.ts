import type { Command } from '@commander-js/extra-typings';
import { stringify } from 'yaml';
import { carryOut, type Outcome } from './carry-out.ts';
import { addExportEventBridge } from './export-eventbridge.ts';
import { EXIT, Failure, misused } from './failure.ts';
import { makePlan, type Step } from './plan.ts';
import { planText } from './plan-words.ts';
import { type Cli, open, show } from './session.ts';
import { ownerTag, readTaskFile, taskFileOf } from './task-file.ts';
import { count } from './words.ts';

export function addApply(program: Command, cli: Cli): void {
  program
    .command('apply')
    .description('Make the tasks of a file what it says: tell the plan, then carry it out')
    .requiredOption(
      '-f, --file <path>',
      'name: and tasks: as YAML or JSON, as export writes them; - for standard input',
    )
    .option('--dry-run', 'tell the plan only')
    .option('--prune', 'delete tasks that an earlier version of the file had')
    .option('--allow-empty', 'also if no task is left')
    .option('--adopt', 'take over tasks that exist and are not of this file')
    .option('--firings <n>', 'so many next instants of each task', count, 3)
    .action(async ({ file: path, dryRun = false, prune = false, allowEmpty, adopt = false, firings }) => {
      const file = await readTaskFile(cli.io, path);
      if (prune && file.tasks.size === 0 && !allowEmpty)
        throw misused(`${path} holds no task, so that none would be left; --allow-empty if that is meant`);
      const { client, nowMs } = await open(cli);
      const plan = await makePlan(client, file, { adopt, firings });
      if (!cli.globals().json) cli.io.out(planText(plan, nowMs));
      const outcomes = dryRun ? [] : await carryOut(client, plan, prune);
      if (cli.globals().json) {
        const steps = plan.map((step) => stepDocument(step, outcomes));
        cli.io.out(JSON.stringify({ name: file.name, applied: !dryRun, steps }, null, 2));
      } else cli.io.out(closing(plan, outcomes, dryRun, prune));
      const failed = outcomes.filter(({ error }) => error !== undefined);
      if (failed.length > 0)
        throw new Failure(
          [`${failed.length} could not be done:`, ...failed.map(({ id, error }) => `${id}: ${error}`)].join(
            '\n',
          ),
          EXIT.failed,
        );
    });

  const exporting = program
    .command('export')
    .description('Write tasks as a file for apply, to standard output')
    .argument('<name>', 'of the file: its own tasks, unless others are asked for')
    .option('--all', 'all tasks')
    .option('--tag <tag>', 'tasks with this tag')
    .option('--queue <name>', 'tasks of this queue')
    .action(async (name, { all, tag, queue }) => {
      const { client } = await open(cli);
      const own = all || tag !== undefined || queue !== undefined ? undefined : ownerTag(name);
      const tasks = await client.tasks.list({ tag: tag ?? own, queue, limit: 200 }).toArray();
      const kept = tasks.filter(({ status, system }) => status !== 'completed' && !system);
      const file = taskFileOf(name, kept);
      show(cli, file, () => stringify(file, { lineWidth: 120 }).trimEnd());
      const left = tasks.length - kept.length;
      if (left > 0) cli.io.err(`${left} left out: completed, or of the system.`);
    });
  addExportEventBridge(exporting, cli);
}

function closing(
  plan: readonly Step[],
  outcomes: readonly Outcome[],
  dryRun: boolean,
  prune: boolean,
): string {
  if (dryRun) return 'Nothing was changed: this was a dry run.';
  const orphans = plan.filter(({ action }) => action === 'orphaned').length;
  const hint = !prune && orphans > 0 ? ' Orphaned ones stand as they were; --prune deletes them.' : '';
  return `${outcomes.filter(({ error }) => error === undefined).length} done.${hint}`;
}

function stepDocument(step: Step, outcomes: readonly Outcome[]): object {
  const outcome = outcomes.find(({ id }) => id === step.id);
  return {
    id: step.id,
    action: step.action,
    ...(step.action === 'changed' ? { changes: step.changes } : {}),
    firings: step.firings,
    done: outcome !== undefined && outcome.error === undefined,
    ...(outcome?.error === undefined ? {} : { error: outcome.error }),
  };
}
