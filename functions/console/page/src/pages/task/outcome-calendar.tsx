import '@mantine/charts/styles.css';
import { Heatmap } from '@mantine/charts';
import { Box, ColorSwatch, Group, Skeleton, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { Task } from '../../../../../../shared/client/client.ts';
import { ChartFrame } from '../../parts/chart-frame.tsx';
import { Instant } from '../../parts/instant.tsx';
import { zoneFor } from '../../parts/instant-text.ts';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { useClient } from '../../session/session-context.tsx';
import { usePreferences } from '../../shell/preferences.tsx';
import { zoneOf } from '../tasks/zone-of.ts';
import { type Day, type DayState, dates, dayText, stateOf } from './days.ts';
import { readDays } from './read-days.ts';

const DAY_MS = 86_400_000;
const SHOWN_DAYS = 34;
const FRESH_MS = 60_000;
const CELL = 22;

const color = (name: string) => `light-dark(var(--mantine-color-${name}-8), var(--mantine-color-${name}-5))`;
const FILL: Readonly<Record<DayState, string>> = {
  success: color('green'),
  dead: color('red'),
  missing: color('orange'),
  skipped: color('grape'),
  live: color('cyan'),
  nothing: 'light-dark(var(--mantine-color-gray-2), var(--mantine-color-dark-5))',
};
const WORDS: Readonly<Record<DayState, string>> = {
  success: 'all well',
  dead: 'some died',
  missing: 'some missing',
  skipped: 'only skipped',
  live: 'under way',
  nothing: 'none expected',
};

/** What the schedule asked for against what became of it, day by day. */
export function OutcomeCalendar({ task }: { task: Task }) {
  const client = useClient();
  const { timeDisplay } = usePreferences();
  const zone = zoneFor(timeDisplay, zoneOf(task));
  const { data, error } = useQuery({
    queryKey: ['days', task.id, task.version, zone, task.lastRun?.executionId, task.lastRun?.status],
    queryFn: ({ signal }) => readDays(client, task, { zone, nowMs: Date.now(), signal }),
    staleTime: FRESH_MS,
  });
  if (error) return <ProblemAlert error={error} />;
  if (!data) return <Skeleton h={220} />;
  const { days, since, isCut } = data;
  return (
    <ChartFrame
      title="Expected against actual"
      summary={summaryOf(days)}
      columns={['Day', 'Expected', 'Success', 'Dead', 'Missing', 'Skipped', 'Besides']}
      rows={() =>
        days.map(({ date, expected, success, dead, missing, skipped, besides }) => [
          date,
          date,
          ...[expected, success, dead, missing, skipped, besides].map(String),
        ])
      }
      height={200}
    >
      <Stack gap="xs">
        <Box style={{ overflowX: 'auto' }}>
          <Days days={days} zone={zone} />
        </Box>
        <Group gap="sm">
          {(Object.keys(WORDS) as DayState[]).map((state) => (
            <Group key={state} gap={6} wrap="nowrap">
              <ColorSwatch color={FILL[state]} size={12} radius={2} withShadow={false} aria-hidden />
              <Text size="xs">{WORDS[state]}</Text>
            </Group>
          ))}
        </Group>
        {isCut && (
          <Text size="xs" c="dimmed">
            It runs so often that this reaches back only to <Instant at={since} zone={zone} exact />
          </Text>
        )}
      </Stack>
    </ChartFrame>
  );
}

function Days({ days, zone }: { days: readonly Day[]; zone: string }) {
  const byDate = new Map(days.map((day) => [day.date, day]));
  const today = dates(zone)(new Date().toISOString());
  const start = new Date(Date.parse(today) - SHOWN_DAYS * DAY_MS).toISOString().slice(0, 'yyyy-mm-dd'.length);
  return (
    <Heatmap
      data={Object.fromEntries(days.map(({ date, expected }) => [date, expected]))}
      startDate={start}
      endDate={today}
      withOutsideDates={false}
      rectSize={CELL}
      gap={3}
      withWeekdayLabels
      withMonthLabels
      withTooltip
      getTooltipLabel={({ date }) => `${date}: ${dayText(byDate.get(date))}`}
      // The attribute: its styles are the library's own.
      getRectProps={({ date }) => ({ fill: FILL[stateOf(byDate.get(date))] })}
      role="img"
      aria-label={`By day: ${summaryOf(days)}`}
    />
  );
}

function summaryOf(days: readonly Day[]): string {
  const sum = (name: 'expected' | 'success' | 'dead' | 'missing' | 'skipped') =>
    days.reduce((total, day) => total + day[name], 0);
  if (days.length === 0) return 'Nothing was expected yet, and nothing ran.';
  return `${sum('expected')} expected; ${sum('success')} success, ${sum('dead')} dead, ${sum('missing')} missing, ${sum('skipped')} skipped.`;
}
