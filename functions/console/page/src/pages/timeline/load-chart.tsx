import '@mantine/charts/styles.css';
import { BarChart, CompositeChart } from '@mantine/charts';
import { Paper, Text } from '@mantine/core';
import { OUTCOMES } from '../pulse/outcomes.ts';
import type { Bin } from './bins.ts';

interface Props {
  bins: readonly Bin[];
  names: ReadonlyMap<string, string>;
  nowAt: number;
  height: number;
  clockOf(at: number): string;
  /** With the day. */
  fullClockOf(at: number): string;
  onPick(bin: Bin): void;
}

const MARGIN = { top: 16, right: 8, bottom: 0, left: 0 } as const;
const Y_AXIS = { width: 48, allowDecimals: false } as const;
const NAMED = 5;

const SERIES = [
  ...OUTCOMES.map(({ name, color }) => ({ name, color, type: 'bar' as const })),
  { name: 'planned', color: 'cyan.6', type: 'bar' as const },
  { name: 'peak', label: 'busiest minute', color: 'orange.7', type: 'line' as const },
];

/** What ended and what is due on one axis, and the fullest minute of each bar as a curve above them. */
export function LoadChart({ bins, names, nowAt, height, clockOf, fullClockOf, onPick }: Props) {
  return (
    <CompositeChart
      h={height}
      withLegend
      withDots={false}
      curveType="linear"
      strokeWidth={1.5}
      dataKey="at"
      data={bins.map((bin) => ({ ...bin }))}
      series={SERIES}
      referenceLines={[{ x: nowAt, label: 'now', labelPosition: 'top', color: 'gray.6' }]}
      xAxisProps={{ tickFormatter: clockOf, minTickGap: 40, tickMargin: 8 }}
      yAxisProps={Y_AXIS}
      barProps={{ stackId: 'all', isAnimationActive: false }}
      lineProps={{ isAnimationActive: false }}
      tooltipProps={{
        content: ({ label }) => {
          const bin = bins.find(({ at }) => at === label);
          return bin && <Told bin={bin} names={names} title={fullClockOf(bin.at)} />;
        },
      }}
      composedChartProps={{
        margin: MARGIN,
        style: { cursor: 'pointer' },
        // A tap comes together with the move that leads to it.
        throttledEvents: [],
        onClick: ({ activeTooltipIndex }) => {
          const bin = bins[Number(activeTooltipIndex ?? Number.NaN)];
          if (bin) onPick(bin);
        },
      }}
    />
  );
}

function Told({ bin, names, title }: { bin: Bin; names: ReadonlyMap<string, string>; title: string }) {
  const { planned, total, peak, taskIds } = bin;
  return (
    <Paper withBorder shadow="md" p="xs" maw={280}>
      <Text size="sm" fw={600}>
        {title}
      </Text>
      <Text size="sm">
        {planned > 0 ? `${planned.toLocaleString()} firings` : `${total.toLocaleString()} runs ended`}
        {peak > 1 && `, ${peak.toLocaleString()} in the busiest minute`}
      </Text>
      {OUTCOMES.filter(({ name }) => bin[name] > 0).map(({ name }) => (
        <Text key={name} size="xs" c="dimmed">
          {bin[name].toLocaleString()} {name}
        </Text>
      ))}
      {taskIds.slice(0, NAMED).map((id) => (
        <Text key={id} size="xs" truncate>
          {names.get(id) ?? id}
        </Text>
      ))}
      {taskIds.length > NAMED && (
        <Text size="xs" c="dimmed">
          and others: choose the bar
        </Text>
      )}
    </Paper>
  );
}

/** Firings by the minute of the hour that they come in. */
export function HourChart({ counts, height }: { counts: readonly number[]; height: number }) {
  return (
    <BarChart
      h={height}
      dataKey="minute"
      data={counts.map((count, minute) => ({ minute: minuteName(minute), firings: count }))}
      series={[{ name: 'firings', color: 'cyan.6' }]}
      xAxisProps={{ minTickGap: 16, tickMargin: 8 }}
      yAxisProps={Y_AXIS}
      barChartProps={{ margin: MARGIN }}
      barProps={{ isAnimationActive: false }}
    />
  );
}

const minuteName = (minute: number): string => `:${String(minute).padStart(2, '0')}`;
