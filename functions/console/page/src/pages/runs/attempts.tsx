import { Badge, Box, Group, Progress, Stack, Text, Title, Tooltip } from '@mantine/core';
import type { Execution } from '../../../../../../shared/client/client.ts';
import { useNow } from '../../data/now.ts';
import { Instant } from '../../parts/instant.tsx';
import { durationText } from '../../parts/instant-text.ts';
import { type Bar, barsOf, type DrawnBar, drawn } from './attempt-bars.ts';

type Attempt = NonNullable<Bar['attempt']>;

const COLOR: Readonly<Record<Attempt['status'], string>> = {
  running: 'cyan',
  success: 'green',
  failed: 'red',
  cancelled: 'gray',
};

/** How a run went, on one axis of time: each attempt, what it waited before, and what it failed of. */
export function Attempts({ run, zone }: { run: Execution; zone: string | undefined }) {
  const { bars, shortened } = drawn(barsOf(run, useNow()));
  const [first] = bars;
  if (!first) return <Text c="dimmed">It never began.</Text>;
  const from = first.waitedFrom;
  const to = Math.max(...bars.map(({ endedAt }) => endedAt));
  return (
    <Stack gap="sm">
      <Group justify="space-between">
        <Title order={2} size="h4" id="attempts">
          Attempts
        </Title>
        <Group gap="md" aria-hidden>
          <Key color="gray.5" label="waited" />
          <Key color="green" label="ran" />
          <Key color="red" label="failed" />
        </Group>
      </Group>
      <Stack component="ol" gap="md" m={0} p={0} aria-labelledby="attempts" style={{ listStyle: 'none' }}>
        {bars.map((bar) => (
          <Row key={bar.key} bar={bar} zone={zone} />
        ))}
      </Stack>
      <Group justify="space-between" c="dimmed" fz="xs">
        <Instant at={new Date(from).toISOString()} zone={zone} exact />
        <span>
          {durationText(to - from)} in all{shortened && '; long waits are drawn shorter'}
        </span>
        <Instant at={new Date(to).toISOString()} zone={zone} exact />
      </Group>
    </Stack>
  );
}

function Key({ color, label }: { color: string; label: string }) {
  return (
    <Group gap={6}>
      <Box w={12} h={12} bg={color} bdrs={3} />
      <Text size="xs" c="dimmed">
        {label}
      </Text>
    </Group>
  );
}

function Row({ bar, zone }: { bar: DrawnBar; zone: string | undefined }) {
  const { attempt, before, waited, ran } = bar;
  const told = textOf(bar);
  return (
    <li>
      <Group justify="space-between" gap="xs" mb={4}>
        <Group gap="xs">
          <Text size="sm" fw={600}>
            {attempt ? `Attempt ${attempt.attempt}` : 'Next attempt'}
          </Text>
          {attempt && (
            <Badge size="sm" variant="light" tt="none" color={COLOR[attempt.status]}>
              {attempt.status}
            </Badge>
          )}
          {attempt && (
            <Text size="sm" span>
              <Instant at={attempt.startedAt} zone={zone} exact />
            </Text>
          )}
        </Group>
        <Text size="xs" c="dimmed">
          {told}
        </Text>
      </Group>
      <Tooltip label={`${told}${attempt ? errorText(attempt) : ''}`} multiline maw={420}>
        <Progress.Root size="lg" role="img" aria-label={told} tabIndex={0}>
          <Progress.Section value={before} color="transparent" withAria={false} />
          <Progress.Section value={waited} color="gray.5" withAria={false} />
          <Progress.Section
            value={ran}
            color={attempt ? COLOR[attempt.status] : 'gray'}
            animated={attempt?.status === 'running'}
            withAria={false}
          />
        </Progress.Root>
      </Tooltip>
      {attempt?.errorMessage && (
        <Text size="sm" c="var(--mantine-color-red-text)" mt={4} style={{ overflowWrap: 'anywhere' }}>
          <b>{attempt.errorType ?? attempt.cause}</b>: {attempt.errorMessage}
          {attempt.httpStatus === null ? '' : ` (HTTP ${attempt.httpStatus})`}
          {attempt.cause && attempt.cause !== 'error' ? ` · ${attempt.cause}` : ''}
        </Text>
      )}
    </li>
  );
}

function textOf({ attempt, waitedFrom, beganAt, endedAt }: Bar): string {
  const waited = `waited ${durationText(beganAt - waitedFrom)}`;
  if (!attempt) return waited;
  const ran = durationText(endedAt - beganAt);
  return `${waited}, ${attempt.finishedAt ? `ran ${ran}` : `has been running for ${ran}`}`;
}

const errorText = ({ errorType, errorMessage }: Attempt): string =>
  errorMessage === null ? '' : ` · ${errorType}: ${errorMessage}`;
