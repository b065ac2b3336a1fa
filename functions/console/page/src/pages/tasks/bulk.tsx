import type { BulkInput } from '../../../../../../shared/client/client.ts';
import { type Act, ActsMenu, SelectionBar } from '../../parts/acts.tsx';
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
function useBulk(things: string, which: Pick<BulkInput, 'ids' | 'filter'>, onDone?: () => void): Act[] {
  const client = useClient();
  return ACTIONS.map(({ action, verb }) => ({
    label: verb,
    isFinal: action === 'delete',
    do: () =>
      openBulk({
        client,
        verb,
        things,
        input: { action, ...which },
        ...(action === 'delete' && { typed: 'delete' }),
        ...(onDone && { onDone }),
      }),
  }));
}

/** Of whatever the filters match, shown or not. */
export function ActOnMatching({ filter }: { filter: TaskSearch }) {
  return (
    <ActsMenu label="All that match…" acts={useBulk('tasks that match', { filter: bulkFilter(filter) })} />
  );
}

export function ActOnSelected({ ids, onDone }: { ids: ReadonlySet<string>; onDone(): void }) {
  const acts = useBulk('selected tasks', { ids: [...ids] }, onDone);
  return <SelectionBar things="tasks" count={ids.size} acts={acts} onNone={onDone} />;
}

const bulkFilter = ({ search, status, queue, tag, handler, kind }: TaskSearch) => ({
  ...(search === undefined ? {} : { search }),
  ...(status === undefined ? {} : { status }),
  ...(queue === undefined ? {} : { queue }),
  ...(tag === undefined ? {} : { tag }),
  ...(handler === undefined ? {} : { handler }),
  ...(kind === undefined ? {} : { kind }),
});
