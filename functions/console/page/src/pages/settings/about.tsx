import { Anchor, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { LIVE_MS } from '../../data/query-client.ts';
import { Fact } from '../../parts/fact.tsx';
import { Instant } from '../../parts/instant.tsx';
import { durationText } from '../../parts/instant-text.ts';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { useClient, useSession } from '../../session/session-context.tsx';

export function About() {
  const client = useClient();
  const { settings, me } = useSession();
  const health = useQuery({ queryKey: ['health'], queryFn: () => client.health(), refetchInterval: LIVE_MS });
  const tick = health.data?.tick;
  return (
    <Stack gap="xs">
      <Fact label="Version">{settings.version}</Fact>
      <Fact label="Address">{window.location.origin}</Fact>
      <Fact label="You">
        {me?.actor}, {me?.role} of {me?.tenant}
      </Fact>
      <Fact label="Store">{health.data?.status ?? '…'}</Fact>
      <Fact label="Clock">
        {tick?.lastAt ? (
          <>
            ticked <Instant at={tick.lastAt} />
          </>
        ) : (
          'has not ticked yet'
        )}
        {tick?.lagMs != null && ` (${durationText(tick.lagMs)}); it ticks once a minute`}
      </Fact>
      <Fact label="Your time">{Intl.DateTimeFormat().resolvedOptions().timeZone}</Fact>
      <Fact label="API">
        <Anchor href="/docs">Documentation</Anchor>, <Anchor href="/v1/openapi.json">OpenAPI</Anchor>
      </Fact>
      {health.error && <ProblemAlert error={health.error} retry={() => void health.refetch()} />}
      <Text size="sm" c="dimmed">
        Is everything well? On the command line: escapement doctor
      </Text>
    </Stack>
  );
}
