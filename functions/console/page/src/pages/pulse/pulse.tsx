import { SegmentedControl, SimpleGrid } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useNow } from '../../data/now.ts';
import { Page } from '../../parts/page.tsx';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { Clocks } from './clocks.tsx';
import { type Figure, Figures } from './figures.tsx';
import { isDue, isLate, type Need, needsOf } from './needs.ts';
import { NeedsList } from './needs-list.tsx';
import { RANGE, RANGES } from './pulse-search.ts';
import { TrendFrames } from './trend-frames.tsx';
import { useIdleTasks } from './use-idle-tasks.ts';
import {
  useCanary,
  useDeaths,
  useFailing,
  useHealth,
  useOpenRuns,
  useQueues,
  useStats,
} from './use-pulse.ts';
import { WithoutNextRun } from './without-next-run.tsx';

export function Pulse() {
  const navigate = useNavigate();
  const { range = '24h' } = useSearch({ from: '/inside/' });
  const nowMs = useNow();
  const [stats, lastDay, open] = [useStats(range), useStats('24h'), useOpenRuns()];
  const [queues, health, canary, idle] = [useQueues(), useHealth(), useCanary(), useIdleTasks()];
  const deaths = useDeaths(queues.data);
  const failing = useFailing(stats.data?.tasks.mostFailures);
  const asked = [stats, open, queues, health, canary, idle, deaths, failing];
  const broken = asked.find(({ error }) => error !== null);

  const rangeName = RANGE[range].name;
  const needs: Need[] = needsOf({
    health: health.data,
    canary: canary.data ?? undefined,
    queues: queues.data,
    deaths: deaths.data,
    failing: failing.data,
    disabled: idle.tasks?.filter(({ status }) => status === 'disabled'),
    runs: open.data?.runs,
    rangeName,
    nowMs,
  });
  const runs = open.data?.runs;
  const more = open.data?.more === true;
  const figures: Figure[] = [
    {
      name: 'Due now',
      count: runs?.filter((run) => isDue(run, nowMs)).length,
      more,
      about: 'wait for a worker',
      place: { to: '/runs', search: { status: 'queued,retrying' } },
    },
    {
      name: 'Running',
      count: runs?.filter(({ status }) => status === 'running').length,
      more,
      about: 'at this moment',
      place: { to: '/runs', search: { status: 'running' } },
    },
    {
      name: 'Late',
      count: runs?.filter((run) => isLate(run, nowMs)).length,
      more,
      about: stats.data ? `${stats.data.totals.late.toLocaleString()} in the last ${rangeName}` : '',
      isBad: true,
      place: { to: '/runs', search: { status: 'queued,retrying,running' } },
    },
    {
      name: 'Failing',
      count: failing.data?.length,
      more: (stats.data?.tasks.mostFailures.length ?? 0) >= LEADERS && (failing.data?.length ?? 0) >= LEADERS,
      about: 'tasks, by their last run',
      isBad: true,
      place: { to: '/runs', search: { status: 'dead' } },
    },
    {
      name: 'Dead',
      count: queues.data?.reduce((sum, { deadLetters }) => sum + deadLetters, 0),
      more: queues.data?.some(({ deadLetters }) => deadLetters >= DEAD_COUNTED) === true,
      about: 'letters wait for somebody',
      isBad: true,
      place: { to: '/dead-letters' },
    },
  ];
  return (
    <Page
      title="Pulse"
      about="What needs a person, and how everything else is going"
      actions={
        <SegmentedControl
          size="xs"
          aria-label="How far back"
          value={range}
          onChange={(value) => void navigate({ to: '/', search: { range: value }, replace: true })}
          data={[...RANGES]}
        />
      }
    >
      {broken && <ProblemAlert error={broken.error} retry={() => void broken.refetch()} />}
      {!broken && (
        <NeedsList needs={needs} isLoading={asked.some(({ isLoading }) => isLoading)} isPart={idle.isPart} />
      )}
      <Figures figures={figures} />
      <TrendFrames range={range} stats={stats.data} lastDay={lastDay.data} />
      <SimpleGrid cols={{ base: 1, md: 2 }}>
        <Clocks health={health.data} canary={canary.data} />
        <WithoutNextRun idle={idle} />
      </SimpleGrid>
    </Page>
  );
}

/** What the API counts up to. */
const DEAD_COUNTED = 1_000;
const LEADERS = 10;
