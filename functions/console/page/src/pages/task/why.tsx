import { Alert, Skeleton, Text } from '@mantine/core';
import {
  IconAlertTriangle,
  IconCircleCheck,
  IconClock,
  IconHourglass,
  IconPlayerPause,
} from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { ComponentType } from 'react';
import type { Task, TaskWhy } from '../../../../../../shared/client/client.ts';
import { LIVE_MS } from '../../data/query-client.ts';
import { Instant } from '../../parts/instant.tsx';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { useClient } from '../../session/session-context.tsx';
import { zoneOf } from '../tasks/zone-of.ts';

interface Look {
  color: string;
  icon: ComponentType<{ size?: number }>;
}
const WAITS: Look = { color: 'cyan', icon: IconClock };
const HELD: Look = { color: 'orange', icon: IconHourglass };
const PAUSED: Look = { color: 'yellow', icon: IconPlayerPause };
const OVER: Look = { color: 'gray', icon: IconCircleCheck };
const WRONG: Look = { color: 'red', icon: IconAlertTriangle };

/** Gates that are not here hold a run that is due. */
const LOOKS: Readonly<Record<string, Look>> = {
  notDue: WAITS,
  beforeStart: WAITS,
  claimed: WAITS,
  dispatched: WAITS,
  paused: PAUSED,
  queuePaused: PAUSED,
  completed: OVER,
  afterEnd: OVER,
  noOccurrenceLeft: OVER,
  disabled: WRONG,
  clock: WRONG,
  queueGone: WRONG,
};
const lookOf = ({ gate }: TaskWhy): Look => LOOKS[gate] ?? HELD;

/** The one sentence that says why it does not run right now. */
export function Why({ task }: { task: Task }) {
  const client = useClient();
  const { data: why, error } = useQuery({
    queryKey: ['why', task.id, task.version, task.status],
    queryFn: () => client.tasks.why(task.id),
    refetchInterval: LIVE_MS,
  });
  if (!why) return error ? <ProblemAlert error={error} /> : <Skeleton h={72} />;
  const { color, icon: Icon } = lookOf(why);
  return (
    <Alert
      color={color}
      icon={<Icon size={20} />}
      role="status"
      aria-live="off"
      aria-label="Why it does not run right now"
    >
      <Text fw={600}>{why.sentence}</Text>
      {(why.since || why.until) && (
        <Text size="sm">
          {why.since && (
            <>
              since <Instant at={why.since} zone={zoneOf(task)} exact />
            </>
          )}
          {why.since && why.until && ' · '}
          {why.until && (
            <>
              until <Instant at={why.until} zone={zoneOf(task)} exact />
            </>
          )}
        </Text>
      )}
    </Alert>
  );
}
