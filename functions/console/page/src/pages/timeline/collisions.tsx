import { Paper, SimpleGrid, Table, Text, Title } from '@mantine/core';
import { lazy } from 'react';
import { ChartFrame } from '../../parts/chart-frame.tsx';
import { useClockText } from '../../parts/use-clock-text.ts';
import { busiest, byMinuteOfHour, type Minutes } from './bins.ts';
import { TaskLinks } from './task-links.tsx';

const HourChart = lazy(async () => ({ default: (await import('./load-chart.tsx')).HourChart }));

const CHART_PX = 200;
const SHOWN = 8;

/** Where much comes together: the fullest minutes of the day, and of the hour. */
export function Collisions({ minutes, names }: { minutes: Minutes; names: ReadonlyMap<string, string> }) {
  const { dayAndClock, timeZone } = useClockText();
  const counts = byMinuteOfHour(minutes);
  const full = busiest(minutes, SHOWN);
  return (
    <SimpleGrid cols={{ base: 1, lg: 2 }}>
      <ChartFrame
        title="When in the hour"
        summary={hourText(counts)}
        columns={['Minute of the hour', 'firings']}
        rows={() =>
          counts.map((count, minute) => [
            String(minute),
            `:${String(minute).padStart(2, '0')}`,
            count.toLocaleString(),
          ])
        }
        height={CHART_PX}
      >
        <HourChart counts={counts} height={CHART_PX} />
      </ChartFrame>
      <Paper withBorder p="md" component="section" aria-label="Busiest minutes to come">
        <Title order={2} size="h5">
          Busiest minutes to come
        </Title>
        {full.length === 0 ? (
          <Text size="sm" c="dimmed">
            No two firings of the next 24 hours come in the same minute.
          </Text>
        ) : (
          <Table aria-label="Busiest minutes to come" fz="sm">
            <Table.Thead>
              <Table.Tr>
                <Table.Th>At ({timeZone})</Table.Th>
                <Table.Th>Tasks</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {full.map(([at, minute]) => (
                <Table.Tr key={at}>
                  <Table.Td w={130}>
                    {dayAndClock(at)}
                    <Text size="xs" c="dimmed">
                      {minute.planned.toLocaleString()} firings
                    </Text>
                  </Table.Td>
                  <Table.Td>
                    <TaskLinks minute={minute} names={names} limit={3} />
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        )}
      </Paper>
    </SimpleGrid>
  );
}

const FAIR_SHARE = 3 / 60;

function hourText(counts: readonly number[]): string {
  const all = counts.reduce((sum, count) => sum + count, 0);
  if (all === 0) return 'Nothing is due in the next 24 hours';
  const share = (counts[0] ?? 0) / all;
  const told = `${(share * 100).toFixed(0)} % of the firings of the next 24 hours come at :00`;
  return share > FAIR_SHARE ? `${told}; jitterSeconds in a schedule spreads them` : told;
}
