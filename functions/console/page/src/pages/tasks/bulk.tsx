import { Button, Group, Menu, Text } from '@mantine/core';
import type { BulkInput } from '../../../../../../shared/client/client.ts';
import { openBulk } from '../../parts/bulk.tsx';
import { useClient } from '../../session/session-context.tsx';
import type { TaskSearch } from './task-search.ts';

const ACTIONS = [
  { action: 'pause', verb: 'Pause' },
  { action: 'resume', verb: 'Resume' },
  { action: 'trigger', verb: 'Run' },
  { action: 'delete', verb: 'Delete' },
] as const;

/** Counted first, each of them; what cannot be taken back is asked for in letters. */
function useBulk(things: string, onDone?: () => void) {
  const client = useClient();
  return ({ action, verb }: (typeof ACTIONS)[number], which: Pick<BulkInput, 'ids' | 'filter'>) =>
    openBulk({
      client,
      verb,
      things,
      input: { action, ...which },
      ...(action === 'delete' && { typed: 'delete' }),
      ...(onDone && { onDone }),
    });
}

/** Of whatever the filters match, shown or not. */
export function ActOnMatching({ filter }: { filter: TaskSearch }) {
  const ask = useBulk('tasks that match');
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button variant="default">All that match…</Button>
      </Menu.Target>
      <Menu.Dropdown>
        {ACTIONS.map((each) => (
          <Menu.Item
            key={each.action}
            {...(each.action === 'delete' && { color: 'red' })}
            onClick={() => ask(each, { filter: bulkFilter(filter) })}
          >
            {each.verb}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

export function ActOnSelected({ ids, onDone }: { ids: ReadonlySet<string>; onDone(): void }) {
  const ask = useBulk('selected tasks', onDone);
  return (
    <Group gap="xs" role="group" aria-label="Selected tasks">
      <Text size="sm" role="status">
        {ids.size} selected
      </Text>
      {ACTIONS.map((each) => (
        <Button
          key={each.action}
          size="xs"
          variant="default"
          {...(each.action === 'delete' && { variant: 'light', color: 'red' })}
          onClick={() => ask(each, { ids: [...ids] })}
        >
          {each.verb}
        </Button>
      ))}
      <Button size="xs" variant="subtle" onClick={onDone}>
        Select none
      </Button>
    </Group>
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
