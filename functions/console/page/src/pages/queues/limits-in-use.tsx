import { Group, Progress, Stack, Text } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import type { LimitInUse } from '../../../../../../shared/client/client.ts';
import { LIVE_MS } from '../../data/query-client.ts';
import { usePages } from '../../data/use-pages.ts';
import { type Columns, DataTable } from '../../parts/data-table.tsx';
import { Empty } from '../../parts/empty.tsx';
import { Instant } from '../../parts/instant.tsx';
import { secondsText } from '../../parts/instant-text.ts';
import { useClient } from '../../session/session-context.tsx';

const PAGE_SIZE = 100;
const FIRST_CAP = `echo 'concurrency: [{ key: "tag:billing", limit: 5 }]' |
  escapement tasks put billing --name Billing --handler demo.echo --every 1m -f -`;

const periodOf = ({ perSeconds }: LimitInUse): string =>
  perSeconds === null ? '' : ` in ${secondsText(perSeconds)}`;

const columns: Columns<LimitInUse> = [
  {
    header: 'Key',
    id: 'key',
    cell: ({ row: { original: limit } }) => (
      <>
        <Text size="sm" fw={600}>
          {limit.key ?? 'all runs of the tenant'}
        </Text>
        <Text size="xs" c="dimmed">
          {limit.kind === 'rateLimit' ? 'starts' : 'at the same time'}
        </Text>
      </>
    ),
  },
  {
    header: 'Taken',
    id: 'used',
    cell: ({ row: { original: limit } }) => {
      const isFull = limit.used >= limit.limit;
      return (
        <Stack gap={4}>
          <Group gap="xs">
            <Text size="sm" {...(isFull && { fw: 700 })}>
              {limit.used} of {limit.limit}
              {periodOf(limit)}
            </Text>
            {isFull && <Text size="sm">at its limit</Text>}
          </Group>
          <Progress
            value={Math.min(100, (100 * limit.used) / limit.limit)}
            color={isFull ? 'orange' : 'cyan'}
            aria-label={`Taken of ${limit.key ?? 'the tenant'}`}
          />
        </Stack>
      );
    },
  },
  { header: 'Waiting', id: 'waiting', cell: ({ row }) => row.original.waiting },
  {
    header: 'Next start',
    id: 'opens',
    cell: ({ row }) => <Instant at={row.original.opensAt} />,
  },
  {
    header: 'Held by',
    id: 'held',
    cell: ({ row: { original } }) => (
      <Text size="xs" ff="monospace" lineClamp={2} data-long-words>
        {original.heldBy.join(', ') || '—'}
      </Text>
    ),
  },
  {
    header: 'Tasks',
    id: 'tasks',
    cell: ({ row: { original } }) => (
      <Text size="xs" ff="monospace" lineClamp={2} data-long-words>
        {original.taskIds.join(', ')}
      </Text>
    ),
  },
];

/** Keys at their limit first. */
export function LimitsInUse() {
  const client = useClient();
  const navigate = useNavigate();
  const pages = usePages(['limits'], () => client.limits({ limit: PAGE_SIZE }), { everyMs: LIVE_MS });
  const items = pages.items.toSorted((a, b) => b.used / b.limit - a.used / a.limit);
  return (
    <DataTable
      label="Limits in use"
      columns={columns}
      pages={{ ...pages, items }}
      idOf={({ kind, key, limit, perSeconds }) => `${kind} ${key} ${limit} ${perSeconds}`}
      onOpen={({ taskIds: [first] }) => void navigate({ to: '/tasks', search: { search: first } })}
      empty={
        <Empty command={FIRST_CAP}>
          No run takes a shared limit right now. Tasks that name the same key share one:
        </Empty>
      }
    />
  );
}
