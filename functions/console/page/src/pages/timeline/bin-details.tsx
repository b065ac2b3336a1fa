import { Button, Group, Paper, Skeleton, Table, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { PlaceLink } from '../../parts/place-link.tsx';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { StatusBadge } from '../../parts/status-badge.tsx';
import { useClockText } from '../../parts/use-clock-text.ts';
import { useClient } from '../../session/session-context.tsx';
import { type Minutes, minutesIn } from './bins.ts';
import { TaskLinks } from './task-links.tsx';
import { MINUTE_MS } from './timeline-search.ts';

interface Props {
  at: number;
  binMinutes: number;
  minutes: Minutes;
  names: ReadonlyMap<string, string>;
  queue: string | undefined;
  tag: string | undefined;
  nowMs: number;
  onClose(): void;
}

/** What one bar holds: runs that were due in it, and tasks that will be. */
export function BinDetails({ at, binMinutes, minutes, names, nowMs, onClose, ...filter }: Props) {
  const { dayAndClock, clock, timeZone } = useClockText();
  const end = at + binMinutes * MINUTE_MS;
  const planned = minutesIn(minutes, at, binMinutes).filter(([, minute]) => minute.planned > 0);
  return (
    <Paper withBorder p="md" component="section" aria-label="The bar that is chosen">
      <Group justify="space-between" wrap="nowrap" align="flex-start" mb="xs">
        <Title order={2} size="h5">
          {dayAndClock(at)} to {clock(end)} ({timeZone})
        </Title>
        <Button size="compact-xs" variant="default" onClick={onClose}>
          Close
        </Button>
      </Group>
      {at < nowMs && <PastRuns from={at} to={Math.min(end, nowMs)} {...filter} />}
      {end > nowMs && planned.length === 0 && <Text size="sm">Nothing is due in it.</Text>}
      {planned.length > 0 && (
        <Table aria-label="What is due">
          <Table.Tbody>
            {planned.map(([start, minute]) => (
              <Table.Tr key={start}>
                <Table.Td w={64}>{clock(start)}</Table.Td>
                <Table.Td w={96}>{minute.planned.toLocaleString()} firings</Table.Td>
                <Table.Td>
                  <TaskLinks minute={minute} names={names} limit={12} />
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
    </Paper>
  );
}

const RUNS_SHOWN = 20;

function PastRuns(props: { from: number; to: number; queue: string | undefined; tag: string | undefined }) {
  const { queue, tag } = props;
  const client = useClient();
  const { clock } = useClockText();
  const from = new Date(props.from).toISOString();
  const to = new Date(props.to).toISOString();
  const { data, error, isPending } = useQuery({
    queryKey: ['timeline', 'runs', from, to, queue, tag],
    queryFn: () => client.executions.list({ from, to, queue, tag, limit: RUNS_SHOWN }).page(),
  });
  if (error) return <ProblemAlert error={error} />;
  if (isPending) return <Skeleton h={60} />;
  const search = { from, to, ...(queue ? { queue } : {}), ...(tag ? { tag } : {}) };
  return (
    <>
      {data.items.length > 0 && (
        <Table aria-label="Runs that were due">
          <Table.Tbody>
            {data.items.map((run) => (
              <Table.Tr key={run.id}>
                <Table.Td w={64}>{clock(run.scheduledAt)}</Table.Td>
                <Table.Td w={96}>
                  <StatusBadge status={run.status} />
                </Table.Td>
                <Table.Td>
                  <PlaceLink to={`/tasks/${run.taskId}`}>{run.taskName}</PlaceLink>
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
      <Text size="sm">
        {data.items.length === 0 && data.nextCursor === null && 'No run was due in it. '}
        {data.nextCursor !== null && 'There may be more. '}
        <PlaceLink to="/runs" search={search}>
          All runs that were due in it
        </PlaceLink>
      </Text>
    </>
  );
}
