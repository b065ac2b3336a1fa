import { Button, Group, Modal, NumberInput, SimpleGrid, Skeleton, Stack, Text } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import type { Backfill, Task } from '../../../../../../shared/client/client.ts';
import { LIVE_MS } from '../../data/query-client.ts';
import { Instant } from '../../parts/instant.tsx';
import { LOCAL_ZONE } from '../../parts/instant-text.ts';
import { LocalInstantInput } from '../../parts/local-instant-input.tsx';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { Underway } from '../../parts/underway.tsx';
import { useClient, useMay } from '../../session/session-context.tsx';
import { zoneOf } from '../tasks/zone-of.ts';

const DAY_MS = 86_400_000;
/** As many as one backfill takes. */
const MAX_RUNS = 1_000;
const MAX_WIDTH = 10;
const IN_ZONE = `In ${LOCAL_ZONE}`;

/** In the address, in place of the id of one. */
export const NEW_BACKFILL = 'new';

/** Runs what a past window has no run of: counted first, in order, and it can be aborted. Its address can be shared. */
export function BackfillDialog({ task }: { task: Task }) {
  const search = useSearch({ from: '/inside/tasks/$taskId' });
  const { backfill } = search;
  const navigate = useNavigate();
  const show = (next: string | undefined) =>
    void navigate({
      to: '/tasks/$taskId',
      params: { taskId: task.id },
      search: { ...search, backfill: next },
      replace: true,
    });
  const close = () => show(undefined);
  const mayAct = useMay(task.system ? 'admin' : 'operator');
  const isNew = backfill === NEW_BACKFILL;
  return (
    <Modal
      opened={backfill !== undefined && (mayAct || !isNew)}
      onClose={close}
      title={`Backfill ${task.name}`}
      size="lg"
    >
      {isNew && <BackfillForm task={task} onMade={show} onClose={close} />}
      {backfill && !isNew && (
        <Progressing task={task} backfillId={backfill} mayAbort={mayAct} onClose={close} />
      )}
    </Modal>
  );
}

function BackfillForm(props: { task: Task; onMade(id: string): void; onClose(): void }) {
  const { task, onMade, onClose } = props;
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
  const making = useMutation({
    mutationFn: () => ask(false),
    onSuccess: ({ id }) => id && onMade(id),
    onSettled: () => queries.invalidateQueries(),
  });
  const change = <T,>(set: (value: T) => void) => {
    return (value: T) => {
      // A count of another window says nothing of this one.
      counting.reset();
      set(value);
    };
  };
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
          <LocalInstantInput
            label="From"
            description={IN_ZONE}
            value={from}
            onChange={change(setFrom)}
            required
          />
          <LocalInstantInput label="To" description={IN_ZONE} value={to} onChange={change(setTo)} required />
          <NumberInput
            label="Side by side"
            description="Runs at the same time"
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

function Progressing(props: { task: Task; backfillId: string; mayAbort: boolean; onClose(): void }) {
  const { task, backfillId, mayAbort, onClose } = props;
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
  const problem = error ?? abort.error;
  if (!data) return problem ? <ProblemAlert error={problem} /> : <Skeleton h={80} />;
  const left = data.waiting + data.running;
  return (
    <Underway
      said={`${data.runs - left} of ${data.runs} runs have ended: ${data.success} success, ${data.dead} dead, ${data.cancelled} cancelled, ${data.skipped} skipped`}
      past={data.runs - left}
      total={data.runs}
      isRunning={left > 0}
      problem={problem}
      {...(mayAbort && { onAbort: () => abort.mutate() })}
      isAborting={abort.isPending}
      onClose={onClose}
    />
  );
}
