import { Alert, Badge, Group, List, Skeleton, Stack, Text, Title } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { ProblemError, type Schedule } from '../../../../../../shared/client/client.ts';
import { Instant } from '../../parts/instant.tsx';
import { inZone } from '../../parts/instant-text.ts';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { useClient } from '../../session/session-context.tsx';
import { markedFirings } from '../task/marked-firings.ts';
import { readAt } from './draft.ts';

const SHOWN = 10;
const TYPING_MS = 300;

/** What a schedule means, while it is being written: in words, and the instants at which it would be due. */
export function Firings({ schedule }: { schedule: unknown }) {
  const client = useClient();
  const [text] = useDebouncedValue(JSON.stringify(schedule ?? {}), TYPING_MS);
  const { data, error, isPending } = useQuery({
    queryKey: ['preview', text],
    queryFn: async () => {
      const asked: unknown = JSON.parse(text);
      const preview = await client.preview(asked as Schedule, SHOWN);
      const zone = String(readAt(asked, 'timezone') ?? 'UTC');
      return { ...preview, zone, firings: markedFirings(preview, zone, new Date().toISOString()) };
    },
    placeholderData: keepPreviousData,
    refetchOnWindowFocus: false,
  });
  return (
    <Stack gap="xs" component="section" aria-live="polite" aria-label="Preview of the schedule">
      <Title order={2} size="h4">
        When it runs
      </Title>
      {isPending && <Skeleton h={120} />}
      {error && <NoSchedule error={error} />}
      {data && !error && (
        <>
          <Text fw={600}>{data.description}</Text>
          {data.items.length === 0 && <Text size="sm">It is never due.</Text>}
          <List size="sm" listStyleType="none" spacing={4}>
            {data.firings.map(({ at, clocksMoved }) => (
              <List.Item key={at}>
                <Group gap="xs" data-numbers>
                  <span>{inZone(at, data.zone)}</span>
                  <Text span size="xs" c="dimmed">
                    <Instant at={at} zone={data.zone} />
                  </Text>
                  {clocksMoved !== undefined && (
                    <Badge color="orange" variant="light" tt="none">
                      clocks {clocksMoved > 0 ? 'forward' : 'back'} {Math.abs(clocksMoved)} min
                    </Badge>
                  )}
                </Group>
              </List.Item>
            ))}
          </List>
        </>
      )}
    </Stack>
  );
}

function NoSchedule({ error }: { error: unknown }) {
  if (!(error instanceof ProblemError) || error.status !== 422) return <ProblemAlert error={error} />;
  const said = error.errors.map(({ message }) => message).join('; ');
  return (
    <Alert color="yellow" title="Not a schedule yet">
      {said || error.detail}
    </Alert>
  );
}
