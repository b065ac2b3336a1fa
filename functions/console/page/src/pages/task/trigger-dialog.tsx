import { Button, Group, JsonInput, Modal, NumberInput, Stack, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Task } from '../../../../../../shared/client/client.ts';
import { AnchorLink } from '../../parts/links.tsx';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { readJson } from '../../parts/read-json.ts';
import { useClient } from '../../session/session-context.tsx';

const MAX_DELAY_SECONDS = 366 * 86_400;
const textOf = (payload: unknown): string => JSON.stringify(payload, null, 2) ?? '';

interface Props {
  task: Task;
  opened: boolean;
  onClose(): void;
}

/** Runs it besides its schedule, as it is or with another payload. */
export function TriggerDialog({ task, opened, onClose }: Props) {
  return (
    <Modal opened={opened} onClose={onClose} title={`Run ${task.name} now`} size="lg">
      <TriggerForm task={task} onClose={onClose} />
    </Modal>
  );
}

function TriggerForm({ task, onClose }: Pick<Props, 'task' | 'onClose'>) {
  const client = useClient();
  const queries = useQueryClient();
  const [text, setText] = useState(textOf(task.payload));
  const [delay, setDelay] = useState<number | string>(0);
  const parsed = readJson(text);
  const isItsOwn = text === textOf(task.payload);
  const run = useMutation({
    mutationFn: () =>
      client.tasks.trigger(task.id, {
        ...(isItsOwn || !parsed.ok ? {} : { payload: parsed.value }),
        ...(Number(delay) > 0 ? { delaySeconds: Number(delay) } : {}),
      }),
    onSettled: () => queries.invalidateQueries(),
  });
  if (run.data)
    return (
      <Stack>
        <Text role="status">{Number(delay) > 0 ? `It runs in ${delay} seconds.` : 'It is on its way.'}</Text>
        <Group justify="space-between">
          <AnchorLink to="/runs/$executionId" params={{ executionId: run.data.id }}>
            Look at the run
          </AnchorLink>
          <Button onClick={onClose} data-autofocus>
            Close
          </Button>
        </Group>
      </Stack>
    );
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (parsed.ok) run.mutate();
      }}
    >
      <Stack>
        <JsonInput
          label="Payload"
          description={isItsOwn ? "The task's own" : 'For this run only'}
          value={text}
          onChange={setText}
          error={parsed.ok ? undefined : parsed.message}
          formatOnBlur
          minRows={4}
          maxRows={16}
          data-autofocus
        />
        <NumberInput
          label="Delay"
          description="0: at once"
          suffix=" s"
          min={0}
          max={MAX_DELAY_SECONDS}
          allowDecimal={false}
          value={delay}
          onChange={setDelay}
        />
        {run.error && <ProblemAlert error={run.error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" disabled={!parsed.ok} loading={run.isPending}>
            Run
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
