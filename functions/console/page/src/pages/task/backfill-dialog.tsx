import { Button, Group, Modal, NumberInput, Progress, SimpleGrid, Stack, Text } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Backfill, Task } from '../../../../../../shared/client/client.ts';
import { LIVE_MS } from '../../data/query-client.ts';
import { Instant } from '../../parts/instant.tsx';
import { LocalInstantInput } from '../../parts/local-instant-input.tsx';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { useClient } from '../../session/session-context.tsx';
import { zoneOf } from '../tasks/zone-of.ts';

const DAY_MS = 86_400_000;
/** As many as one backfill takes. */
const MAX_RUNS = 1_000;
const MAX_WIDTH = 10;

interface Props {
  task: Task;
  opened: boolean;
  onClose(): void;
}

/** Runs what a past window has no run of: counted first, in order, and it can be aborted. */
export function BackfillDialog({ task, opened, onClose }: Props) {
  return (
    <Modal opened={opened} onClose={onClose} title={`Backfill ${task.name}`} size="lg">
      <Stack>
        <BackfillForm task={task} onClose={onClose} />
      </Stack>
    </Modal>
  );
}

function BackfillForm({ task, onClose }: Pick<Props, 'task' | 'onClose'>) {
  const client = useClient();
  const queries = useQueryClient();
  const [now] = useState(Date.now);
  const [from, setFrom] = useState<string | undefined>(new Date(now - DAY_MS).toISOString());
  const [to, setTo] = useState<string | undefined>(new Date(now).toISOString());
  const [width, setWidth] = useState<number | string>(1);
  const ask = (dryRun: boolean) =>
    client.tasks.backfill(task.id, {
      from: from ?? '',
      to: to ?? '',
      limit: MAX_RUNS,
      concurrency: Number(width) || 1,
      dryRun,
    });
  const counting = useMutation({ mutationFn: () => ask(true) });
  const making = useMutation({ mutationFn: () => ask(false), onSettled: () => queries.invalidateQueries() });
  const change = <T,>(set: (value: T) => void) => {
    return (value: T) => {
      // A count of another window says nothing of this one.
      counting.reset();
      set(value);
    };
  };
  if (making.data?.id)
    return <Underway task={task} made={making.data} backfillId={making.data.id} onClose={onClose} />;
  const counted = counting.data;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (counted && counted.missing > 0) making.mutate();
        else counting.mutate();
      }}
    >
      <Stack>
        <Text size="sm">Runs the occurrences of a past window that have no run, in their order.</Text>
        <SimpleGrid cols={{ base: 1, sm: 3 }}>
          <LocalInstantInput label="From" value={from} onChange={change(setFrom)} required />
          <LocalInstantInput label="To" value={to} onChange={change(setTo)} required />
          <NumberInput
            label="Side by side"
            min={1}
            max={MAX_WIDTH}
            allowDecimal={false}
            value={width}
            onChange={setWidth}
          />
        </SimpleGrid>
        {counted && <Counted found={counted} task={task} />}
        {(making.error ?? counting.error) && <ProblemAlert error={making.error ?? counting.error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button
            type="submit"
            loading={counting.isPending || making.isPending}
            disabled={!from || !to || counted?.missing === 0 || (counted?.missing ?? 0) > MAX_RUNS}
          >
            {counted ? `Run the ${counted.missing.toLocaleString()} missing` : 'Count'}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function Counted({ found, task }: { found: Backfill; task: Task }) {
  const { occurrences, missing, first, last } = found;
  return (
    <Text role="status">
      <b>{missing.toLocaleString()}</b> of {occurrences.toLocaleString()} occurrences have no run
      {missing > 0 && (
        <>
          : from <Instant at={first} zone={zoneOf(task)} exact /> to{' '}
          <Instant at={last} zone={zoneOf(task)} exact />
        </>
      )}
      .{missing > MAX_RUNS && ` More than ${MAX_RUNS.toLocaleString()} at once are refused: take less.`}
    </Text>
  );
}

function Underway(props: { task: Task; made: Backfill; backfillId: string; onClose(): void }) {
  const { task, made, backfillId, onClose } = props;
  const client = useClient();
  const queries = useQueryClient();
  const { data, error } = useQuery({
    queryKey: ['backfill', task.id, backfillId],
    queryFn: () => client.tasks.backfillState(task.id, backfillId),
    refetchInterval: ({ state }) =>
      state.data && state.data.waiting + state.data.running === 0 ? false : LIVE_MS,
  });
  const abort = useMutation({
    mutationFn: () => client.tasks.abortBackfill(task.id, backfillId),
    onSettled: () => queries.invalidateQueries(),
  });
  const total = data?.runs ?? made.created;
  const left = data ? data.waiting + data.running : made.created;
  return (
    <Stack>
      <Text role="status">
        {total - left} of {total} runs have ended
        {data &&
          `: ${data.success} success, ${data.dead} dead, ${data.cancelled} cancelled, ${data.skipped} skipped`}
      </Text>
      <Progress
        value={(100 * (total - left)) / Math.max(1, total)}
        animated={left > 0}
        aria-label="How far it has come"
      />
      {(error ?? abort.error) && <ProblemAlert error={error ?? abort.error} />}
      <Group justify="flex-end">
        {left > 0 && (
          <Button color="red" variant="light" loading={abort.isPending} onClick={() => abort.mutate()}>
            Abort
          </Button>
        )}
        <Button variant="default" onClick={onClose} data-autofocus>
          {left > 0 ? 'Leave it running' : 'Close'}
        </Button>
      </Group>
    </Stack>
  );
}
