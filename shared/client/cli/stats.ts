import { type Command, Option } from '@commander-js/extra-typings';
import type { Stats } from '../client.ts';
import { misused } from './failure.ts';
import { type Cli, open, show } from './session.ts';
import { card, table } from './table.ts';
import { instant, millis, seconds } from './words.ts';

const RANKINGS = {
  runs: 'mostRuns',
  failures: 'mostFailures',
  duration: 'slowest',
  lateness: 'latest',
} as const satisfies Record<string, keyof Stats['tasks']>;
type RankedBy = keyof typeof RANKINGS;
const RANKED_BY: readonly RankedBy[] = ['runs', 'failures', 'duration', 'lateness'];

type Spread = Stats['totals']['durationMs'];
const percentiles = ({ p50, p95, p99 }: Spread): string => [p50, p95, p99].map(millis).join(' / ');
const percent = (rate: number | null): string => (rate === null ? '-' : `${(rate * 100).toFixed(1)} %`);

export function addStats(program: Command, cli: Cli): void {
  program
    .command('stats')
    .description('What ended: counts, durations, lateness, leading tasks, over time')
    .option('--since <duration>', 'the last 30m, 6h, 7d', seconds)
    .option('--from <instant>', 'at or after', instant)
    .option('--to <instant>', 'before; now when absent', instant)
    .addOption(
      new Option('--interval <interval>', 'of one line; chosen by the span when absent').choices([
        'minute',
        'hour',
        'day',
      ]),
    )
    .addOption(
      new Option('--by <what>', 'what the tasks are ranked by').choices(RANKED_BY).default(RANKED_BY[0]),
    )
    .action(async ({ since, from, to, interval, by = 'runs' }) => {
      if (since !== undefined && from !== undefined) throw misused('Say --since or --from, not both');
      const begin = since === undefined ? from : new Date(cli.io.nowMs() - since * 1_000).toISOString();
      const { client } = await open(cli);
      const stats = await client.stats({ from: begin, to, interval });
      show(cli, stats, () => shown(stats, by));
    });
}

function shown({ from, to, interval, countedUntil, totals, series, tasks }: Stats, by: RankedBy): string {
  if (countedUntil === null) return 'This deployment does not count what ends (stats.enabled).';
  const { runs, failedAttempts, late, successRate, durationMs, latenessMs } = totals;
  const busy = series.filter(
    (point) => point.failedAttempts > 0 || Object.values(point.runs).some((count) => count > 0),
  );
  const parts = [
    card([
      ['from', from],
      ['to', to],
      ['counted until', countedUntil],
      ['success', runs.success],
      ['dead', runs.dead],
      ['cancelled', runs.cancelled],
      ['skipped', runs.skipped],
      ['failed attempts', failedAttempts],
      ['missed deadlines', late],
      ['success rate', percent(successRate)],
      ['duration p50 / p95 / p99', percentiles(durationMs)],
      ['lateness p50 / p95 / p99', percentiles(latenessMs)],
    ]),
  ];
  if (busy.length > 0) {
    parts.push(
      table(
        [interval, 'success', 'dead', 'failed', 'rate', 'duration p95', 'lateness p95'],
        busy.map((point) => [
          point.at.slice(0, interval === 'day' ? 10 : 16).replace('T', ' '),
          point.runs.success,
          point.runs.dead,
          point.failedAttempts,
          percent(point.successRate),
          millis(point.durationMs.p95),
          millis(point.latenessMs.p95),
        ]),
      ),
    );
  }
  const leading = tasks[RANKINGS[by]];
  if (leading.length > 0) {
    parts.push(
      table(
        ['task', 'name', 'runs', 'failed', 'longest', 'latest'],
        leading.map((task) => [
          task.taskId,
          task.taskName ?? '-',
          task.runs,
          task.failedAttempts,
          millis(task.maxDurationMs),
          millis(task.maxLatenessMs),
        ]),
      ),
    );
  }
  return parts.join('\n\n');
}
