import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import type { Execution, Stats } from '../../../../../../shared/client/client.ts';
import { useClient } from '../../session/session-context.tsx';
import { EMPTY, type Minute, type Minutes, OUTCOME_NAMES, plannedMinutes } from './bins.ts';
import { HOUR_MS, MINUTE_MS } from './timeline-search.ts';

interface Filter {
  queue?: string | undefined;
  tag?: string | undefined;
}

const PAGE_TASKS = 200;
/** Counted without asking; beyond that somebody says so. */
const PAGES_AT_ONCE = 10;
const PAST_PAGES = 5;
const EVERY_MS = 60_000;
const DAY_MS = 24 * HOUR_MS;

const startOfMinute = (ms: number): number => Math.floor(ms / MINUTE_MS) * MINUTE_MS;

/** What is due in the next 24 hours, by minute: counted by the API page by page, and added up here. */
export function useFirings({ queue, tag }: Filter) {
  const client = useClient();
  const query = useInfiniteQuery({
    queryKey: ['timeline', 'upcoming', queue, tag],
    queryFn: async ({ pageParam: { cursor, from = new Date(startOfMinute(Date.now())).toISOString() } }) =>
      client.upcoming({ from, queue, tag, cursor, limit: PAGE_TASKS }),
    initialPageParam: {} as { cursor?: string; from?: string },
    getNextPageParam: ({ nextCursor, from }) =>
      nextCursor === null ? undefined : { cursor: nextCursor, from },
    // A long count is not begun anew by itself.
    refetchInterval: ({ state }) => ((state.data?.pages.length ?? 0) > PAGES_AT_ONCE ? false : EVERY_MS),
  });
  const { data, hasNextPage, isFetching, isError, fetchNextPage } = query;
  const pages = data?.pages ?? [];
  const goesOn = hasNextPage && !isError && pages.length < PAGES_AT_ONCE;
  useEffect(() => {
    if (goesOn && !isFetching) void fetchNextPage();
  }, [goesOn, isFetching, fetchNextPage]);
  return {
    minutes: plannedMinutes(pages),
    names: new Map(pages.flatMap(({ named }) => named.map(({ id, name }) => [id, name] as const))),
    tasks: pages.reduce((sum, { counted }) => sum + counted, 0),
    /** Tasks further down the alphabet are not counted. */
    isCut: hasNextPage && pages.length >= PAGES_AT_ONCE && !isFetching,
    isCounting: isFetching || goesOn,
    isLoading: query.isPending,
    error: query.error,
    countOn: () => void fetchNextPage(),
    retry: () => void query.refetch(),
  };
}

/** What ended in the last 24 hours, by minute: from the statistics, which know neither queue nor tag, or run by run. */
export function usePast({ queue, tag }: Filter) {
  const client = useClient();
  return useQuery({
    queryKey: ['timeline', 'past', queue, tag],
    queryFn: async () => {
      const now = Date.now();
      const from = new Date(now - DAY_MS).toISOString();
      if (queue === undefined && tag === undefined)
        return { minutes: statsMinutes(await client.stats({ from, interval: 'minute' })), isCut: false };
      const status = OUTCOME_NAMES;
      const list = client.executions.list({ queue, tag, status, from, limit: PAGE_TASKS });
      const runs: Execution[] = [];
      let cursor: string | undefined;
      for (let pages = 0; pages < PAST_PAGES; pages++) {
        const page = await list.page(cursor);
        runs.push(...page.items);
        cursor = page.nextCursor ?? undefined;
        if (cursor === undefined) break;
      }
      return { minutes: runMinutes(runs), isCut: cursor !== undefined };
    },
    refetchInterval: EVERY_MS,
  });
}

function statsMinutes({ series }: Stats): Minutes {
  const full = series.filter(({ runs }) => OUTCOME_NAMES.some((name) => runs[name] > 0));
  return new Map(full.map(({ at, runs }) => [Date.parse(at), { ...EMPTY, ...runs }]));
}

function runMinutes(runs: readonly Execution[]): Minutes {
  const minutes = new Map<number, Minute>();
  for (const run of runs) {
    const name = OUTCOME_NAMES.find((outcome) => outcome === run.status);
    if (!name) continue;
    const at = startOfMinute(Date.parse(run.finishedAt ?? run.scheduledAt));
    const before = minutes.get(at) ?? EMPTY;
    minutes.set(at, { ...before, [name]: before[name] + 1 });
  }
  return minutes;
}
