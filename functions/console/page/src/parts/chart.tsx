import { Box, parseThemeColor, useComputedColorScheme, useMantineTheme } from '@mantine/core';
import {
  BarController,
  BarElement,
  CategoryScale,
  Chart as ChartJs,
  type ChartType,
  Legend,
  LinearScale,
  LineController,
  LineElement,
  type Plugin,
  PointElement,
  Tooltip,
} from 'chart.js';
import { Chart as Canvas } from 'react-chartjs-2';

export interface Series {
  name: string;
  /** Of the theme. */
  color: string;
  as: 'bar' | 'line';
  /** One a point; null: nothing is known there. */
  values: readonly (number | null)[];
}

interface Props {
  /** For those who hear the page. */
  label: string;
  height: number;
  /** What stands under each point. */
  points: readonly string[];
  /** Bars stand on each other, lines for themselves. */
  series: readonly Series[];
  legend?: boolean;
  /** Of a value, on the axis and when somebody points at it. */
  textOf?: (value: number) => string;
  /** What is told of a point, in place of its values. */
  told?: (point: number) => { title: string; lines: string[] };
  onPick?: (point: number) => void;
  /** A point that has a name. */
  mark?: { point: number; name: string };
}

interface Mark {
  point?: number;
  name?: string;
  color?: string;
}
declare module 'chart.js' {
  interface PluginOptionsByType<TType extends ChartType> {
    mark?: TType extends ChartType ? Mark : never;
  }
}

const MARK_PX = 12;
const mark: Plugin<ChartType, Mark> = {
  id: 'mark',
  afterDatasetsDraw({ ctx, chartArea: { top, bottom }, scales }, _args, { point, name = '', color = '' }) {
    if (point === undefined || !scales.x) return;
    const x = scales.x.getPixelForValue(point);
    ctx.save();
    ctx.strokeStyle = ctx.fillStyle = color;
    ctx.beginPath();
    ctx.moveTo(x, top);
    ctx.lineTo(x, bottom);
    ctx.stroke();
    ctx.font = `${MARK_PX}px ${ChartJs.defaults.font.family}`;
    ctx.fillText(name, x + MARK_PX / 3, top + MARK_PX);
    ctx.restore();
  },
};

ChartJs.register(
  BarController,
  BarElement,
  CategoryScale,
  Legend,
  LinearScale,
  LineController,
  LineElement,
  PointElement,
  Tooltip,
  mark,
);

/** They stand out from what is behind them, grey ones as well. */
const LIGHT_SHADE = 7;
const DARK_SHADE = 5;
const LINE_PX = 1.5;
/** Between what stands under the points. */
const BETWEEN_PX = 24;
const numberText = (value: number): string => value.toLocaleString();

/** Bars and lines over points that follow each other; a frame says the same in words and as a table. */
export function Chart({
  label,
  height,
  points,
  series,
  legend = false,
  textOf = numberText,
  ...rest
}: Props) {
  const { told, onPick } = rest;
  const theme = useMantineTheme();
  const isDark = useComputedColorScheme('light') === 'dark';
  const text = isDark ? theme.colors.dark[1] : theme.colors.gray[7];
  const grid = isDark ? theme.colors.dark[4] : theme.colors.gray[3];
  const bars = series.some(({ as }) => as === 'bar');
  const font = { family: theme.fontFamily, size: 12 };
  return (
    <Box h={height} pos="relative">
      <Canvas<'bar' | 'line', (number | null)[], string>
        type="bar"
        aria-label={label}
        data={{
          labels: [...points],
          datasets: series.map(({ name, color, as, values }) => {
            const { value } = parseThemeColor({
              color: `${color}.${isDark ? DARK_SHADE : LIGHT_SHADE}`,
              theme,
            });
            return {
              type: as,
              label: name,
              data: [...values],
              backgroundColor: value,
              borderColor: value,
              ...(as === 'line' && { borderWidth: LINE_PX, pointRadius: isAlone(values), order: -1 }),
            };
          }),
        }}
        options={{
          animation: false,
          maintainAspectRatio: false,
          font,
          interaction: { mode: 'index', intersect: false },
          ...(onPick && {
            onClick: (_event, [first]) => first && onPick(first.index),
            onHover: ({ native }, found) => {
              if (native?.target instanceof HTMLElement)
                native.target.style.cursor = found.length > 0 ? 'pointer' : '';
            },
          }),
          scales: {
            x: {
              stacked: bars,
              grid: { display: false },
              border: { color: grid },
              ticks: { color: text, maxRotation: 0, autoSkipPadding: BETWEEN_PX },
            },
            y: {
              stacked: bars,
              beginAtZero: true,
              grid: { color: grid },
              border: { display: false },
              ticks: {
                color: text,
                precision: 0,
                maxTicksLimit: 6,
                callback: (value) => textOf(Number(value)),
              },
            },
          },
          plugins: {
            legend: {
              display: legend,
              align: 'end',
              labels: {
                color: text,
                usePointStyle: true,
                pointStyle: 'circle',
                boxHeight: 7,
                // Of lines and bars together, as they are given.
                sort: (a, b) => (a.datasetIndex ?? 0) - (b.datasetIndex ?? 0),
              },
            },
            tooltip: {
              displayColors: !told,
              filter: ({ raw }, at) => (told ? at === 0 : raw !== 0 && raw !== null),
              callbacks: {
                ...(told && { title: ([first]) => (first ? told(first.dataIndex).title : '') }),
                label: ({ dataIndex, dataset, parsed }) =>
                  told ? told(dataIndex).lines : `${dataset.label}: ${textOf(parsed.y ?? 0)}`,
              },
            },
            mark: { ...rest.mark, color: text },
          },
        }}
      />
    </Box>
  );
}

/** In px: points are only drawn where no line leads to them. */
const isAlone = (values: readonly (number | null)[]) => {
  const known = (at: number) => typeof values[at] === 'number';
  return ({ dataIndex }: { dataIndex: number }) => (known(dataIndex - 1) || known(dataIndex + 1) ? 0 : 2);
};
