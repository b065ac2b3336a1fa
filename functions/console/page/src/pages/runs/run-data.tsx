import { Alert, Skeleton, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import * as z from 'zod/mini';
import { type Execution, ProblemError } from '../../../../../../shared/client/client.ts';
import { JsonBlock } from '../../parts/json-block.tsx';
import { AnchorLink } from '../../parts/links.tsx';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { useClient, useMay } from '../../session/session-context.tsx';

const MaskedSchema = z.object({ masked: z.literal(true), bytes: z.number() });

/** What the run was given and what it gave. */
export function RunData({ run }: { run: Execution }) {
  const client = useClient();
  const mayAct = useMay('operator');
  const payload = useQuery({
    // Each retry may have brought another.
    queryKey: ['run-payload', run.id, run.retries],
    queryFn: () => client.executions.payload(run.id),
  });
  return (
    <Stack>
      {payload.data ? (
        <>
          <Data
            label={payload.data.source === 'task' ? 'Payload, as its task has it now' : 'Payload of this run'}
            value={payload.data.payload}
          />
          {mayAct && payload.data.source === 'task' && (
            <Text size="sm">
              <AnchorLink to="/tasks/$taskId/edit" params={{ taskId: run.taskId }} inherit>
                Edit the task
              </AnchorLink>{' '}
              to change it for a retry of this run, and for all to come.
            </Text>
          )}
        </>
      ) : payload.error instanceof ProblemError && payload.error.status === 404 ? (
        <Text size="sm" c="dimmed">
          {payload.error.detail}.
        </Text>
      ) : payload.error ? (
        <ProblemAlert error={payload.error} retry={() => void payload.refetch()} />
      ) : (
        <Skeleton h={80} />
      )}
      {run.status === 'success' && <Data label="Result" value={run.result} />}
    </Stack>
  );
}

/** The API tells viewers the size alone. */
function Data({ label, value }: { label: string; value: unknown }) {
  const mayRead = useMay('operator');
  const masked = mayRead ? undefined : MaskedSchema.safeParse(value);
  if (!masked?.success) return <JsonBlock label={label} value={value} />;
  return (
    <Alert color="gray" title={label}>
      Masked: {masked.data.bytes} bytes. Operators may read it.
    </Alert>
  );
}
