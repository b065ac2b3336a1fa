import { Button, Group, Progress, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { ProblemAlert } from './problem-alert.tsx';

interface Props {
  /** How far it has come, in words. */
  said: ReactNode;
  past: number;
  total: number;
  isRunning: boolean;
  problem: unknown;
  /** Absent where this person may not. */
  onAbort?: () => void;
  isAborting: boolean;
  onClose(): void;
  children?: ReactNode;
}

/** Something long that goes on by itself, whether or not anybody looks. */
export function Underway(props: Props) {
  const { said, past, total, isRunning, problem, onAbort, isAborting, onClose, children } = props;
  return (
    <Stack>
      <Text role="status">{said}</Text>
      <Progress
        value={(100 * past) / Math.max(1, total)}
        animated={isRunning}
        aria-label="How far it has come"
      />
      {children}
      {problem ? <ProblemAlert error={problem} /> : null}
      <Group justify="flex-end">
        {isRunning && onAbort && (
          <Button color="red" variant="light" loading={isAborting} onClick={onAbort}>
            Abort
          </Button>
        )}
        <Button variant="default" onClick={onClose} data-autofocus>
          {isRunning ? 'Leave it running' : 'Close'}
        </Button>
      </Group>
    </Stack>
  );
}
