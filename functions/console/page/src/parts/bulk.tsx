import { Alert, Button, Code, Group, List, Loader, Stack, Text } from '@mantine/core';
import { modals } from '@mantine/modals';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import {
  type Bulk,
  type BulkInput,
  type BulkJob,
  type Client,
  isBulkJob,
} from '../../../../../shared/client/client.ts';
import { LIVE_MS } from '../data/query-client.ts';
import { Confirmation } from './confirm.tsx';
import { ProblemAlert } from './problem-alert.tsx';
import { Underway } from './underway.tsx';

interface BulkQuestion {
  client: Client;
  /** By ids or by a filter; what it would do is counted before it is done. */
  input: BulkInput;
  /** `Retry`, for the title and the button. */
  verb: string;
  /** `runs` */
  things: string;
  /** Must be typed before: for what cannot be taken back. */
  typed?: string;
  onDone?: () => void;
}

/** One action on many: says first what would become of them, then how far it has come. */
export function openBulk(question: BulkQuestion): void {
  const id = modals.open({
    title: `${question.verb} ${question.things}`,
    children: <BulkDialog {...question} close={() => modals.close(id)} />,
  });
}

function BulkDialog(props: BulkQuestion & { close(): void }) {
  const { client, input } = props;
  const queries = useQueryClient();
  const dryRun = useQuery({
    queryKey: ['bulk-dry-run', input],
    queryFn: async () => {
      const found = await client.bulk({ ...input, dryRun: true });
      if (isBulkJob(found)) throw new Error('a dry run was carried out');
      return found;
    },
    staleTime: 0,
    gcTime: 0,
  });
  const act = useMutation({
    mutationFn: () => client.bulk(input),
    onSuccess: () => props.onDone?.(),
    onSettled: () => queries.invalidateQueries(),
  });
  if (act.data && isBulkJob(act.data)) return <JobProgress {...props} job={act.data} />;
  if (act.data) return <Outcome {...props} outcome={act.data} />;
  if (dryRun.error) return <ProblemAlert error={dryRun.error} retry={() => void dryRun.refetch()} />;
  if (!dryRun.data)
    return (
      <Group role="status">
        <Loader size="sm" aria-hidden />
        <Text size="sm">Counting what would happen…</Text>
      </Group>
    );
  return (
    <Confirmation
      confirm={`${props.verb} ${count(dryRun.data.done)}`}
      {...(props.typed === undefined ? { isHarmless: true } : { typed: props.typed })}
      disabled={dryRun.data.done === 0}
      busy={act.isPending}
      onConfirm={() => act.mutate()}
      onCancel={props.close}
    >
      <Counted found={dryRun.data} {...props} />
      {act.error && <ProblemAlert error={act.error} />}
    </Confirmation>
  );
}

const count = (n: number): string => n.toLocaleString();

function Counted({ found, verb, things }: Pick<BulkQuestion, 'verb' | 'things'> & { found: Bulk }) {
  return (
    <Stack gap="xs">
      <Text>
        {verb} <b>{count(found.done)}</b>
        {found.more ? ' or more' : ''} of {count(found.matched)}
        {found.more ? ' or more' : ''} {things}?
      </Text>
      {found.unchanged > 0 && (
        <Text size="sm" c="dimmed">
          {count(found.unchanged)} would stay as they are.
        </Text>
      )}
      <Failures items={found.items} />
      {found.more && (
        <Text size="sm" c="dimmed">
          So many are dealt with in the background, and it can be aborted.
        </Text>
      )}
    </Stack>
  );
}

function JobProgress({ client, job, close }: Pick<BulkQuestion, 'client'> & { job: BulkJob; close(): void }) {
  const queries = useQueryClient();
  const { data = job, error } = useQuery({
    queryKey: ['bulk-job', job.id],
    queryFn: () => client.bulkJobs.get(job.id),
    refetchInterval: ({ state }) => (state.data && state.data.status !== 'running' ? false : LIVE_MS),
  });
  const abort = useMutation({
    mutationFn: () => client.bulkJobs.abort(job.id),
    onSettled: () => queries.invalidateQueries(),
  });
  const past = data.done + data.unchanged + data.failed;
  const isRunning = data.status === 'running';
  return (
    <Underway
      said={
        <>
          {isRunning ? 'Under way' : data.status === 'done' ? 'Done' : 'Aborted'}: {count(past)}
          {data.matched === null ? '' : ` of ${count(data.matched)}`} (job <Code>{data.id}</Code>)
        </>
      }
      past={isRunning ? past : 1}
      total={isRunning ? (data.matched ?? past * 2) : 1}
      isRunning={isRunning}
      problem={error ?? abort.error}
      onAbort={() => abort.mutate()}
      isAborting={abort.isPending}
      onClose={close}
    >
      <Sums {...data} />
      <Failures items={data.failures} />
    </Underway>
  );
}

function Outcome({ outcome, close }: { outcome: Bulk; close(): void }) {
  return (
    <Stack>
      <Text role="status">Done.</Text>
      <Sums {...outcome} />
      <Failures items={outcome.items} />
      <Group justify="flex-end">
        <Button variant="default" onClick={close} data-autofocus>
          Close
        </Button>
      </Group>
    </Stack>
  );
}

function Sums({ done, unchanged, failed }: Pick<Bulk, 'done' | 'unchanged' | 'failed'>) {
  return (
    <Text size="sm">
      {count(done)} done, {count(unchanged)} unchanged, {count(failed)} failed.
    </Text>
  );
}

const SHOWN = 5;

function Failures({ items }: Pick<Bulk, 'items'>) {
  const failed = items.filter(({ outcome }) => outcome === 'failed');
  if (failed.length === 0) return null;
  return (
    <Alert color="orange" title={`${count(failed.length)} cannot be dealt with`}>
      <List size="sm">
        {failed.slice(0, SHOWN).map(({ id, problem }) => (
          <List.Item key={id}>
            <Code>{id}</Code> {problem?.detail}
          </List.Item>
        ))}
      </List>
      {failed.length > SHOWN && <Text size="sm">and {count(failed.length - SHOWN)} more</Text>}
    </Alert>
  );
}
