import { Button, Stack, Text } from '@mantine/core';
import type { Pages } from '../data/use-pages.ts';

/** The next page of a list, where there is one. */
export function MorePages({
  pages,
}: {
  pages: Pick<Pages<unknown>, 'items' | 'hasMore' | 'loadMore' | 'isLoadingMore'>;
}) {
  if (!pages.hasMore) return null;
  const isEmpty = pages.items.length === 0;
  return (
    <Stack align="center" gap="xs">
      <Text size="sm" c="dimmed" role="status">
        {pages.isLoadingMore ? 'Looking further' : isEmpty && 'Nothing so far, and more to look through'}
      </Text>
      <Button variant="default" onClick={pages.loadMore} loading={pages.isLoadingMore}>
        {isEmpty ? 'Look further' : 'Load more'}
      </Button>
    </Stack>
  );
}
