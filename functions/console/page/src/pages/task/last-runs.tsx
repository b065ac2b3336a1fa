import { Group, Paper, Skeleton, Stack, Table, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useId } from 'react';
import type { Task } from '../../../../../../shared/client/client.ts';
import { LIVE_MS } from '../../data/query-client.ts';
import { Instant } from '../../parts/instant.tsx';
import { durationText } from '../../parts/instant-text.ts';
import { AnchorLink } from '../../parts/links.tsx';
import { OUTCOMES, Outcomes } from '../../parts/outcomes.tsx';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { StatusBadge } from '../../parts/status-badge.tsx';
import { useClient } from '../../session/session-context.tsx';
import { zoneOf } from '../tasks/zone-of.ts';

const SHOWN = 5;

/** What it did last. */
export function LastRuns({ task }: { task: Task }) {
  const client = useClient();
  const id = useId();
  const { data, error } = useQuery({
    queryKey: ['last-runs', task.id],
    queryFn: async () => (await client.tasks.executions(task.id, { limit: OUTCOMES }).page()).items,
    refetchInterval: LIVE_MS,
  });
  return (
    <Paper withBorder p="md" component="section" aria-labelledby={id}>
      <Stack gap="xs">
        <Group justify="space-between">
          <Title order={2} size="h5" id={id}>
            Last runs
          </Title>
          {data && data.length > 0 && <Outcomes runs={data} />}
          <AnchorLink to="/tasks/$taskId" params={{ taskId: task.id }} search={{ tab: 'runs' }} size="sm">
            All runs
          </AnchorLink>
        </Group>
        {error && <ProblemAlert error={error} />}
        {!data && !error && <Skeleton h={120} />}
        {data?.length === 0 && <Text size="sm">It has not run yet.</Text>}
        {data && data.length > 0 && (
          <Table.ScrollContainer minWidth={420}>
            <Table aria-label="Last runs" verticalSpacing={4}>
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>Outcome</Table.Th>
                  <Table.Th>Due</Table.Th>
                  <Table.Th>Took</Table.Th>
                  <Table.Th>Run</Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {data.slice(0, SHOWN).map((run) => (
                  <Table.Tr key={run.id}>
                    <Table.Td>
                      <StatusBadge status={run.status} />
                    </Table.Td>
                    <Table.Td>
                      <Instant at={run.scheduledAt} zone={zoneOf(task)} />
                    </Table.Td>
                    <Table.Td>{run.durationMs === null ? '—' : durationText(run.durationMs)}</Table.Td>
                    <Table.Td maw={260}>
                      <AnchorLink to="/runs/$executionId" params={{ executionId: run.id }} inherit>
                        <Text span size="sm" lineClamp={1}>
                          {run.errorMessage ?? run.reason ?? `by ${run.trigger}`}
                        </Text>
                      </AnchorLink>
                    </Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          </Table.ScrollContainer>
        )}
      </Stack>
    </Paper>
  );
}
