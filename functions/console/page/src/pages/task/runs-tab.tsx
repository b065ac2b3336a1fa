import { Select, Stack } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import type { Execution, Task } from '../../../../../../shared/client/client.ts';
import { LIVE_MS } from '../../data/query-client.ts';
import { usePages } from '../../data/use-pages.ts';
import { type Columns, DataTable } from '../../parts/data-table.tsx';
import { Empty } from '../../parts/empty.tsx';
import { Instant } from '../../parts/instant.tsx';
import { AnchorLink } from '../../parts/links.tsx';
import { useClient } from '../../session/session-context.tsx';
import { runColumns } from '../runs/run-columns.tsx';
import { RUN_STATUSES } from './task-page-search.ts';

const PAGE_SIZE = 50;

/** Of one task: its name says nothing new. */
const columns: Columns<Execution> = [
  {
    header: 'Due',
    id: 'due',
    cell: ({ row: { original: run } }) => (
      <AnchorLink
        to="/runs/$executionId"
        params={{ executionId: run.id }}
        size="sm"
        onClick={(event) => event.stopPropagation()}
      >
        <Instant at={run.scheduledAt} exact />
      </AnchorLink>
    ),
  },
  ...runColumns.filter(({ id }) => id !== 'task' && id !== 'due'),
];

/** All that it did, page by page. */
export function RunsTab({ task }: { task: Task }) {
  const client = useClient();
  const navigate = useNavigate();
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
        onOpen={({ id }) => void navigate({ to: '/runs/$executionId', params: { executionId: id } })}
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
