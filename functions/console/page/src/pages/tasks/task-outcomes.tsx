import { Skeleton, Text } from '@mantine/core';
import { useInViewport } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { Task } from '../../../../../../shared/client/client.ts';
import { inTurn } from '../../data/in-turn.ts';
import { OUTCOMES, Outcomes } from '../../parts/outcomes.tsx';
import { useClient } from '../../session/session-context.tsx';

const AT_ONCE = 4;
const turn = inTurn(AT_ONCE);

/** The last outcomes of a task, read once its row is seen, and again when it has run since. */
export function TaskOutcomes({ task }: { task: Task }) {
  const client = useClient();
  const { ref, inViewport } = useInViewport<HTMLDivElement>();
  const [seen, setSeen] = useState(false);
  useEffect(() => {
    if (inViewport) setSeen(true);
  }, [inViewport]);
  const { id, lastRun } = task;
  const { data } = useQuery({
    queryKey: ['outcomes', id, lastRun?.executionId, lastRun?.status],
    queryFn: ({ signal }) =>
      turn(
        async () => (await client.tasks.executions(id, { limit: OUTCOMES }, { signal }).page()).items,
        signal,
      ),
    enabled: seen && lastRun !== null,
    staleTime: Number.POSITIVE_INFINITY,
    placeholderData: keepPreviousData,
  });
  return (
    <div ref={ref}>
      {lastRun === null ? (
        <Text size="xs" c="dimmed">
          not yet
        </Text>
      ) : data ? (
        <Outcomes runs={data} />
      ) : (
        <Skeleton w={119} h={20} />
      )}
    </div>
  );
}
