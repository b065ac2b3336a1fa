import type { Stats } from '../../../../../../shared/client/client.ts';
import { Chart } from '../../parts/chart.tsx';
import { durationText } from '../../parts/instant-text.ts';
import { OUTCOMES } from './outcomes.ts';

interface Props {
  label: string;
  series: Stats['series'];
  /** Of a point, as the axis has it. */
  labelOf(at: string): string;
  height: number;
}

/** Runs that ended, by how. */
export function OutcomesChart({ label, series, labelOf, height }: Props) {
  return (
    <Chart
      label={label}
      height={height}
      legend
      points={series.map(({ at }) => labelOf(at))}
      series={OUTCOMES.map(({ name, color }) => ({
        name,
        color,
        as: 'bar',
        values: series.map(({ runs }) => runs[name]),
      }))}
    />
  );
}

/** Due instant to first start. */
export function LatenessChart({ label, series, labelOf, height }: Props) {
  return (
    <Chart
      label={label}
      height={height}
      legend
      points={series.map(({ at }) => labelOf(at))}
      series={[
        { name: 'p50', color: 'cyan', as: 'line', values: series.map(({ latenessMs }) => latenessMs.p50) },
        {
          name: 'p99',
          color: 'orange',
          as: 'line',
          values: series.map(({ latenessMs }) => latenessMs.p99),
        },
      ]}
      textOf={durationText}
    />
  );
}
