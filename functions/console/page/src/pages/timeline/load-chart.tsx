import { Chart } from '../../parts/chart.tsx';
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

const NAMED = 5;
const BARS = [...OUTCOMES, { name: 'planned', color: 'cyan' }] as const;

/** What ended and what is due on one axis, and the fullest minute of each bar as a curve above them. */
export function LoadChart({ bins, names, nowAt, height, clockOf, fullClockOf, onPick }: Props) {
  const now = bins.findIndex(({ at }) => at === nowAt);
  return (
    <Chart
      label="Load"
      height={height}
      legend
      points={bins.map(({ at }) => clockOf(at))}
      series={[
        ...BARS.map(({ name, color }) => ({
          name,
          color,
          as: 'bar' as const,
          values: bins.map((bin) => bin[name]),
        })),
        {
          name: 'busiest minute',
          color: 'orange',
          as: 'line',
          values: bins.map(({ peak }) => peak),
        },
      ]}
      told={(point) => {
        const bin = bins[point];
        return bin ? { title: fullClockOf(bin.at), lines: linesOf(bin, names) } : { title: '', lines: [] };
      }}
      onPick={(point) => {
        const bin = bins[point];
        if (bin) onPick(bin);
      }}
      {...(now >= 0 && { mark: { point: now, name: 'now' } })}
    />
  );
}

function linesOf(bin: Bin, names: ReadonlyMap<string, string>): string[] {
  const { planned, total, peak, taskIds } = bin;
  const what = planned > 0 ? `${planned.toLocaleString()} firings` : `${total.toLocaleString()} runs ended`;
  return [
    peak > 1 ? `${what}, ${peak.toLocaleString()} in the busiest minute` : what,
    ...OUTCOMES.filter(({ name }) => bin[name] > 0).map(
      ({ name }) => `${bin[name].toLocaleString()} ${name}`,
    ),
    ...taskIds.slice(0, NAMED).map((id) => names.get(id) ?? id),
    ...(taskIds.length > NAMED ? ['and others: choose the bar'] : []),
  ];
}

/** Firings by the minute of the hour that they come in. */
export function HourChart({ counts, height }: { counts: readonly number[]; height: number }) {
  return (
    <Chart
      label="When in the hour"
      height={height}
      points={counts.map((_count, minute) => `:${String(minute).padStart(2, '0')}`)}
      series={[{ name: 'firings', color: 'cyan', as: 'bar', values: counts }]}
    />
  );
}
