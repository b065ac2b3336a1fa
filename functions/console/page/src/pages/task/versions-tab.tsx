import { Button, Grid, Group, NavLink, Paper, SegmentedControl, Skeleton, Stack, Text } from '@mantine/core';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import type { Task, TaskVersion } from '../../../../../../shared/client/client.ts';
import { useAct } from '../../data/use-act.tsx';
import { usePages } from '../../data/use-pages.ts';
import { changesBetween } from '../../parts/changes.ts';
import { Instant } from '../../parts/instant.tsx';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { useClient, useMay } from '../../session/session-context.tsx';
import { Diff } from './diff.tsx';

const PAGE_SIZE = 20;

/** What the task said before, what changed, and the way back. */
export function VersionsTab({ task }: { task: Task }) {
  const client = useClient();
  const { version: asked } = useSearch({ from: '/inside/tasks/$taskId' });
  const pages = usePages(['versions', task.id, task.version], () =>
    client.tasks.versions(task.id, { limit: PAGE_SIZE }),
  );
  if (pages.error) return <ProblemAlert error={pages.error} retry={pages.reload} />;
  const { items } = pages;
  const shown = items.find(({ version }) => version === asked) ?? items[0];
  if (!shown) return <Skeleton h={240} />;
  return (
    <Grid>
      <Grid.Col span={{ base: 12, md: 4 }}>
        <Stack gap={2} component="nav" aria-label="Versions">
          {items.map((each, at) => (
            <NavLink
              key={each.version}
              renderRoot={(props) => (
                <Link
                  to="/tasks/$taskId"
                  params={{ taskId: task.id }}
                  search={{ tab: 'versions', version: each.version }}
                  {...props}
                />
              )}
              active={each.version === shown.version}
              aria-current={each.version === shown.version}
              label={
                <>
                  Version {each.version}
                  {at === 0 && ', in force'}
                </>
              }
              description={<Written version={each} changed={namesOf(items[at + 1], each)} />}
            />
          ))}
          {pages.hasMore && (
            <Button variant="default" onClick={pages.loadMore} loading={pages.isLoadingMore}>
              Load more
            </Button>
          )}
        </Stack>
      </Grid.Col>
      <Grid.Col span={{ base: 12, md: 8 }}>
        <Compared task={task} versions={items} shown={shown} />
      </Grid.Col>
    </Grid>
  );
}

function Written({ version, changed }: { version: TaskVersion; changed: string }) {
  return (
    <>
      {version.at && (
        <>
          <Instant at={version.at} /> by {version.by}
        </>
      )}
      {changed && <Text size="xs">{changed}</Text>}
    </>
  );
}

/** Which fields were changed with it. */
const namesOf = (before: TaskVersion | undefined, after: TaskVersion): string =>
  before
    ? changesBetween(before.definition, after.definition)
        .map(({ path }) => path)
        .join(', ')
    : '';

interface ComparedProps {
  task: Task;
  versions: readonly TaskVersion[];
  shown: TaskVersion;
}

function Compared({ task, versions, shown }: ComparedProps) {
  const navigate = useNavigate();
  const { against = 'before' } = useSearch({ from: '/inside/tasks/$taskId' });
  const at = versions.indexOf(shown);
  const older = versions[at + 1];
  const newest = versions[0];
  const [before, after] = against === 'now' ? [shown, newest] : [older, shown];
  return (
    <Paper withBorder p="md" component="section" aria-label={`Version ${shown.version}`}>
      <Stack>
        <Group justify="space-between">
          <SegmentedControl
            aria-label="Compared with"
            size="xs"
            value={against}
            onChange={(value) =>
              void navigate({
                to: '/tasks/$taskId',
                params: { taskId: task.id },
                search: { tab: 'versions', version: shown.version, against: value },
                replace: true,
              })
            }
            data={[
              { value: 'before', label: 'The one before' },
              { value: 'now', label: 'In force' },
            ]}
          />
          {at > 0 && newest && <Restore task={task} version={shown} newest={newest} />}
        </Group>
        {before && after ? (
          <Diff
            label={`From version ${before.version} to version ${after.version}`}
            before={before.definition}
            after={after.definition}
          />
        ) : (
          <>
            <Text size="sm">Nothing is kept of before. This is what it said:</Text>
            <Diff label={`Version ${shown.version}`} before={undefined} after={shown.definition} />
          </>
        )}
      </Stack>
    </Paper>
  );
}

/** Puts what the task said back in force, as a new version; which can be taken back in turn. */
function Restore({ task, version, newest }: { task: Task; version: TaskVersion; newest: TaskVersion }) {
  const client = useClient();
  const act = useAct();
  const mayAct = useMay(task.system ? 'admin' : 'operator');
  if (!mayAct) return null;
  return (
    <Button
      size="xs"
      loading={act.isPending}
      onClick={() =>
        act.mutate({
          run: async () => {
            await client.tasks.put(task.id, version.definition, { ifVersion: task.version });
            return `${task.name} says again what version ${version.version} said`;
          },
          undo: () => client.tasks.put(task.id, newest.definition),
        })
      }
    >
      Restore this version
    </Button>
  );
}
