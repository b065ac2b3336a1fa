import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { canaryTasks } from '../../../../../../shared/domain/canary.ts';
import { LIVE_MS } from '../../data/query-client.ts';
import { useClient, useSession } from '../../session/session-context.tsx';
import { RANGE, type Range } from './pulse-search.ts';
import { taskOrNothing } from './task-or-nothing.ts';

/** What changes slowly, or costs more to find out. */
const CALM_MS = 15_000;
const OPEN_SHOWN = 200;
const GROUPS_SHOWN = 5;
const FAILING_LOOKED_AT = 10;

export function useStats(range: Range) {
  const client = useClient();
  return useQuery({
    queryKey: ['pulse', 'stats', range],
    queryFn: () => {
      const { ms, interval } = RANGE[range];
      return client.stats({ from: new Date(Date.now() - ms).toISOString(), interval });
    },
    refetchInterval: CALM_MS,
    placeholderData: keepPreviousData,
  });
}

/** Runs that have not ended; of many only the foremost, and `more` says so. */
export function useOpenRuns() {
  const client = useClient();
  return useQuery({
    queryKey: ['pulse', 'open'],
    queryFn: async () => {
      const status = ['queued', 'running', 'retrying'] as const;
      const { items, nextCursor } = await client.executions.list({ status, limit: OPEN_SHOWN }).page();
      return { runs: items, more: nextCursor !== null };
    },
    refetchInterval: LIVE_MS,
  });
}

export function useQueues() {
  const client = useClient();
  return useQuery({
    queryKey: ['pulse', 'queues'],
    queryFn: async () => (await client.queues.list().page()).items,
    refetchInterval: LIVE_MS,
  });
}

/** The largest groups of dead letters of the queues that have any. */
export function useDeaths(queues: readonly { name: string; deadLetters: number }[] | undefined) {
  const client = useClient();
  const names = queues?.filter(({ deadLetters }) => deadLetters > 0).map(({ name }) => name) ?? [];
  return useQuery({
    queryKey: ['pulse', 'deaths', names],
    queryFn: async () => {
      const groups = await Promise.all(
        names.map(
          async (name) => (await client.queues.deadLetterGroups(name, { limit: GROUPS_SHOWN }).page()).items,
        ),
      );
      return groups
        .flat()
        .sort((a, b) => b.count - a.count)
        .slice(0, GROUPS_SHOWN);
    },
    enabled: queues !== undefined,
    refetchInterval: CALM_MS,
    placeholderData: keepPreviousData,
  });
}

/** Tasks of which attempts failed, and of which the last run has not gone well since. */
export function useFailing(failures: readonly { taskId: string; failedAttempts: number }[] | undefined) {
  const client = useClient();
  const counts = new Map(
    failures?.slice(0, FAILING_LOOKED_AT).map((one) => [one.taskId, one.failedAttempts]),
  );
  return useQuery({
    queryKey: ['pulse', 'failing', [...counts]],
    queryFn: async () => {
      const tasks = await Promise.all([...counts.keys()].map((id) => taskOrNothing(client, id)));
      return tasks.flatMap((task) =>
        task?.lastRun && FAILED.has(task.lastRun.status)
          ? { task, failures: counts.get(task.id) ?? 0, last: task.lastRun.status }
          : [],
      );
    },
    enabled: failures !== undefined,
    refetchInterval: CALM_MS,
    placeholderData: keepPreviousData,
  });
}
const FAILED: ReadonlySet<string> = new Set(['dead', 'retrying']);

/** The scheduler's clock; it is asked even when the store does not answer. */
export function useHealth() {
  const client = useClient();
  return useQuery({
    queryKey: ['pulse', 'health'],
    queryFn: () => client.health(),
    refetchInterval: CALM_MS,
  });
}

/** The canary's tasks; undefined where there is none, which is in every tenant but root. */
export function useCanary() {
  const client = useClient();
  const { me } = useSession();
  return useQuery({
    queryKey: ['pulse', 'canary'],
    queryFn: async () => {
      const ids = canaryTasks('').map(({ taskId }) => taskId);
      const [first, ...rest] = ids;
      const task = first && (await taskOrNothing(client, first));
      if (!task) return null;
      const others = await Promise.all(rest.map((id) => taskOrNothing(client, id)));
      return [task, ...others.filter((one) => one !== undefined)];
    },
    enabled: me?.tenant === 'root',
    refetchInterval: ({ state }) => (state.data === null ? false : CALM_MS),
  });
}
