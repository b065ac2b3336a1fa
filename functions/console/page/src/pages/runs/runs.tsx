import { Button, Group, Menu, Text } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { useLive } from '../../data/use-live.ts';
import { usePages } from '../../data/use-pages.ts';
import { openBulk } from '../../parts/bulk.tsx';
import { DataTable } from '../../parts/data-table.tsx';
import { Empty } from '../../parts/empty.tsx';
import { Page } from '../../parts/page.tsx';
import { useClient, useMay } from '../../session/session-context.tsx';
import { runColumns } from './run-columns.tsx';
import { RunFilters } from './run-filters.tsx';
import { filterOf, type RunSearch } from './run-search.ts';

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
  const mayAct = useMay('operator');
  return (
    <Page
      title="Runs"
      about="What ran, runs and waits to run, the latest first."
      actions={mayAct && <ActOnMatching search={search} />}
    >
      <RunFilters value={search} />
      {mayAct && selected.size > 0 && <ActOnSelected ids={selected} onDone={() => setSelected(NONE)} />}
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

/** Of whatever the filters match, shown or not. */
function ActOnMatching({ search }: { search: RunSearch }) {
  const client = useClient();
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button variant="default">All that match…</Button>
      </Menu.Target>
      <Menu.Dropdown>
        {ACTIONS.map(({ action, verb }) => (
          <Menu.Item
            key={action}
            onClick={() =>
              openBulk({
                client,
                verb,
                things: 'runs that match',
                input: { action, filter: filterOf(search) },
              })
            }
          >
            {verb}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

function ActOnSelected({ ids, onDone }: { ids: ReadonlySet<string>; onDone(): void }) {
  const client = useClient();
  return (
    <Group gap="xs" role="group" aria-label="Selected runs">
      <Text size="sm" role="status">
        {ids.size} selected
      </Text>
      {ACTIONS.map(({ action, verb }) => (
        <Button
          key={action}
          size="xs"
          variant="default"
          onClick={() =>
            openBulk({ client, verb, things: 'selected runs', input: { action, ids: [...ids] }, onDone })
          }
        >
          {verb}
        </Button>
      ))}
      <Button size="xs" variant="subtle" onClick={onDone}>
        Select none
      </Button>
    </Group>
  );
}
