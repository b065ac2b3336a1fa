import { Alert, Button, Group, SegmentedControl } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { lazy } from 'react';
import { useNow } from '../../data/now.ts';
import { ChartFrame } from '../../parts/chart-frame.tsx';
import { FilterInput } from '../../parts/filter-input.tsx';
import { Page } from '../../parts/page.tsx';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { QueueSelect } from '../../parts/queue-select.tsx';
import { useClockText } from '../../parts/use-clock-text.ts';
import { BinDetails } from './bin-details.tsx';
import { type Bin, binsOf, EMPTY, type Minutes, OUTCOME_NAMES } from './bins.ts';
import { Collisions } from './collisions.tsx';
import { MINUTE_MS, type TimelineSearch, ZOOM, ZOOMS } from './timeline-search.ts';
import { useFirings, usePast } from './use-timeline.ts';

const LoadChart = lazy(async () => ({ default: (await import('./load-chart.tsx')).LoadChart }));

const CHART_PX = 320;
const { reachMs: FARTHEST_MS } = ZOOM['24h'];

export function Timeline() {
  const navigate = useNavigate();
  const search = useSearch({ from: '/inside/timeline' });
  const { zoom = '24h', queue, tag, bin } = search;
  const change = (changed: Partial<TimelineSearch>) =>
    void navigate({ to: '/timeline', search: { ...search, ...changed }, replace: true });
  const { clock, dayAndClock, timeZone } = useClockText();
  const nowMs = Math.floor(useNow() / MINUTE_MS) * MINUTE_MS;
  const firings = useFirings({ queue, tag });
  const past = usePast({ queue, tag });

  const { reachMs, binMinutes } = ZOOM[zoom];
  const binMs = binMinutes * MINUTE_MS;
  const middle = within(search.at === undefined ? nowMs : Date.parse(search.at), nowMs, reachMs);
  const minutes = merged(past.data?.minutes, firings.minutes);
  const bins = binsOf(minutes, middle - reachMs, middle + reachMs, binMinutes);
  const move = (by: number) => change({ at: new Date(middle + by * reachMs).toISOString(), bin: undefined });

  return (
    <Page
      title="Timeline"
      about="What ended in the last 24 hours, and what is due in the next"
      actions={
        <>
          <Group gap={4}>
            <Button size="xs" variant="default" onClick={() => move(-1)} disabled={zoom === '24h'}>
              Earlier
            </Button>
            <Button size="xs" variant="default" onClick={() => change({ at: undefined })}>
              Now
            </Button>
            <Button size="xs" variant="default" onClick={() => move(1)} disabled={zoom === '24h'}>
              Later
            </Button>
          </Group>
          <SegmentedControl
            size="xs"
            aria-label="Hours to either side"
            value={zoom}
            onChange={(value) => change({ zoom: value, bin: undefined })}
            data={[...ZOOMS]}
          />
        </>
      }
    >
      <Filters queue={queue} tag={tag} onChange={(changed) => change({ ...changed, bin: undefined })} />
      {firings.error && <ProblemAlert error={firings.error} retry={firings.retry} />}
      {past.error && <ProblemAlert error={past.error} retry={() => void past.refetch()} />}
      {firings.isCut && (
        <Alert color="yellow" title="Not all tasks are counted" role="status">
          The first {firings.tasks.toLocaleString()} tasks by name that are due are in it.{' '}
          <Button size="compact-xs" variant="default" onClick={firings.countOn}>
            Count on
          </Button>
        </Alert>
      )}
      {past.data?.isCut && (
        <Alert color="yellow" title="Not all that ended is shown" role="status">
          Of this queue or tag only the latest thousand runs are in it.
        </Alert>
      )}
      <ChartFrame
        title="Load"
        summary={`${summaryOf(bins, firings)}. A bar is ${binMinutes === 1 ? 'a minute' : `${binMinutes} minutes`}`}
        columns={[`From (${timeZone})`, ...OUTCOME_NAMES, 'planned', 'busiest minute', 'first tasks']}
        rows={() => rowsOf(bins, firings.names, dayAndClock)}
        height={CHART_PX}
      >
        <LoadChart
          bins={bins}
          names={firings.names}
          nowAt={Math.floor(nowMs / binMs) * binMs}
          height={CHART_PX}
          clockOf={clock}
          fullClockOf={dayAndClock}
          onPick={({ at }) => change({ bin: new Date(at).toISOString() })}
        />
      </ChartFrame>
      {bin !== undefined && (
        <BinDetails
          at={Date.parse(bin)}
          binMinutes={binMinutes}
          minutes={minutes}
          names={firings.names}
          queue={queue}
          tag={tag}
          nowMs={nowMs}
          onClose={() => change({ bin: undefined })}
        />
      )}
      <Collisions minutes={firings.minutes} names={firings.names} />
    </Page>
  );
}

/** A middle around which no more is shown than there is. */
function within(at: number, nowMs: number, reachMs: number): number {
  const room = FARTHEST_MS - reachMs;
  return Math.min(nowMs + room, Math.max(nowMs - room, at));
}

/** In the minute that is now something has ended and something is still to come. */
function merged(past: Minutes = new Map(), planned: Minutes): Minutes {
  const all = new Map(past);
  for (const [at, minute] of planned) {
    const { planned: count, taskIds, tasks } = minute;
    all.set(at, { ...(past.get(at) ?? EMPTY), planned: count, taskIds, tasks });
  }
  return all;
}

function summaryOf(bins: readonly Bin[], { tasks, isCounting }: { tasks: number; isCounting: boolean }) {
  const planned = bins.reduce((sum, bin) => sum + bin.planned, 0);
  const ended = bins.reduce((sum, bin) => sum + bin.total - bin.planned, 0);
  const counting = isCounting ? ' (counting)' : '';
  return `${ended.toLocaleString()} runs ended; ${planned.toLocaleString()} firings of ${tasks.toLocaleString()} tasks to come${counting}`;
}

const rowsOf = (bins: readonly Bin[], names: ReadonlyMap<string, string>, textOf: (at: number) => string) =>
  bins
    .filter(({ total }) => total > 0)
    .map(
      (bin) =>
        [
          String(bin.at),
          textOf(bin.at),
          ...OUTCOME_NAMES.map((name) => bin[name].toLocaleString()),
          bin.planned.toLocaleString(),
          bin.peak.toLocaleString(),
          bin.taskIds
            .slice(0, TABLE_NAMES)
            .map((id) => names.get(id) ?? id)
            .join(', '),
        ] as const,
    );
const TABLE_NAMES = 3;

function Filters(props: {
  queue: string | undefined;
  tag: string | undefined;
  onChange(changed: Pick<TimelineSearch, 'queue' | 'tag'>): void;
}) {
  const { queue, tag, onChange } = props;
  return (
    <Group gap="xs">
      <QueueSelect value={queue} onChange={(next) => onChange({ queue: next, tag })} />
      <FilterInput label="Tag" value={tag} onChange={(next) => onChange({ queue, tag: next })} w={160} />
    </Group>
  );
}
