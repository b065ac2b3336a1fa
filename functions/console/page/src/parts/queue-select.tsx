import { Select } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useClient } from '../session/session-context.tsx';

/** Filters by a queue. */
export function QueueSelect(props: { value: string | undefined; onChange(name: string | undefined): void }) {
  const client = useClient();
  const { data: names = [] } = useQuery({
    queryKey: ['queue-names'],
    queryFn: async () => (await client.queues.list().page()).items.map(({ name }) => name),
  });
  return (
    <Select
      aria-label="Queue"
      placeholder="Any queue"
      data={names}
      value={props.value ?? null}
      onChange={(name) => props.onChange(name ?? undefined)}
      clearable
      w={140}
    />
  );
}
