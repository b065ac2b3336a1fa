import { Text } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import type { Task } from '../../../../../../shared/client/client.ts';
import { LIVE_MS } from '../../data/query-client.ts';
import { usePages } from '../../data/use-pages.ts';
import { DataTable } from '../../parts/data-table.tsx';
import { AnchorLink } from '../../parts/links.tsx';
import { OUTCOMES, Outcomes } from '../../parts/outcomes.tsx';
import { Section } from '../../parts/section.tsx';
import { useClient } from '../../session/session-context.tsx';
import { useRunColumnsOf } from '../runs/run-columns.tsx';

const SHOWN = 5;

/** What it did last. */
export function LastRuns({ task }: { task: Task }) {
  const client = useClient();
  const navigate = useNavigate();
  const columns = useRunColumnsOf(task, { brief: true });
  const pages = usePages(
    ['last-runs', task.id],
    () => client.tasks.executions(task.id, { limit: OUTCOMES }),
    { everyMs: LIVE_MS },
  );
  return (
    <Section
      title="Last runs"
      aside={
        <>
          {pages.items.length > 0 && <Outcomes runs={pages.items} />}
          <AnchorLink to="/tasks/$taskId" params={{ taskId: task.id }} search={{ tab: 'runs' }} size="sm">
            All runs
          </AnchorLink>
        </>
      }
    >
      <DataTable
        label="Last runs"
        columns={columns}
        pages={{ ...pages, items: pages.items.slice(0, SHOWN), hasMore: false }}
        idOf={({ id }) => id}
        onOpen={({ id }) => void navigate({ to: '/runs/$executionId', params: { executionId: id } })}
        empty={<Text size="sm">It has not run yet.</Text>}
        minWidth={420}
      />
    </Section>
  );
}
