import { Button, Group, Paper, Text } from '@mantine/core';
import { useState } from 'react';
import type { BulkInput } from '../../../../../../shared/client/client.ts';
import { openBulk } from '../../parts/bulk.tsx';
import { useClient } from '../../session/session-context.tsx';
import type { TaskSearch } from './task-search.ts';

interface Props {
  ids: ReadonlySet<string>;
  filter: TaskSearch;
  /** What is shown is not all that matches. */
  hasMore: boolean;
  onDone(): void;
}

const VERBS = [
  ['pause', 'Pause'],
  ['resume', 'Resume'],
  ['trigger', 'Run now:'],
  ['delete', 'Delete'],
] as const;

/** What can be done to those that are selected, or to all that the filters take: always counted first. */
export function BulkBar({ ids, filter, hasMore, onDone }: Props) {
  const client = useClient();
  const [isAll, setIsAll] = useState(false);
  const chosen: Pick<BulkInput, 'ids' | 'filter'> = isAll
    ? { filter: bulkFilter(filter) }
    : { ids: [...ids] };
  return (
    <Paper withBorder p="xs" role="toolbar" aria-label="What to do with the selected tasks">
      <Group justify="space-between" gap="xs">
        <Group gap="xs">
          <Text size="sm" fw={600} role="status">
            {isAll ? 'All that match the filters' : `${ids.size.toLocaleString()} selected`}
          </Text>
          <Button size="compact-sm" variant="default" onClick={() => setIsAll(!isAll)}>
            {isAll ? `Only the ${ids.size.toLocaleString()} selected` : 'All that match the filters'}
          </Button>
          {!isAll && hasMore && (
            <Text size="xs" c="dimmed">
              More match than are shown
            </Text>
          )}
        </Group>
        <Group gap="xs">
          {VERBS.map(([action, verb]) => (
            <Button
              key={action}
              size="compact-sm"
              variant="light"
              {...(action === 'delete' ? { color: 'red' } : {})}
              onClick={() =>
                openBulk({
                  client,
                  input: { action, ...chosen },
                  verb,
                  things: 'tasks',
                  ...(action === 'delete' ? { typed: 'delete' } : {}),
                  onDone,
                })
              }
            >
              {verb.replace(':', '')}
            </Button>
          ))}
          <Button size="compact-sm" variant="subtle" color="gray" onClick={onDone}>
            Clear
          </Button>
        </Group>
      </Group>
    </Paper>
  );
}

const bulkFilter = ({ search, status, queue, tag, handler, kind }: TaskSearch) => ({
  ...(search === undefined ? {} : { search }),
  ...(status === undefined ? {} : { status }),
  ...(queue === undefined ? {} : { queue }),
  ...(tag === undefined ? {} : { tag }),
  ...(handler === undefined ? {} : { handler }),
  ...(kind === undefined ? {} : { kind }),
});
