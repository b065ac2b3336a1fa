import { Badge, Group, Text } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import type { Task } from '../../../../../../shared/client/client.ts';
import { LIVE_MS } from '../../data/query-client.ts';
import { usePages } from '../../data/use-pages.ts';
import { type Columns, DataTable } from '../../parts/data-table.tsx';
import { Empty } from '../../parts/empty.tsx';
import { Instant } from '../../parts/instant.tsx';
import { AnchorLink, ButtonLink } from '../../parts/links.tsx';
import { Page } from '../../parts/page.tsx';
import { StatusBadge } from '../../parts/status-badge.tsx';
import { useClient, useMay } from '../../session/session-context.tsx';
import { ActOnMatching, ActOnSelected } from './bulk.tsx';
import { RowMenu } from './row-menu.tsx';
import { TaskFilters } from './task-filters.tsx';
import { TaskOutcomes } from './task-outcomes.tsx';
import { zoneOf } from './zone-of.ts';

const PAGE_SIZE = 50;
const FIRST_TASK = 'escapement tasks put hello --name Hello --handler demo.echo --every 1m';

const columns: Columns<Task> = [
  {
    header: 'Task',
    id: 'name',
    cell: ({ row: { original: task } }) => (
      <div data-long-words>
        <AnchorLink
          to="/tasks/$taskId"
          params={{ taskId: task.id }}
          fw={600}
          size="sm"
          c="inherit"
          underline="hover"
          onClick={(event) => event.stopPropagation()}
        >
          {task.name}
        </AnchorLink>
        <Text size="xs" c="dimmed" ff="monospace">
          {task.id}
        </Text>
      </div>
    ),
  },
  {
    header: 'Status',
    id: 'status',
    meta: { card: 'bare' },
    cell: ({ row }) => <StatusBadge status={row.original.status} />,
  },
  {
    header: 'Schedule',
    id: 'schedule',
    meta: { card: 'bare' },
    cell: ({ row }) => <Text size="sm">{row.original.scheduleDescription}</Text>,
  },
  {
    header: 'Next run',
    id: 'next',
    cell: ({ row: { original } }) => <Instant at={original.nextRunAt} zone={zoneOf(original)} />,
  },
  {
    header: 'Last 30 runs',
    id: 'outcomes',
    cell: ({ row }) => <TaskOutcomes task={row.original} />,
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
    meta: { card: 'none' },
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
  {
    header: '',
    id: 'actions',
    cell: ({ row }) => <RowMenu task={row.original} />,
  },
];

const NONE: ReadonlySet<string> = new Set();

export function Tasks() {
  const client = useClient();
  const navigate = useNavigate();
  const filter = useSearch({ from: '/inside/tasks' });
  const pages = usePages(['tasks', filter], () => client.tasks.list({ ...filter, limit: PAGE_SIZE }), {
    everyMs: LIVE_MS,
  });
  const mayAct = useMay('operator');
  const [selected, setSelected] = useState(NONE);
  const [shownFor, setShownFor] = useState(filter);
  if (shownFor !== filter) {
    // What was selected under other filters is not what is seen now.
    setShownFor(filter);
    setSelected(NONE);
  }
  return (
    <Page
      title="Tasks"
      actions={
        mayAct && (
          <>
            <ActOnMatching filter={filter} />
            <ButtonLink to="/tasks/new">New task</ButtonLink>
          </>
        )
      }
    >
      <TaskFilters value={filter} />
      {mayAct && selected.size > 0 && <ActOnSelected ids={selected} onDone={() => setSelected(NONE)} />}
      <DataTable
        label="Tasks"
        columns={columns}
        pages={pages}
        idOf={({ id }) => id}
        onOpen={({ id }) => void navigate({ to: '/tasks/$taskId', params: { taskId: id } })}
        {...(mayAct ? { selection: { ids: selected, onChange: setSelected } } : {})}
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
