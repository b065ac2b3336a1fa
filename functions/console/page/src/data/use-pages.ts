import { useInfiniteQuery } from '@tanstack/react-query';
import { useEffect, useMemo } from 'react';
import type { Listing } from '../../../../../shared/client/client.ts';
import { readsOn } from './read-on.ts';

export interface Pages<T> {
  items: T[];
  isLoading: boolean;
  error: unknown;
  hasMore: boolean;
  isLoadingMore: boolean;
  loadMore(): void;
  reload(): void;
}

/** Beyond that a list is not read anew by itself: that would cost as much each time. */
const LIVE_PAGES = 4;

/** A list of the API, page by page as somebody asks for more, or as long as there is next to nothing to see: never all of it. */
export function usePages<T>(
  key: readonly unknown[],
  list: () => Pick<Listing<T>, 'page'>,
  options: { everyMs?: number } = {},
): Pages<T> {
  const query = useInfiniteQuery({
    queryKey: key,
    queryFn: ({ pageParam }) => list().page(pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined,
    refetchInterval: ({ state }) =>
      (state.data?.pages.length ?? 0) > LIVE_PAGES ? false : (options.everyMs ?? false),
  });
  const { data, hasNextPage, isFetching, isError, fetchNextPage } = query;
  const goesOn = hasNextPage && !isError && readsOn(data?.pages ?? []);
  useEffect(() => {
    if (goesOn && !isFetching) void fetchNextPage();
  }, [goesOn, isFetching, fetchNextPage]);
  const items = useMemo(() => data?.pages.flatMap((page) => page.items) ?? [], [data]);
  const isLoadingMore = goesOn || query.isFetchingNextPage;
  return {
    items,
    isLoading: query.isPending || (items.length === 0 && isLoadingMore),
    error: query.error,
    hasMore: hasNextPage,
    isLoadingMore,
    loadMore: () => void fetchNextPage(),
    reload: () => void query.refetch(),
  };
}
