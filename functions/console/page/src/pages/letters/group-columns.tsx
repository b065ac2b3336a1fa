import { Text } from '@mantine/core';
import type { DeadLetterGroup } from '../../../../../../shared/client/client.ts';
import type { Columns } from '../../parts/data-table.tsx';
import { Instant } from '../../parts/instant.tsx';
import { AnchorLink } from '../../parts/links.tsx';
import { GroupMenu } from './letter-menu.tsx';
import type { Letters } from './use-letter-acts.tsx';

export const countOf = ({ count, atLeast }: Pick<DeadLetterGroup, 'count' | 'atLeast'>): string =>
  `${count.toLocaleString()}${atLeast ? ' or more' : ''}`;

const columnsOf = (resolution: Letters['resolution']): Columns<DeadLetterGroup> => [
  {
    header: 'What it died of',
    id: 'error',
    cell: ({ row: { original: group } }) => (
      <div data-long-words="many">
        <AnchorLink
          to="/dead-letters/$queue/$fingerprint"
          params={{ queue: group.queue, fingerprint: group.fingerprint }}
          search={resolution === 'open' ? {} : { resolution }}
          size="sm"
          fw={600}
          onClick={(event) => event.stopPropagation()}
        >
          {group.sample?.errorType ?? 'Unknown'}
        </AnchorLink>
        <Text size="sm" lineClamp={2} maw={460}>
          {group.sample?.errorMessage ?? group.fingerprint}
        </Text>
      </div>
    ),
  },
  {
    header: 'Runs',
    id: 'count',
    cell: ({ row }) => (
      <Text size="sm" fw={600}>
        {countOf(row.original)}
      </Text>
    ),
  },
  {
    header: 'Queue',
    id: 'queue',
    accessorFn: ({ queue }) => queue,
  },
  {
    header: 'Tasks',
    id: 'tasks',
    cell: ({ row: { original: group } }) => (
      <Text size="sm" lineClamp={2} maw={220} data-long-words>
        {group.tasks === 1 ? (group.sample?.taskName ?? group.taskIds[0]) : `${group.tasks} tasks`}
      </Text>
    ),
  },
  {
    header: 'First',
    id: 'first',
    meta: { card: 'none' },
    cell: ({ row }) => <Instant at={row.original.firstSeenAt} />,
  },
  { header: 'Last', id: 'last', cell: ({ row }) => <Instant at={row.original.lastSeenAt} /> },
  { header: '', id: 'menu', cell: ({ row }) => <GroupMenu group={row.original} resolution={resolution} /> },
];

/** Made once: a new array would build the table anew. */
export const GROUP_COLUMNS = {
  open: columnsOf('open'),
  resolved: columnsOf('resolved'),
  ignored: columnsOf('ignored'),
} satisfies Record<Letters['resolution'], Columns<DeadLetterGroup>>;
