import '@mantine/charts/styles.css';
import { BarChart, LineChart } from '@mantine/charts';
import type { Stats } from '../../../../../../shared/client/client.ts';
import { durationText } from '../../parts/instant-text.ts';
import { OUTCOMES } from './outcomes.ts';

interface Props {
  series: Stats['series'];
  /** Of a point, as the axis has it. */
  labelOf(at: string): string;
  height: number;
}

const AXIS = { minTickGap: 32, tickMargin: 8 } as const;
const MARGIN = { top: 8, right: 8, bottom: 0, left: 0 } as const;
const Y_AXIS = { width: 56, allowDecimals: false } as const;

/** Runs that ended, by how. */
export function OutcomesChart({ series, labelOf, height }: Props) {
  return (
    <BarChart
      h={height}
      type="stacked"
      withLegend
      dataKey="at"
      data={series.map(({ at, runs }) => ({ at: labelOf(at), ...runs }))}
      series={OUTCOMES.map(({ name, color }) => ({ name, color }))}
      xAxisProps={AXIS}
      yAxisProps={Y_AXIS}
      barChartProps={{ margin: MARGIN }}
      barProps={{ isAnimationActive: false }}
    />
  );
}

/** Due instant to first start. */
export function LatenessChart({ series, labelOf, height }: Props) {
  return (
    <LineChart
      h={height}
      withLegend
      dotProps={{ r: 2 }}
      curveType="linear"
      connectNulls={false}
      dataKey="at"
      data={series.map(({ at, latenessMs }) => ({
        at: labelOf(at),
        p50: latenessMs.p50,
        p99: latenessMs.p99,
      }))}
      series={[
        { name: 'p50', color: 'cyan.7' },
        { name: 'p99', color: 'orange.7' },
      ]}
      valueFormatter={(ms) => durationText(ms).replaceAll(' ', '\u00a0')}
      xAxisProps={AXIS}
      yAxisProps={{ ...Y_AXIS, width: 84 }}
      lineChartProps={{ margin: MARGIN }}
      lineProps={{ isAnimationActive: false }}
    />
  );
}
