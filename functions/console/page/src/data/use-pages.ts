import { useInfiniteQuery } from '@tanstack/react-query';
import type { Listing } from '../../../../../shared/client/client.ts';

export interface Pages<T> {
  items: T[];
  isLoading: boolean;
  error: unknown;
  hasMore: boolean;
  isLoadingMore: boolean;
  loadMore(): void;
  reload(): void;
}

/** A list of the API, page by page as somebody asks for more: never all of it. */
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
    refetchInterval: options.everyMs ?? false,
  });
  return {
    items: query.data?.pages.flatMap(({ items }) => items) ?? [],
    isLoading: query.isPending,
    error: query.error,
    hasMore: query.hasNextPage,
    isLoadingMore: query.isFetchingNextPage,
    loadMore: () => void query.fetchNextPage(),
    reload: () => void query.refetch(),
  };
}
