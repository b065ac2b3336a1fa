import { Group, SegmentedControl, Skeleton, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import type { DeadLetterGroup, Queue } from '../../../../../../shared/client/client.ts';
import { useLive } from '../../data/use-live.ts';
import { usePages } from '../../data/use-pages.ts';
import { ActsMenu } from '../../parts/acts.tsx';
import { DataTable } from '../../parts/data-table.tsx';
import { Empty } from '../../parts/empty.tsx';
import { Page } from '../../parts/page.tsx';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { QueueSelect } from '../../parts/queue-select.tsx';
import { useClient, useMay } from '../../session/session-context.tsx';
import { acrossQueues } from './across-queues.ts';
import { CanaryState } from './canary-state.tsx';
import { GROUP_COLUMNS } from './group-columns.tsx';
import { IgnoredAtBirth } from './ignored-at-birth.tsx';
import { type LetterSearch, RESOLUTIONS } from './letter-search.ts';
import { usePurge } from './use-purge.tsx';

const PAGE_SIZE = 50;
const LOOK = (queue: string) => `escapement dead-letters list ${queue} --resolution resolved`;
const LABELS = { open: 'Open', resolved: 'Resolved', ignored: 'Ignored' } as const;

const byCount = (a: DeadLetterGroup, b: DeadLetterGroup): number =>
  b.count - a.count || b.lastSeenAt.localeCompare(a.lastSeenAt);

export function DeadLetters() {
  const client = useClient();
  const search = useSearch({ from: '/inside/dead-letters' });
  const queues = useQuery({ queryKey: ['queues', 'all'], queryFn: () => client.queues.list().toArray() });
  const mayPurge = useMay('admin');
  const chosen = queues.data?.filter(({ name }) => search.queue === undefined || name === search.queue);
  return (
    <Page
      title="Dead letters"
      about="Runs that gave up, by what they died of."
      actions={
        mayPurge && (search.resolution ?? 'open') === 'open' && chosen && <PurgeMenu queues={chosen} />
      }
    >
      {search.queue && search.canary && <CanaryState queue={search.queue} id={search.canary} />}
      <Filters value={search} />
      {queues.error ? (
        <ProblemAlert error={queues.error} retry={() => void queues.refetch()} />
      ) : chosen ? (
        <Groups queues={chosen.map(({ name }) => name)} resolution={search.resolution ?? 'open'} />
      ) : (
        <Skeleton h={200} />
      )}
    </Page>
  );
}

function Filters({ value }: { value: LetterSearch }) {
  const navigate = useNavigate();
  const change = (changed: LetterSearch) =>
    void navigate({ to: '/dead-letters', search: { ...value, ...changed }, replace: true });
  return (
    <Group gap="xs">
      <SegmentedControl
        aria-label="Which"
        data={RESOLUTIONS.map((one) => ({ value: one, label: LABELS[one] }))}
        value={value.resolution ?? 'open'}
        onChange={(resolution) => change({ resolution: resolution === 'open' ? undefined : resolution })}
      />
      <QueueSelect value={value.queue} onChange={(queue) => change({ queue, canary: undefined })} />
    </Group>
  );
}

function Groups(props: { queues: readonly string[]; resolution: NonNullable<LetterSearch['resolution']> }) {
  const { queues, resolution } = props;
  const client = useClient();
  const navigate = useNavigate();
  const key = ['letter-groups', queues, resolution];
  const everyMs = useLive(key, { concerns: ({ type }) => type === 'run.changed' });
  const pages = usePages(
    key,
    () =>
      acrossQueues(
        queues,
        (queue) => client.queues.deadLetterGroups(queue, { resolution, limit: PAGE_SIZE }),
        byCount,
      ),
    everyMs === false ? {} : { everyMs },
  );
  return (
    <>
      <DataTable
        label="Groups of dead letters"
        columns={GROUP_COLUMNS[resolution]}
        pages={pages}
        idOf={({ queue, fingerprint }) => `${queue} ${fingerprint}`}
        onOpen={({ queue, fingerprint }) =>
          void navigate({
            to: '/dead-letters/$queue/$fingerprint',
            params: { queue, fingerprint },
            search: resolution === 'open' ? {} : { resolution },
          })
        }
        empty={
          resolution === 'open' ? (
            <Empty command={LOOK(queues[0] ?? 'default')}>
              No dead letters: nothing has given up. What was resolved is listed by
            </Empty>
          ) : (
            <Empty>Nothing is {resolution}.</Empty>
          )
        }
      />
      {resolution === 'ignored' && (
        <Stack gap="xs">
          <Title order={2} size="h4">
            Ignored from now on
          </Title>
          <Text c="dimmed" size="sm">
            What dies of these does not come into the list.
          </Text>
          <IgnoredAtBirth queues={queues} />
        </Stack>
      )}
    </>
  );
}

function PurgeMenu({ queues }: { queues: readonly Queue[] }) {
  const purge = usePurge();
  return (
    <ActsMenu
      label="Purge…"
      acts={queues
        .filter(({ deadLetters }) => deadLetters > 0)
        .map((queue) => ({
          label: `All ${queue.deadLetters.toLocaleString()} of ${queue.name}`,
          isFinal: true,
          do: () => purge(queue),
        }))}
    />
  );
}
