import { Anchor, Badge, Code, SimpleGrid, Stack, Table, Text } from '@mantine/core';
import { Fact } from '../../parts/fact.tsx';
import { LOCAL_ZONE } from '../../parts/instant-text.ts';
import { AnchorLink } from '../../parts/links.tsx';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { Section } from '../../parts/section.tsx';
import { useSession } from '../../session/session-context.tsx';
import { Clocks } from '../pulse/clocks.tsx';
import { useCanary, useHealth, useQueues } from '../pulse/use-pulse.ts';

/** What this deployment is, and what drives it. */
export function About() {
  const { settings, me } = useSession();
  const health = useHealth();
  const canary = useCanary();
  const engine = health.data?.version;
  return (
    <SimpleGrid cols={{ base: 1, md: 2 }}>
      <Section title="Deployment">
        <Fact label="Version">
          {settings.version}
          {engine !== undefined && engine !== settings.version && `, its API ${engine}`}
        </Fact>
        <Fact label="Address">{window.location.origin}</Fact>
        <Fact label="Table">
          {health.data ? (health.data.status === 'ok' ? 'answers' : 'does not answer') : '…'}
        </Fact>
        <Fact label="Logins">
          {settings.oidc ? `tokens, and by ${settings.oidc.issuer}` : 'tokens of this deployment'}
        </Fact>
        <Fact label="You">
          {me?.actor}, {me?.role} of {me?.tenant}
        </Fact>
        <Fact label="Your time">{LOCAL_ZONE}</Fact>
        <Fact label="API">
          <Anchor href="/docs">Documentation</Anchor>, <Anchor href="/v1/openapi.json">OpenAPI</Anchor>
        </Fact>
        {health.error && <ProblemAlert error={health.error} retry={() => void health.refetch()} />}
        <Text size="sm" c="dimmed">
          Is everything well? On the command line: <Code>escapement doctor</Code>
        </Text>
      </Section>
      <Stack>
        <Clocks health={health.data} canary={canary.data} />
        <Section title="Queues">
          <Queues />
        </Section>
      </Stack>
    </SimpleGrid>
  );
}

function Queues() {
  const { data = [], error, refetch } = useQueues();
  if (error) return <ProblemAlert error={error} retry={() => void refetch()} />;
  return (
    <>
      <Table aria-label="Queues">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Queue</Table.Th>
            <Table.Th>Workers</Table.Th>
            <Table.Th>Timeout</Table.Th>
            <Table.Th>Feed</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {data.map(({ name, workers, timeoutSeconds, paused }) => (
            <Table.Tr key={name}>
              <Table.Td>{name}</Table.Td>
              <Table.Td>{workers}</Table.Td>
              <Table.Td>{timeoutSeconds} s</Table.Td>
              <Table.Td>
                <Badge color={paused ? 'yellow' : 'green'} variant="light" tt="none">
                  {paused ? 'paused' : 'on'}
                </Badge>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      <AnchorLink to="/queues" size="sm">
        What waits in them, and what can be changed
      </AnchorLink>
    </>
  );
}
