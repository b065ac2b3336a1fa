import { Badge, Group, Text } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import type { Task } from '../../../../../../shared/client/client.ts';
import { LIVE_MS } from '../../data/query-client.ts';
import { usePages } from '../../data/use-pages.ts';
import { type Columns, DataTable } from '../../parts/data-table.tsx';
import { Empty } from '../../parts/empty.tsx';
import { Instant } from '../../parts/instant.tsx';
import { Page } from '../../parts/page.tsx';
import { StatusBadge } from '../../parts/status-badge.tsx';
import { useClient } from '../../session/session-context.tsx';
import { TaskFilters } from './task-filters.tsx';
import { zoneOf } from './zone-of.ts';

const PAGE_SIZE = 50;
const FIRST_TASK = `escapement tasks put hello --schedule '{"kind":"interval","seconds":60}' --handler demo.echo`;

const columns: Columns<Task> = [
  {
    header: 'Task',
    id: 'name',
    cell: ({ row: { original: task } }) => (
      <div>
        <Text fw={600} size="sm">
          {task.name}
        </Text>
        <Text size="xs" c="dimmed" ff="monospace">
          {task.id}
        </Text>
      </div>
    ),
  },
  { header: 'Status', id: 'status', cell: ({ row }) => <StatusBadge status={row.original.status} /> },
  {
    header: 'Schedule',
    id: 'schedule',
    cell: ({ row }) => <Text size="sm">{row.original.scheduleDescription}</Text>,
  },
  {
    header: 'Next run',
    id: 'next',
    cell: ({ row: { original } }) => <Instant at={original.nextRunAt} zone={zoneOf(original)} />,
  },
  {
    header: 'Last run',
    id: 'last',
    cell: ({
      row: {
        original: { lastRun },
      },
    }) =>
      lastRun ? (
        <Group gap="xs" wrap="nowrap">
          <StatusBadge status={lastRun.status} />
          <Instant at={lastRun.finishedAt ?? lastRun.scheduledAt} />
        </Group>
      ) : (
        '—'
      ),
  },
  {
    header: 'Queue, tags',
    id: 'tags',
    cell: ({ row }) => (
      <Group gap={4}>
        <Text size="sm">{row.original.queue}</Text>
        {row.original.tags.map((tag) => (
          <Badge key={tag} variant="default" size="sm" tt="none">
            {tag}
          </Badge>
        ))}
      </Group>
    ),
  },
];

export function Tasks() {
  const client = useClient();
  const navigate = useNavigate();
  const filter = useSearch({ from: '/inside/tasks' });
  const pages = usePages(['tasks', filter], () => client.tasks.list({ ...filter, limit: PAGE_SIZE }), {
    everyMs: LIVE_MS,
  });
  return (
    <Page title="Tasks">
      <TaskFilters value={filter} />
      <DataTable
        label="Tasks"
        columns={columns}
        pages={pages}
        idOf={({ id }) => id}
        onOpen={({ id }) => void navigate({ to: '/tasks', search: { search: id } })}
        empty={
          Object.values(filter).some(Boolean) ? (
            <Empty>No task matches these filters.</Empty>
          ) : (
            <Empty command={FIRST_TASK}>There is no task yet. This makes the first one:</Empty>
          )
        }
      />
    </Page>
  );
}
