import { Alert, Loader, Progress, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { Canary, Execution } from '../../../../../../shared/client/client.ts';
import { LIVE_MS } from '../../data/query-client.ts';
import { Instant } from '../../parts/instant.tsx';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { RunLink } from '../../parts/run-link.tsx';
import { useClient } from '../../session/session-context.tsx';

/** The newest of them are enough to know. */
const MOST_SHOWN = 3;

const LOOK = {
  running: { color: 'cyan', title: 'The canary runs' },
  releasing: { color: 'teal', title: 'The canary succeeded: the others are let go' },
  released: { color: 'green', title: 'The canary succeeded, and the others were let go' },
  held: { color: 'red', title: 'The canary did not succeed: the others stay where they are' },
} as const satisfies Record<Canary['state'], { color: string; title: string }>;

/** The same of each that is looked at, and of those by which runs of a list went first: a held one lies there again. */
export function CanaryStates({
  queue,
  asked,
  runs,
}: {
  queue: string;
  asked?: string | undefined;
  runs: readonly Execution[];
}) {
  const ids = new Set([asked, ...runs.map(({ canary }) => canary)].filter((id) => typeof id === 'string'));
  return [...ids]
    .slice(0, MOST_SHOWN)
    .map((id) => <CanaryState key={id} queue={queue} id={id} isOptional={id !== asked} />);
}

/** How a redrive with one run first is going, as it goes. `isOptional`: nobody misses it once it is forgotten. */
export function CanaryState({
  queue,
  id,
  isOptional = false,
}: {
  queue: string;
  id: string;
  isOptional?: boolean;
}) {
  const client = useClient();
  const { data, error } = useQuery({
    queryKey: ['canary', queue, id],
    queryFn: () => client.queues.canary(queue, id),
    refetchInterval: ({ state }) =>
      state.data?.state === 'held' || (state.data?.state === 'released' && state.data.waiting === 0)
        ? false
        : LIVE_MS,
  });
  if (isOptional && !data) return null;
  if (error) return <ProblemAlert error={error} />;
  if (!data) return <Loader size="sm" aria-label="Reading how the canary is going" />;
  const { color, title } = LOOK[data.state];
  return (
    <Alert color={color} title={title} role="status">
      <Stack gap="xs">
        <Text size="sm">
          It is <RunLink id={data.executionId} />, sent <Instant at={data.at} />. {waitText(data)}
          {data.reason && ` Because ${data.reason}.`}
        </Text>
        {data.total > 0 && (
          <Progress
            value={(100 * (data.total - data.waiting)) / data.total}
            color={color}
            animated={data.state === 'running' || data.state === 'releasing'}
            aria-label={`${data.total - data.waiting} of ${data.total} were let go`}
          />
        )}
      </Stack>
    </Alert>
  );
}

const waitText = ({ total, waiting, state }: Canary): string =>
  total === 0
    ? 'None waits for it.'
    : state === 'running'
      ? `${waiting} of ${total} wait for it.`
      : `${total - waiting} of ${total} were let go, ${waiting} are still dead.`;
