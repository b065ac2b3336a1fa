import { Button, Group, JsonInput, List, Loader, Stack, Text } from '@mantine/core';
import { modals } from '@mantine/modals';
import { notifications } from '@mantine/notifications';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { type Client, ProblemError } from '../../../../../../shared/client/client.ts';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { readJson } from '../../parts/read-json.ts';

/** Asks for the payload that a run is to have from now on, and runs it again. */
export function openRetryEdited(client: Client, executionId: string): void {
  const id = modals.open({
    title: 'Retry with another payload',
    size: 'lg',
    children: <LoadedPayload client={client} executionId={executionId} close={() => modals.close(id)} />,
  });
}

interface Props {
  client: Client;
  executionId: string;
  close(): void;
}

function LoadedPayload(props: Props) {
  const had = useQuery({
    queryKey: ['run-payload', props.executionId],
    queryFn: () => props.client.executions.payload(props.executionId),
    staleTime: 0,
    refetchOnWindowFocus: false,
  });
  if (had.data) return <PayloadForm {...props} had={had.data.payload} />;
  // Whatever it had can be replaced, also when it is gone.
  if (had.error instanceof ProblemError && had.error.status === 404)
    return <PayloadForm {...props} had={{}} about={had.error.detail} />;
  if (had.error) return <ProblemAlert error={had.error} retry={() => void had.refetch()} />;
  return <Loader aria-label="Reading the payload" />;
}

function PayloadForm({ client, executionId, close, had, about }: Props & { had: unknown; about?: string }) {
  const queries = useQueryClient();
  const [text, setText] = useState(() => JSON.stringify(had, null, 2));
  const retry = useMutation({
    mutationFn: (payload: unknown) => client.executions.retry(executionId, { payload }),
    onSuccess: () => {
      close();
      notifications.show({ color: 'green', message: 'The run waits to run again, with the new payload' });
    },
    onSettled: () => queries.invalidateQueries(),
  });
  const json = readJson(text);
  const refused = retry.error instanceof ProblemError ? retry.error.errors : [];
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (json.ok) retry.mutate(json.value);
  };
  return (
    <form onSubmit={submit}>
      <Stack>
        {about && <Text size="sm">{about}. What you write here takes its place.</Text>}
        <JsonInput
          label="Payload"
          description="The run keeps it for all attempts to come. It is checked as the payload of its task is."
          value={text}
          onChange={(typed) => {
            setText(typed);
            retry.reset();
          }}
          error={
            !json.ok ? (
              json.message
            ) : refused.length > 0 ? (
              <List size="sm" c="inherit">
                {refused.map(({ path, message }) => (
                  <List.Item key={`${path} ${message}`}>
                    {path}: {message}
                  </List.Item>
                ))}
              </List>
            ) : undefined
          }
          minRows={8}
          maxRows={24}
          formatOnBlur
          data-autofocus
        />
        {retry.error && refused.length === 0 && <ProblemAlert error={retry.error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={close}>
            Cancel
          </Button>
          <Button type="submit" disabled={!json.ok} loading={retry.isPending}>
            Retry
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
