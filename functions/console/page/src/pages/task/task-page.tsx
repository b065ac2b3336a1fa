import { Badge, Code, Group, Skeleton, Stack, Tabs, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { ProblemError, type Task } from '../../../../../../shared/client/client.ts';
import { LIVE_MS } from '../../data/query-client.ts';
import { Page } from '../../parts/page.tsx';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { StatusBadge } from '../../parts/status-badge.tsx';
import { useClient } from '../../session/session-context.tsx';
import { BackfillDialog } from './backfill-dialog.tsx';
import { Overview } from './overview.tsx';
import { RunsTab } from './runs-tab.tsx';
import { TaskActions } from './task-actions.tsx';
import { TASK_TABS } from './task-page-search.ts';
import { VersionsTab } from './versions-tab.tsx';

const LABELS = { overview: 'Overview', runs: 'Runs', versions: 'Versions' } as const;

export function TaskPage() {
  const client = useClient();
  const { taskId } = useParams({ from: '/inside/tasks/$taskId' });
  const {
    data: task,
    error,
    refetch,
  } = useQuery({
    queryKey: ['task', taskId],
    queryFn: () => client.tasks.get(taskId),
    refetchInterval: LIVE_MS,
  });
  // What is not there any more is not shown any more; what could not be asked for is shown as it was.
  if (error && (!task || (error instanceof ProblemError && error.status === 404)))
    return (
      <Page title={taskId}>
        <ProblemAlert error={error} retry={() => void refetch()} />
      </Page>
    );
  if (!task)
    return (
      <Page title={taskId}>
        <Skeleton h={320} />
      </Page>
    );
  return (
    <Page title={task.name} about={<About task={task} />} actions={<TaskActions task={task} />}>
      <TaskTabs task={task} />
      <BackfillDialog task={task} />
    </Page>
  );
}

function About({ task }: { task: Task }) {
  return (
    <Stack gap={4} mt={4}>
      {task.description && <Text span>{task.description}</Text>}
      <Group gap="xs">
        <StatusBadge status={task.status} />
        <Code>{task.id}</Code>
        <Text span size="sm">
          queue {task.queue}
        </Text>
        {task.system && <Badge variant="outline">system</Badge>}
        {task.tags.map((tag) => (
          <Badge key={tag} variant="default" size="sm" tt="none">
            {tag}
          </Badge>
        ))}
      </Group>
    </Stack>
  );
}

function TaskTabs({ task }: { task: Task }) {
  const { tab = 'overview' } = useSearch({ from: '/inside/tasks/$taskId' });
  const navigate = useNavigate();
  const go = (next: string | null) =>
    navigate({
      to: '/tasks/$taskId',
      params: { taskId: task.id },
      search: { tab: TASK_TABS.find((one) => one === next && one !== 'overview') },
    });
  return (
    <Tabs value={tab} onChange={(next) => void go(next)} keepMounted={false}>
      <Tabs.List mb="md">
        {TASK_TABS.map((one) => (
          <Tabs.Tab key={one} value={one}>
            {LABELS[one]}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      <Tabs.Panel value="overview">
        <Overview task={task} />
      </Tabs.Panel>
      <Tabs.Panel value="runs">
        <RunsTab task={task} />
      </Tabs.Panel>
      <Tabs.Panel value="versions">
        <VersionsTab task={task} />
      </Tabs.Panel>
    </Tabs>
  );
}
