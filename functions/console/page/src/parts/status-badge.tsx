import { Badge } from '@mantine/core';
import type { Execution, Task } from '../../../../../shared/client/client.ts';

type Status = Task['status'] | Execution['status'];

/** One colour for each meaning, the same everywhere, charts included; the word is always there as well. */
export const STATUS_COLOR: Readonly<Record<Status, string>> = {
  active: 'teal',
  paused: 'yellow',
  completed: 'gray',
  disabled: 'red',
  queued: 'blue',
  running: 'cyan',
  retrying: 'orange',
  success: 'green',
  dead: 'red',
  cancelled: 'gray',
  skipped: 'grape',
};

export function StatusBadge({ status }: { status: Status }) {
  return (
    <Badge color={STATUS_COLOR[status]} variant="light" tt="none" miw={80}>
      {status}
    </Badge>
  );
}
