import { Tooltip } from '@mantine/core';
import type { Execution } from '../../../../../shared/client/client.ts';
import { durationText } from './instant-text.ts';
import { STATUS_COLOR } from './status-badge.tsx';

type Run = Pick<Execution, 'id' | 'status' | 'durationMs'>;

/** So many of the last runs are drawn. */
export const OUTCOMES = 30;
const BAR = 3;
const GAP = 1;
const HEIGHT = 20;
const LEAST = 5;

/** Of bars and cells: stands out from the page in both themes. */
export const outcomeColor = (status: Execution['status']): string => {
  const name = STATUS_COLOR[status];
  return `light-dark(var(--mantine-color-${name}-8), var(--mantine-color-${name}-5))`;
};

/** The last runs as bars, the oldest first: coloured by outcome, as high as they were long; dead ones are always full. */
export function Outcomes({ runs }: { runs: readonly Run[] }) {
  const shown = runs.slice(0, OUTCOMES).toReversed();
  const longest = Math.max(1, ...shown.map(({ durationMs }) => durationMs ?? 0));
  const label = outcomesText(shown);
  const width = OUTCOMES * (BAR + GAP) - GAP;
  const first = OUTCOMES - shown.length;
  return (
    <Tooltip label={label} multiline maw={260} events={{ hover: true, focus: true, touch: true }}>
      <svg width={width} height={HEIGHT} role="img" aria-label={label} display="block">
        {shown.map(({ id, status, durationMs }, at) => {
          const part = Math.sqrt((durationMs ?? 0) / longest);
          const height = status === 'dead' ? HEIGHT : LEAST + part * (HEIGHT - LEAST);
          return (
            <rect
              key={id}
              x={(first + at) * (BAR + GAP)}
              y={HEIGHT - height}
              width={BAR}
              height={height}
              rx={1}
              style={{ fill: outcomeColor(status) }}
            />
          );
        })}
      </svg>
    </Tooltip>
  );
}

/** `Last 30 runs: 28 success, 2 dead. The newest: success, 1.2 s` */
function outcomesText(shown: readonly Run[]): string {
  const newest = shown.at(-1);
  if (!newest) return 'It has not run yet';
  const counts = Object.entries(Object.groupBy(shown, ({ status }) => status)).map(
    ([status, runs = []]) => `${runs.length} ${status}`,
  );
  const took = newest.durationMs === null ? '' : `, ${durationText(newest.durationMs)}`;
  return `Last ${shown.length} ${shown.length === 1 ? 'run' : 'runs'}: ${counts.join(', ')}. The newest: ${newest.status}${took}`;
}
