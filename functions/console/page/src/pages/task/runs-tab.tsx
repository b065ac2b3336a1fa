import { Select, Stack } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import type { Task } from '../../../../../../shared/client/client.ts';
import { LIVE_MS } from '../../data/query-client.ts';
import { usePages } from '../../data/use-pages.ts';
import { DataTable } from '../../parts/data-table.tsx';
import { Empty } from '../../parts/empty.tsx';
import { useClient } from '../../session/session-context.tsx';
import { useRunColumnsOf } from '../runs/run-columns.tsx';
import { RUN_STATUSES } from '../runs/run-search.ts';

const PAGE_SIZE = 50;

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
        columns={useRunColumnsOf(task)}
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
