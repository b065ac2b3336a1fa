import { SimpleGrid, Stack } from '@mantine/core';
import { lazy } from 'react';
import type { Stats } from '../../../../../../shared/client/client.ts';
import { ChartFrame } from '../../parts/chart-frame.tsx';
import { durationText } from '../../parts/instant-text.ts';
import { useClockText } from '../../parts/use-clock-text.ts';
import { OUTCOMES } from './outcomes.ts';
import { RANGE, type Range } from './pulse-search.ts';

// The library that draws them is larger than the rest of the page.
const OutcomesChart = lazy(async () => ({ default: (await import('./trends.tsx')).OutcomesChart }));
const LatenessChart = lazy(async () => ({ default: (await import('./trends.tsx')).LatenessChart }));

const STRIP_PX = 140;
const TREND_PX = 220;
const OUTCOME_COLUMNS = OUTCOMES.map(({ name }) => name);

export function TrendFrames(props: { range: Range; stats: Stats | undefined; lastDay: Stats | undefined }) {
  const { range, stats, lastDay } = props;
  const { clock, day, dayAndClock, timeZone } = useClockText();
  const labelOf = range === '7d' ? dayAndClock : range === '30d' ? day : clock;
  return (
    <Stack gap="md">
      <ChartFrame
        title="The last 24 hours, hour by hour"
        summary={lastDay ? endedText(lastDay) : 'Loading'}
        columns={[`Hour from (${timeZone})`, ...OUTCOME_COLUMNS]}
        rows={() => outcomeRows(lastDay, dayAndClock)}
        height={STRIP_PX}
      >
        {lastDay && (
          <OutcomesChart
            label="Runs by hour and outcome"
            series={lastDay.series}
            labelOf={clock}
            height={STRIP_PX}
          />
        )}
      </ChartFrame>
      <SimpleGrid cols={{ base: 1, lg: 2 }}>
        <ChartFrame
          title="Throughput"
          summary={stats ? `${endedText(stats)}, by the ${stats.interval}` : 'Loading'}
          columns={[`From (${timeZone})`, ...OUTCOME_COLUMNS]}
          rows={() => outcomeRows(stats, dayAndClock)}
          height={TREND_PX}
        >
          {stats && (
            <OutcomesChart label="Throughput" series={stats.series} labelOf={labelOf} height={TREND_PX} />
          )}
        </ChartFrame>
        <ChartFrame
          title="Lateness"
          summary={stats ? latenessText(stats, RANGE[range].name) : 'Loading'}
          columns={[`From (${timeZone})`, 'runs', 'p50', 'p99', 'latest']}
          rows={() =>
            (stats?.series ?? []).map(({ at, latenessMs: { count, p50, p99, max } }) => [
              at,
              dayAndClock(at),
              count.toLocaleString(),
              ...[p50, p99, max].map((ms) => (ms === null ? '—' : durationText(ms))),
            ])
          }
          height={TREND_PX}
        >
          {stats && (
            <LatenessChart label="Lateness" series={stats.series} labelOf={labelOf} height={TREND_PX} />
          )}
        </ChartFrame>
      </SimpleGrid>
    </Stack>
  );
}

const outcomeRows = (stats: Stats | undefined, textOf: (at: string) => string) =>
  (stats?.series ?? []).map(
    ({ at, runs }) =>
      [at, textOf(at), ...OUTCOME_COLUMNS.map((name) => runs[name].toLocaleString())] as const,
  );

function endedText({ totals: { runs, successRate } }: Stats): string {
  const ended = Object.values(runs).reduce((sum, count) => sum + count, 0);
  if (ended === 0) return 'No run has ended';
  const rate = successRate === null ? '' : `, ${(successRate * 100).toFixed(1)} % of them well`;
  return `${ended.toLocaleString()} runs ended${rate}; ${runs.dead.toLocaleString()} died`;
}

function latenessText({ totals: { latenessMs } }: Stats, range: string): string {
  const { p50, p99, max } = latenessMs;
  if (p50 === null || p99 === null || max === null) return `No run has begun and ended in the last ${range}`;
  return `Half began within ${durationText(p50)}, 99 % within ${durationText(p99)}, the latest after ${durationText(max)}`;
}
