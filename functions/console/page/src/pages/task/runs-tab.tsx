import { Select, Stack, Text } from '@mantine/core';
import { useNavigate, useRouter, useSearch } from '@tanstack/react-router';
import type { Execution, Task } from '../../../../../../shared/client/client.ts';
import { LIVE_MS } from '../../data/query-client.ts';
import { usePages } from '../../data/use-pages.ts';
import { type Columns, DataTable } from '../../parts/data-table.tsx';
import { Empty } from '../../parts/empty.tsx';
import { Instant } from '../../parts/instant.tsx';
import { durationText } from '../../parts/instant-text.ts';
import { PlaceLink } from '../../parts/place-link.tsx';
import { StatusBadge } from '../../parts/status-badge.tsx';
import { useClient } from '../../session/session-context.tsx';
import { RUN_STATUSES } from './task-page-search.ts';

const PAGE_SIZE = 50;

const columns: Columns<Execution> = [
  {
    header: 'Due',
    id: 'due',
    cell: ({ row: { original } }) => (
      <PlaceLink to={`/runs/${encodeURIComponent(original.id)}`}>
        <Instant at={original.scheduledAt} exact />
      </PlaceLink>
    ),
  },
  { header: 'Status', id: 'status', cell: ({ row }) => <StatusBadge status={row.original.status} /> },
  { header: 'Asked for by', id: 'trigger', cell: ({ row }) => row.original.trigger },
  {
    header: 'Late by',
    id: 'late',
    cell: ({
      row: {
        original: { latenessMs },
      },
    }) => (latenessMs === null ? '—' : durationText(latenessMs)),
  },
  {
    header: 'Took',
    id: 'took',
    cell: ({
      row: {
        original: { durationMs },
      },
    }) => (durationMs === null ? '—' : durationText(durationMs)),
  },
  {
    header: 'Attempts',
    id: 'attempts',
    cell: ({ row }) => `${row.original.attempt} of ${row.original.maxAttempts}`,
  },
  {
    header: 'What happened',
    id: 'error',
    cell: ({ row: { original } }) => (
      <Text size="sm" lineClamp={1} maw={320}>
        {original.errorMessage ?? original.reason ?? '—'}
      </Text>
    ),
  },
];

/** All that it did, page by page. */
export function RunsTab({ task }: { task: Task }) {
  const client = useClient();
  const navigate = useNavigate();
  const { history, basepath } = useRouter();
  const { status } = useSearch({ from: '/inside/tasks/$taskId' });
  const pages = usePages(
    ['task-runs', task.id, status],
    () => client.tasks.executions(task.id, { status, limit: PAGE_SIZE }),
    { everyMs: LIVE_MS },
  );
  return (
    <Stack>
      <Select
        aria-label="Status of runs"
        placeholder="Any outcome"
        data={[...RUN_STATUSES]}
        value={status ?? null}
        onChange={(next) =>
          void navigate({
            to: '/tasks/$taskId',
            params: { taskId: task.id },
            search: { tab: 'runs', status: RUN_STATUSES.find((one) => one === next) },
            replace: true,
          })
        }
        clearable
        w={180}
      />
      <DataTable
        label="Runs"
        columns={columns}
        pages={pages}
        idOf={({ id }) => id}
        onOpen={({ id }) => history.push(`${basepath}/runs/${encodeURIComponent(id)}`)}
        empty={
          status ? (
            <Empty>No run of this task is {status}.</Empty>
          ) : (
            <Empty command={`escapement tasks trigger ${task.id}`}>
              It has not run yet. This runs it at once:
            </Empty>
          )
        }
      />
    </Stack>
  );
}
