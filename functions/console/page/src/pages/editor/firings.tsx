import { Alert, Badge, Group, List, Skeleton, Stack, Text, Title } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { ProblemError, type Schedule } from '../../../../../../shared/client/client.ts';
import { Instant } from '../../parts/instant.tsx';
import { fromNow, inZone } from '../../parts/instant-text.ts';
import { useNow } from '../../data/now.ts';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { useClient } from '../../session/session-context.tsx';
import { readAt } from './draft.ts';
import { clockChanges } from '../../parts/clock-changes.ts';

const SHOWN = 10;
const TYPING_MS = 300;

/** What a schedule means, while it is being written: in words, and the instants at which it would be due. */
export function Firings({ schedule }: { schedule: unknown }) {
  const client = useClient();
  const nowMs = useNow();
  const [text] = useDebouncedValue(JSON.stringify(schedule ?? {}), TYPING_MS);
  const { data, error, isPending } = useQuery({
    queryKey: ['preview', text],
    queryFn: () => client.preview(JSON.parse(text) as Schedule, SHOWN),
    placeholderData: keepPreviousData,
    refetchOnWindowFocus: false,
  });
  const zone = String(readAt(schedule, 'timezone') ?? 'UTC');
  return (
    <Stack gap="xs" aria-live="polite" component="section" aria-label="Preview of the schedule">
      <Title order={2} size="h4">
        When it runs
      </Title>
      {isPending && <Skeleton h={120} />}
      {error instanceof ProblemError && error.status === 422 ? (
        <Alert color="yellow" title="Not a schedule yet">
          {error.errors.map(({ message }) => message).join('; ') || error.detail}
        </Alert>
      ) : (
        error && <ProblemAlert error={error} />
      )}
      {data && !error && (
        <>
          <Text fw={600}>{data.description}</Text>
          {data.items.length === 0 && <Text size="sm">It is never due.</Text>}
          <List size="sm" listStyleType="none" spacing={4}>
            {data.items.map((at, index) => {
              const change = clockChanges(zone, data.items[index - 1] ?? new Date(nowMs).toISOString(), at);
              return (
                <List.Item key={at}>
                  <Group gap="xs" data-numbers>
                    <span>{inZone(at, zone)}</span>
                    <Text span size="xs" c="dimmed">
                      {index === 0 ? fromNow(at, nowMs) : <Instant at={at} zone={zone} />}
                    </Text>
                    {change && (
                      <Badge color="orange" variant="light" tt="none">
                        clock changed {change}
                      </Badge>
                    )}
                  </Group>
                </List.Item>
              );
            })}
          </List>
        </>
      )}
    </Stack>
  );
}
