import { Badge, Button, Group, Progress, Skeleton, Stack, Table, Text, Title, Tooltip } from '@mantine/core';
import type { Queue, QueuePatch } from '../../../../../../shared/client/client.ts';
import { LIVE_MS } from '../../data/query-client.ts';
import { useAct } from '../../data/use-act.tsx';
import { usePages } from '../../data/use-pages.ts';
import { secondsText } from '../../parts/instant-text.ts';
import { Page } from '../../parts/page.tsx';
import { PlaceLink } from '../../parts/place-link.tsx';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { StackingTable } from '../../parts/stacking-table.tsx';
import { useClient, useMayAll } from '../../session/session-context.tsx';
import { LimitsInUse } from './limits-in-use.tsx';
import { NumberSetting, RetrySetting } from './queue-settings.tsx';

const COUNTED_DEAD = 1_000;

export function Queues() {
  const client = useClient();
  const mayChange = useMayAll();
  const pages = usePages(['queues'], () => client.queues.list(), { everyMs: LIVE_MS });
  return (
    <Page
      title="Queues and limits"
      about="What waits, what works it off, and what holds it back. A change holds without a deployment."
    >
      {pages.error !== null && <ProblemAlert error={pages.error} retry={pages.reload} />}
      {pages.isLoading && <Skeleton h={160} />}
      {pages.items.length > 0 && (
        <StackingTable label="Queues" minWidth={860} verticalSpacing="sm">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Queue</Table.Th>
              <Table.Th>Waiting</Table.Th>
              <Table.Th>Oldest due</Table.Th>
              <Table.Th>In flight</Table.Th>
              <Table.Th>Dead letters</Table.Th>
              <Table.Th>Workers</Table.Th>
              <Table.Th>Backlog limit</Table.Th>
              <Table.Th>Timeout</Table.Th>
              <Table.Th>Retries</Table.Th>
              {mayChange && <Table.Th>Feed</Table.Th>}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {pages.items.map((queue) => (
              <QueueRow key={queue.name} queue={queue} mayChange={mayChange} />
            ))}
          </Table.Tbody>
        </StackingTable>
      )}
      <Title order={2} size="h3">
        Limits in use
      </Title>
      <LimitsInUse />
    </Page>
  );
}

function QueueRow({ queue, mayChange }: { queue: Queue; mayChange: boolean }) {
  const client = useClient();
  const act = useAct();
  const { name, paused } = queue;
  const change = (patch: QueuePatch, undo: QueuePatch, done: string) =>
    act.mutate({
      run: async () => {
        await client.queues.patch(name, patch);
        return done;
      },
      undo: () => client.queues.patch(name, undo),
    });
  const setting = { queue, editable: mayChange, onChange: change };
  return (
    <Table.Tr>
      <Table.Td data-card="title">
        <Stack gap={2} align="flex-start">
          <Text fw={600} size="sm">
            {name}
          </Text>
          <Text size="xs" c="dimmed">
            priority {queue.priority}
          </Text>
          {paused && <Badge color="yellow">paused</Badge>}
          {!queue.applied && (
            <Tooltip label="The change is stored; the feed follows within minutes">
              <Badge color="blue">being applied</Badge>
            </Tooltip>
          )}
        </Stack>
      </Table.Td>
      <Table.Td data-label="Waiting">
        <Text size="sm">{count(queue.depth)}</Text>
        {queue.delayed !== null && queue.delayed > 0 && (
          <Text size="xs" c="dimmed">
            {queue.delayed} more, not due yet
          </Text>
        )}
      </Table.Td>
      <Table.Td data-label="Oldest due">
        {queue.oldestAgeSeconds === null ? '—' : secondsText(queue.oldestAgeSeconds)}
      </Table.Td>
      <Table.Td data-label="In flight">
        <InFlight queue={queue} />
      </Table.Td>
      <Table.Td data-label="Dead letters">
        {queue.deadLetters === 0 ? (
          '0'
        ) : (
          <PlaceLink to="/dead-letters" search={{ queue: name }}>
            {queue.deadLetters >= COUNTED_DEAD ? `${COUNTED_DEAD} or more` : queue.deadLetters}
          </PlaceLink>
        )}
      </Table.Td>
      <Table.Td data-label="Workers">
        <NumberSetting name="workers" {...setting} />
      </Table.Td>
      <Table.Td data-label="Backlog limit">
        <NumberSetting name="maxBacklog" {...setting} />
      </Table.Td>
      <Table.Td data-label="Timeout">
        <NumberSetting name="timeoutSeconds" {...setting} />
      </Table.Td>
      <Table.Td data-label="Retries">
        <RetrySetting {...setting} />
      </Table.Td>
      {mayChange && (
        <Table.Td data-card="actions">
          <Button
            size="compact-sm"
            variant="default"
            aria-label={`${paused ? 'Resume' : 'Pause'} ${name}`}
            onClick={() =>
              paused
                ? change({ paused: null }, { paused: true }, `${name} goes on`)
                : change({ paused: true }, { paused: null }, `${name} is paused: what comes due waits`)
            }
          >
            {paused ? 'Resume' : 'Pause'}
          </Button>
        </Table.Td>
      )}
    </Table.Tr>
  );
}

function InFlight({ queue: { name, inFlight, workers } }: { queue: Queue }) {
  if (inFlight === null) return '—';
  return (
    <Group gap="xs" wrap="nowrap">
      <Text size="sm">{inFlight}</Text>
      <Progress
        value={Math.min(100, (100 * inFlight) / workers)}
        color={inFlight >= workers ? 'orange' : 'cyan'}
        w={60}
        aria-label={`Workers of ${name} that are busy`}
      />
    </Group>
  );
}

const count = (number: number | null): string => (number === null ? '—' : number.toLocaleString());
