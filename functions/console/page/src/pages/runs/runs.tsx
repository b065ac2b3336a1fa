import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import type { BulkInput } from '../../../../../../shared/client/client.ts';
import { useLive } from '../../data/use-live.ts';
import { usePages } from '../../data/use-pages.ts';
import { type Act, ActsMenu, SelectionBar } from '../../parts/acts.tsx';
import { openBulk } from '../../parts/bulk.tsx';
import { DataTable } from '../../parts/data-table.tsx';
import { Empty } from '../../parts/empty.tsx';
import { Page } from '../../parts/page.tsx';
import { useClient, useMay } from '../../session/session-context.tsx';
import { runColumns } from './run-columns.tsx';
import { RunFilters } from './run-filters.tsx';
import { filterOf } from './run-search.ts';

const PAGE_SIZE = 50;
const FIRST_RUN = 'escapement tasks trigger <task>';
const NONE: ReadonlySet<string> = new Set();

export function Runs() {
  const client = useClient();
  const navigate = useNavigate();
  const search = useSearch({ from: '/inside/runs' });
  const filter = filterOf(search);
  const key = ['runs', filter];
  const everyMs = useLive(key, {
    wanted: search.live ?? true,
    concerns: (event) =>
      event.type === 'run.changed' && (filter.taskId === undefined || filter.taskId === event.taskId),
  });
  const pages = usePages(
    key,
    () => client.executions.list({ ...filter, limit: PAGE_SIZE }),
    everyMs === false ? {} : { everyMs },
  );
  const [selected, setSelected] = useState(NONE);
  const selectNone = () => setSelected(NONE);
  const actsOn = useBulkRuns();
  const mayAct = useMay('operator');
  return (
    <Page
      title="Runs"
      about="What ran, runs and waits to run, the latest first."
      actions={
        mayAct && (
          <ActsMenu label="All that match…" acts={actsOn('runs that match', { filter: filterOf(search) })} />
        )
      }
    >
      <RunFilters value={search} />
      <SelectionBar
        things="runs"
        count={mayAct ? selected.size : 0}
        acts={actsOn('selected runs', { ids: [...selected] }, selectNone)}
        onNone={selectNone}
      />
      <DataTable
        label="Runs"
        columns={runColumns}
        pages={pages}
        idOf={({ id }) => id}
        onOpen={({ id }) => void navigate({ to: '/runs/$executionId', params: { executionId: id } })}
        {...(mayAct && { selection: { ids: selected, onChange: setSelected } })}
        empty={
          Object.keys(filter).length > 0 ? (
            <Empty>No run matches these filters.</Empty>
          ) : (
            <Empty command={FIRST_RUN}>Nothing has run yet. This runs a task now:</Empty>
          )
        }
      />
    </Page>
  );
}

const ACTIONS = [
  { action: 'cancel', verb: 'Cancel' },
  { action: 'retry', verb: 'Retry' },
] as const;

/** Counted first, each of them. */
function useBulkRuns() {
  const client = useClient();
  return (things: string, which: Pick<BulkInput, 'ids' | 'filter'>, onDone?: () => void): Act[] =>
    ACTIONS.map(({ action, verb }) => ({
      label: verb,
      do: () => openBulk({ client, verb, things, input: { action, ...which }, ...(onDone && { onDone }) }),
    }));
}
