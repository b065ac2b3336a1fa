import { Group, Text } from '@mantine/core';
import type { Execution } from '../../../../../../shared/client/client.ts';
import type { Columns } from '../../parts/data-table.tsx';
import { Instant } from '../../parts/instant.tsx';
import { durationText } from '../../parts/instant-text.ts';
import { AnchorLink } from '../../parts/links.tsx';
import { StatusBadge } from '../../parts/status-badge.tsx';
import { RunMenu } from './run-menu.tsx';

const Measured = ({ ms }: { ms: number | null }) => (
  <Text size="sm" span style={{ whiteSpace: 'nowrap' }}>
    {ms === null ? '—' : durationText(ms)}
  </Text>
);

/** Of every list of runs. */
export const runColumns: Columns<Execution> = [
  {
    header: 'Run of',
    id: 'task',
    cell: ({ row: { original: run } }) => (
      <div data-long-words>
        <AnchorLink
          to="/runs/$executionId"
          params={{ executionId: run.id }}
          size="sm"
          fw={600}
          onClick={(event) => event.stopPropagation()}
        >
          {run.taskName}
        </AnchorLink>
        <Text size="xs" c="dimmed" ff="monospace" truncate maw={280}>
          {run.taskId}
        </Text>
      </div>
    ),
  },
  {
    header: 'Status',
    id: 'status',
    cell: ({ row: { original: run } }) => (
      <div>
        <Group gap={6} wrap="nowrap">
          <StatusBadge status={run.status} />
          {run.reason && (
            <Text size="xs" c="dimmed">
              {run.reason}
            </Text>
          )}
        </Group>
        {run.errorMessage && (
          <Text size="xs" c="dimmed" truncate maw={300} title={run.errorMessage}>
            {run.errorMessage}
          </Text>
        )}
      </div>
    ),
  },
  { header: 'Trigger', id: 'trigger', accessorFn: ({ trigger }) => trigger },
  { header: 'Due', id: 'due', cell: ({ row }) => <Instant at={row.original.scheduledAt} /> },
  { header: 'Late by', id: 'lateness', cell: ({ row }) => <Measured ms={row.original.latenessMs} /> },
  { header: 'Took', id: 'duration', cell: ({ row }) => <Measured ms={row.original.durationMs} /> },
  {
    header: 'Attempts',
    id: 'attempts',
    accessorFn: ({ attempt, maxAttempts }) => `${attempt} of ${maxAttempts}`,
  },
  { header: '', id: 'menu', cell: ({ row }) => <RunMenu run={row.original} /> },
];
