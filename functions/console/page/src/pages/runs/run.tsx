import { Alert, Button, Group, Paper, Progress, SimpleGrid, Skeleton, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import * as z from 'zod/mini';
import type { Execution } from '../../../../../../shared/client/client.ts';
import { useLive } from '../../data/use-live.ts';
import { Figure } from '../../parts/figure.tsx';
import { Instant } from '../../parts/instant.tsx';
import { durationText } from '../../parts/instant-text.ts';
import { Page } from '../../parts/page.tsx';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { Section } from '../../parts/section.tsx';
import { StatusBadge } from '../../parts/status-badge.tsx';
import { useClient } from '../../session/session-context.tsx';
import { useZoneOfTask } from '../tasks/use-zone-of-task.ts';
import { Attempts } from './attempts.tsx';
import { RunData } from './run-data.tsx';
import { RunLineage } from './run-lineage.tsx';
import { RunLogs } from './run-logs.tsx';
import { useRunActs } from './use-run-acts.tsx';

const ENDED: readonly Execution['status'][] = ['success', 'dead', 'cancelled', 'skipped'];

export function Run() {
  const { executionId } = useParams({ from: '/inside/runs/$executionId' });
  const client = useClient();
  const key = ['run', executionId];
  const everyMs = useLive(key, {
    concerns: (event) => event.type === 'run.changed' && event.executionId === executionId,
  });
  const { data, error, refetch } = useQuery({
    queryKey: key,
    queryFn: async () => {
      const [run, why] = await Promise.all([
        client.executions.get(executionId),
        client.executions.why(executionId),
      ]);
      return { run, why: why.sentence };
    },
    // One that ended changes only when somebody has it run again, which reads it anew.
    refetchInterval: ({ state }) => (state.data && ENDED.includes(state.data.run.status) ? false : everyMs),
  });
  if (error) return <ProblemAlert error={error} retry={() => void refetch()} />;
  if (!data) return <Skeleton h={200} />;
  return <Shown {...data} />;
}

function Shown({ run, why }: { run: Execution; why: string }) {
  const zone = useZoneOfTask(run.taskId);
  const acts = useRunActs()(run);
  return (
    <Page
      title={run.taskName}
      actions={acts.map((act) => (
        <Button key={act.label} variant="default" onClick={act.do}>
          {act.label}
        </Button>
      ))}
    >
      <Paper withBorder p="md">
        <Group gap="sm" align="flex-start" wrap="nowrap">
          <StatusBadge status={run.status} />
          <Text aria-live="polite">{why}</Text>
        </Group>
        {run.cancelRequested && <Text size="sm">It was asked to stop.</Text>}
        <RunProgress progress={run.progress} isRunning={run.status === 'running'} />
        <SimpleGrid cols={{ base: 2, sm: 4 }} mt="md">
          <Figure label="Due">
            <Instant at={run.scheduledAt} zone={zone} exact />
          </Figure>
          <Figure label="Late by">{run.latenessMs === null ? '—' : durationText(run.latenessMs)}</Figure>
          <Figure label="Took">{run.durationMs === null ? '—' : durationText(run.durationMs)}</Figure>
          <Figure label="Attempts">
            {run.attempt} of {run.maxAttempts}
            {run.snoozes > 0 && `, put off ${run.snoozes} ×`}
          </Figure>
        </SimpleGrid>
      </Paper>
      {run.errorMessage && !run.attempts.some((one) => one.errorMessage === run.errorMessage) && (
        <Alert color="red" title="Error">
          <Text size="sm" style={{ overflowWrap: 'anywhere', whiteSpace: 'pre-wrap' }}>
            {run.errorMessage}
          </Text>
        </Alert>
      )}
      <Paper withBorder p="md">
        <Attempts run={run} zone={zone} />
      </Paper>
      <SimpleGrid cols={{ base: 1, md: 2 }}>
        <Section title="Payload and result">
          <RunData run={run} />
        </Section>
        <Section title="Lineage">
          <RunLineage run={run} />
        </Section>
      </SimpleGrid>
      <Section title="Logs">
        <RunLogs run={run} />
      </Section>
    </Page>
  );
}

const ProgressSchema = z.object({
  percent: z.optional(z.nullable(z.number())),
  message: z.optional(z.nullable(z.string())),
});

/** As its handler told it last. */
function RunProgress({ progress, isRunning }: { progress: unknown; isRunning: boolean }) {
  const told = ProgressSchema.safeParse(progress);
  if (!told.success) return null;
  const { percent, message } = told.data;
  return (
    <Stack gap={4} mt="sm">
      {typeof percent === 'number' && (
        <Progress value={percent} animated={isRunning} aria-label={`Progress, ${percent} percent`} />
      )}
      <Text size="sm" c="dimmed">
        {[typeof percent === 'number' ? `${percent} %` : '', message ?? ''].filter(Boolean).join(' · ')}
      </Text>
    </Stack>
  );
}
