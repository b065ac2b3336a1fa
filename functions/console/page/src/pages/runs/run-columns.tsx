import { Group, Text } from '@mantine/core';
import { type ReactNode, useMemo } from 'react';
import type { Execution, Task } from '../../../../../../shared/client/client.ts';
import type { Columns } from '../../parts/data-table.tsx';
import { Instant } from '../../parts/instant.tsx';
import { durationText } from '../../parts/instant-text.ts';
import { AnchorLink } from '../../parts/links.tsx';
import { StatusBadge } from '../../parts/status-badge.tsx';
import { zoneOf } from '../tasks/zone-of.ts';
import { RunMenu } from './run-menu.tsx';

const Measured = ({ ms }: { ms: number | null }) => (
  <Text size="sm" span style={{ whiteSpace: 'nowrap' }}>
    {ms === null ? '—' : durationText(ms)}
  </Text>
);

const RunAnchor = ({ run, children, fw }: { run: Execution; children: ReactNode; fw?: number }) => (
  <AnchorLink
    to="/runs/$executionId"
    params={{ executionId: run.id }}
    size="sm"
    fw={fw}
    onClick={(event) => event.stopPropagation()}
  >
    {children}
  </AnchorLink>
);

type Column = Columns<Execution>[number];

const runOf: Column = {
  header: 'Run of',
  id: 'task',
  cell: ({ row: { original: run } }) => (
    <div data-long-words>
      <RunAnchor run={run} fw={600}>
        {run.taskName}
      </RunAnchor>
      <Text size="xs" c="dimmed" ff="monospace" truncate maw={280}>
        {run.taskId}
      </Text>
    </div>
  ),
};

/** Its name would say nothing new: when it was due tells its runs apart. */
const dueIn = (zone: string | undefined): Column => ({
  header: 'Due',
  id: 'due',
  cell: ({ row: { original: run } }) => (
    <RunAnchor run={run}>
      <Instant at={run.scheduledAt} zone={zone} exact />
    </RunAnchor>
  ),
});

/** In px: of a message, the rest of which is told on pointing at it. */
const MESSAGE = { full: 300, brief: 200 } as const;

const statusWith = (messagePx: number): Column => ({
  header: 'Status',
  id: 'status',
  meta: { card: 'bare' },
  cell: ({ row: { original: run } }) => (
    <div>
      <Group gap={6} wrap="nowrap">
        <StatusBadge status={run.status} />
        {run.reason && (
          <Text size="xs" c="dimmed">
            {run.reason}
          </Text>
        )}
      </Group>
      {run.errorMessage && (
        <Text size="xs" c="dimmed" truncate maw={messagePx} title={run.errorMessage}>
          {run.errorMessage}
        </Text>
      )}
    </div>
  ),
});

const duration: Column = {
  header: 'Took',
  id: 'duration',
  cell: ({ row }) => <Measured ms={row.original.durationMs} />,
};

const menu: Column = { header: '', id: 'menu', cell: ({ row }) => <RunMenu run={row.original} /> };

const trigger: Column = {
  header: 'Trigger',
  id: 'trigger',
  meta: { card: 'none' },
  accessorFn: (run) => run.trigger,
};

const lateness: Column = {
  header: 'Late by',
  id: 'lateness',
  cell: ({ row }) => <Measured ms={row.original.latenessMs} />,
};

const attempts: Column = {
  header: 'Attempts',
  id: 'attempts',
  meta: { card: 'none' },
  accessorFn: ({ attempt, maxAttempts }) => `${attempt} of ${maxAttempts}`,
};

const due: Column = {
  header: 'Due',
  id: 'due',
  cell: ({ row }) => <Instant at={row.original.scheduledAt} />,
};

/** Of every list of runs. */
export const runColumns: Columns<Execution> = [
  runOf,
  statusWith(MESSAGE.full),
  trigger,
  due,
  lateness,
  duration,
  attempts,
  menu,
];

/** The same of one task, whose zone is known; `brief`: where there is little room. */
export function useRunColumnsOf(task: Task, { brief = false } = {}): Columns<Execution> {
  const zone = zoneOf(task);
  return useMemo(() => {
    const first = dueIn(zone);
    return brief
      ? [first, statusWith(MESSAGE.brief), duration, menu]
      : [first, statusWith(MESSAGE.full), trigger, lateness, duration, attempts, menu];
  }, [zone, brief]);
}
