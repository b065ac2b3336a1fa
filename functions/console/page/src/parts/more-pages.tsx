import { Button, Center } from '@mantine/core';
import type { Pages } from '../data/use-pages.ts';

/** The next page of a list, where there is one. */
export function MorePages({
  pages,
}: {
  pages: Pick<Pages<unknown>, 'hasMore' | 'loadMore' | 'isLoadingMore'>;
}) {
  if (!pages.hasMore) return null;
  return (
    <Center>
      <Button variant="default" onClick={pages.loadMore} loading={pages.isLoadingMore}>
        Load more
      </Button>
    </Center>
  );
}
