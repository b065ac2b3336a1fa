import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import type { Task } from '../../../../../../shared/client/client.ts';
import { STRETCH_PAGES } from '../../data/read-on.ts';
import { useClient } from '../../session/session-context.tsx';
import { taskOrNothing } from './task-or-nothing.ts';

const SELDOM_MS = 60_000;
const LISTED = 100;
const DEATHS_LOOKED_AT = 100;
const STOPPED_SHOWN = 20;

export interface IdleTasks {
  /** undefined: not known yet. */
  tasks: readonly Task[] | undefined;
  /** There are more tasks than were looked through. */
  isPart: boolean;
  lookOn(): unknown;
  isLooking: boolean;
  isLoading: boolean;
  error: Error | null;
  refetch(): unknown;
}

/**
 * Tasks of which nothing comes due until somebody does something. A request looks through a bounded part of the list,
 * by name, and people say whether it goes on; what a stop rule disabled last is found by the runs that died of it, however
 * many tasks there are.
 */
export function useIdleTasks(): IdleTasks {
  const client = useClient();
  const listed = useInfiniteQuery({
    queryKey: ['pulse', 'idle'],
    queryFn: ({ pageParam }) =>
      client.tasks.list({ status: ['disabled', 'paused', 'completed'], limit: LISTED }).page(pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined,
    // Whoever looked on would have all of it read anew.
    refetchInterval: ({ state }) => ((state.data?.pages.length ?? 0) > 1 ? false : SELDOM_MS),
    refetchOnWindowFocus: false,
  });
  const stopped = useQuery({
    queryKey: ['pulse', 'stopped'],
    queryFn: async () => {
      const { items } = await client.executions.list({ status: ['dead'], limit: DEATHS_LOOKED_AT }).page();
      const ids = new Set(items.flatMap((run) => (run.stopped === null ? [] : run.taskId)));
      const tasks = await Promise.all(
        [...ids].slice(0, STOPPED_SHOWN).map((id) => taskOrNothing(client, id)),
      );
      return tasks.flatMap((task) => (task?.status === 'disabled' ? task : []));
    },
    refetchInterval: SELDOM_MS,
  });
  const found = [...(stopped.data ?? []), ...(listed.data?.pages.flatMap(({ items }) => items) ?? [])];
  return {
    tasks: listed.data && [...new Map(found.map((task) => [task.id, task])).values()],
    isPart: listed.hasNextPage,
    lookOn: async () => {
      for (let page = 0; page < STRETCH_PAGES; page++)
        if (!(await listed.fetchNextPage()).hasNextPage) return;
    },
    isLooking: listed.isFetchingNextPage,
    isLoading: listed.isLoading || stopped.isLoading,
    error: listed.error ?? stopped.error,
    refetch: () => Promise.all([listed.refetch(), stopped.refetch()]),
  };
}
