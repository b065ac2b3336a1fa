import { Badge, Group, Text } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import type { AuditEntry } from '../../../../../../shared/client/client.ts';
import { usePages } from '../../data/use-pages.ts';
import { type Columns, DataTable } from '../../parts/data-table.tsx';
import { Empty } from '../../parts/empty.tsx';
import { FilterInput } from '../../parts/filter-input.tsx';
import { Instant } from '../../parts/instant.tsx';
import { InstantFilter } from '../../parts/local-instant-input.tsx';
import { Page } from '../../parts/page.tsx';
import { useClient } from '../../session/session-context.tsx';
import { AuditEntryDrawer } from './audit-entry.tsx';
import type { AuditSearch } from './audit-search.ts';

const PAGE_SIZE = 50;
const OUTCOME_COLOR = { done: 'green', unchanged: 'gray', refused: 'red', unknown: 'yellow' } as const;

const columns: Columns<AuditEntry> = [
  {
    header: 'When',
    id: 'at',
    meta: { card: 'bare' },
    cell: ({ row }) => <Instant at={row.original.at} />,
  },
  {
    header: 'Who',
    id: 'actor',
    cell: ({ row }) => (
      <Text size="xs" ff="monospace">
        {row.original.actor}
      </Text>
    ),
  },
  {
    header: 'Did',
    id: 'action',
    meta: { card: 'title' },
    cell: ({ row }) => (
      <Text size="sm" fw={600}>
        {row.original.action}
      </Text>
    ),
  },
  {
    header: 'To',
    id: 'resource',
    cell: ({ row }) => (
      <Text size="xs" ff="monospace" data-long-words>
        {row.original.resource}
      </Text>
    ),
  },
  {
    header: 'Outcome',
    id: 'outcome',
    meta: { card: 'bare' },
    cell: ({
      row: {
        original: { outcome, code },
      },
    }) => (
      <Group gap="xs">
        <Badge color={OUTCOME_COLOR[outcome]} variant="light" tt="none">
          {outcome}
        </Badge>
        {code && <Text size="xs">{code}</Text>}
      </Group>
    ),
  },
];

export function Audit() {
  const client = useClient();
  const filter = useSearch({ from: '/inside/audit' });
  const [opened, setOpened] = useState<AuditEntry>();
  const pages = usePages(['audit', filter], () => client.audit.list({ ...filter, limit: PAGE_SIZE }));
  const isFiltered = Object.values(filter).some(Boolean);
  return (
    <Page title="Audit" about="Who changed what, and how it was before and after; the newest first.">
      <AuditFilters value={filter} />
      <DataTable
        label="Changes"
        columns={columns}
        pages={pages}
        idOf={({ id }) => id}
        onOpen={(entry) => setOpened(entry)}
        empty={
          isFiltered ? (
            <Empty>No change matches these filters.</Empty>
          ) : (
            <Empty command="escapement audit">
              Nobody has changed anything yet. The same on the command line:
            </Empty>
          )
        }
      />
      <AuditEntryDrawer entry={opened} onClose={() => setOpened(undefined)} />
    </Page>
  );
}

function AuditFilters({ value }: { value: AuditSearch }) {
  const navigate = useNavigate();
  const change = (changed: Partial<AuditSearch>) =>
    void navigate({ to: '/audit', search: { ...value, ...changed }, replace: true });
  return (
    <Group gap="xs" align="flex-end">
      <FilterInput
        label="Who: token:…, event"
        value={value.actor}
        onChange={(actor) => change({ actor })}
        w={230}
      />
      <FilterInput
        label="Did: task, task.pause"
        value={value.action}
        onChange={(action) => change({ action })}
        w={190}
      />
      <FilterInput
        label="To: tasks/nightly-report"
        value={value.resource}
        onChange={(resource) => change({ resource })}
        w={230}
      />
      <InstantFilter label="From" word="from" value={value.from} onChange={(from) => change({ from })} />
      <InstantFilter label="Until" word="until" value={value.to} onChange={(to) => change({ to })} />
    </Group>
  );
}
