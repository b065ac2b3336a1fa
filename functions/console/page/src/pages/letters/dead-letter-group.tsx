import { Button, Group, Paper, SimpleGrid, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import type { DeadLetterGroup as GroupWire } from '../../../../../../shared/client/client.ts';
import { useLive } from '../../data/use-live.ts';
import { usePages } from '../../data/use-pages.ts';
import { ActsMenu, SelectionBar } from '../../parts/acts.tsx';
import { DataTable } from '../../parts/data-table.tsx';
import { Empty } from '../../parts/empty.tsx';
import { Figure } from '../../parts/figure.tsx';
import { Instant } from '../../parts/instant.tsx';
import { AnchorLink } from '../../parts/links.tsx';
import { Page } from '../../parts/page.tsx';
import { TaskLink } from '../../parts/task-link.tsx';
import { useClient, useMay } from '../../session/session-context.tsx';
import { runColumns } from '../runs/run-columns.tsx';
import { CanaryStates } from './canary-state.tsx';
import { countOf } from './group-columns.tsx';
import { type LetterAct, useLetterActs } from './use-letter-acts.tsx';

const PAGE_SIZE = 50;
const GROUPS_A_PAGE = 200;
const NONE: ReadonlySet<string> = new Set();

/** Runs of a queue that died of the same. */
export function DeadLetterGroup() {
  const client = useClient();
  const navigate = useNavigate();
  const { queue, fingerprint } = useParams({ from: '/inside/dead-letters/$queue/$fingerprint' });
  const { resolution = 'open', canary } = useSearch({ from: '/inside/dead-letters/$queue/$fingerprint' });
  const acts = useLetterActs();
  const mayAct = useMay('operator');
  const key = ['letters', queue, fingerprint, resolution];
  const everyMs = useLive(key, { concerns: ({ type }) => type === 'run.changed' });
  const group = useQuery({
    queryKey: [...key, 'group'],
    queryFn: async () => {
      // Counted anew with each request, and there are few kinds of errors.
      const { items } = await client.queues
        .deadLetterGroups(queue, { resolution, limit: GROUPS_A_PAGE })
        .page();
      return items.find((one) => one.fingerprint === fingerprint) ?? null;
    },
    refetchInterval: everyMs,
  });
  const pages = usePages(
    [...key, 'runs'],
    () => client.queues.deadLetters(queue, { fingerprint, resolution, limit: PAGE_SIZE }),
    everyMs === false ? {} : { everyMs },
  );
  const [selected, setSelected] = useState(NONE);
  // What has left the list meanwhile is not meant any more.
  const ids = pages.items.map(({ id }) => id).filter((id) => selected.has(id));
  const isEmpty = pages.items.length === 0;
  return (
    <Page
      title={group.data?.sample?.errorType ?? 'Dead letters of one kind'}
      about={
        <>
          <AnchorLink to="/dead-letters" search={{ queue }} inherit>
            Dead letters of {queue}
          </AnchorLink>{' '}
          · {fingerprint}
        </>
      }
      actions={!isEmpty && <Acts acts={acts({ queue, which: { fingerprint }, resolution })} />}
    >
      <CanaryStates queue={queue} asked={canary} runs={pages.items} />
      {group.data && <About group={group.data} />}
      <SelectionBar
        things="runs"
        count={ids.length}
        acts={acts({ queue, which: { ids }, resolution })}
        onNone={() => setSelected(NONE)}
      />
      <DataTable
        label="Runs that died of it"
        columns={runColumns}
        pages={pages}
        idOf={({ id }) => id}
        onOpen={({ id }) => void navigate({ to: '/runs/$executionId', params: { executionId: id } })}
        {...(mayAct && { selection: { ids: selected, onChange: setSelected } })}
        empty={<Empty>None of these is {resolution} any more.</Empty>}
      />
    </Page>
  );
}

function About({ group }: { group: GroupWire }) {
  const { sample, ignored } = group;
  return (
    <Paper withBorder p="md">
      <Stack gap="sm">
        {sample && (
          <Text ff="monospace" size="sm" style={{ overflowWrap: 'anywhere', whiteSpace: 'pre-wrap' }}>
            {sample.errorMessage}
          </Text>
        )}
        <SimpleGrid cols={{ base: 2, sm: 4 }}>
          <Figure label="Runs">{countOf(group)}</Figure>
          <Figure label="First seen">
            <Instant at={group.firstSeenAt} />
          </Figure>
          <Figure label="Last seen">
            <Instant at={group.lastSeenAt} />
          </Figure>
          <Figure label={group.tasks === 1 ? 'Task' : `${group.tasks} tasks`}>
            <Group gap={6}>
              {group.taskIds.map((id) => (
                <TaskLink key={id} id={id} />
              ))}
            </Group>
          </Figure>
        </SimpleGrid>
        {ignored && (
          <Text size="sm">
            Ignored from now on by {ignored.by}
            {ignored.note ? `: ${ignored.note}` : ''}
          </Text>
        )}
      </Stack>
    </Paper>
  );
}

/** The one to begin with stands out; the rest are in a menu. */
function Acts({ acts }: { acts: readonly LetterAct[] }) {
  const first = acts.find(({ isFirst }) => isFirst);
  const rest = acts.filter((act) => act !== first);
  return (
    <>
      {first && <Button onClick={first.do}>{first.label}</Button>}
      <ActsMenu label="More…" acts={rest} />
    </>
  );
}
