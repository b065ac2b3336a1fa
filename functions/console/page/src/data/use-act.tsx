import { Button, Group, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { ProblemAlert } from '../parts/problem-alert.tsx';
import { queryClient } from './query-client.ts';

interface Act {
  /** Resolves with what is true then: `nightly-report is paused`. */
  run(): Promise<string>;
  /** Takes it back; offered for a while where that is possible. */
  undo?: () => Promise<unknown>;
}

const UNDO_SHOWN_MS = 10_000;
const ERROR_SHOWN_MS = 20_000;

/**
 * Does something, says what came of it, offers to undo it, and has everything on the page asked for anew.
 * What the API refuses is shown with its whole problem document.
 */
export function useAct() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (act: Act) => act.run(),
    onSuccess: (message, { undo }) => {
      if (undo) offerUndo(message, undo);
      else notifications.show({ message, color: 'green' });
    },
    onError: showError,
    onSettled: () => queries.invalidateQueries(),
  });
}

function showError(error: unknown): void {
  notifications.show({
    message: <ProblemAlert error={error} />,
    color: 'red',
    autoClose: ERROR_SHOWN_MS,
    withBorder: true,
  });
}

function offerUndo(message: string, undo: () => Promise<unknown>): void {
  const takeBack = async (id: string) => {
    notifications.hide(id);
    await undo().then(() => notifications.show({ message: 'Taken back', color: 'green' }), showError);
    await queryClient.invalidateQueries();
  };
  const id = notifications.show({
    autoClose: UNDO_SHOWN_MS,
    color: 'green',
    message: (
      <Group justify="space-between" wrap="nowrap">
        <Text size="sm">{message}</Text>
        <Button size="compact-sm" variant="default" onClick={() => takeBack(id)}>
          Undo
        </Button>
      </Group>
    ),
  });
}
