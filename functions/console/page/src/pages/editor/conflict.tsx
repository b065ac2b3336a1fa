import { Alert, Button, Group, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { Task } from '../../../../../../shared/client/client.ts';
import { changesBetween } from '../../parts/changes.ts';
import { ChangesTable } from '../../parts/changes-table.tsx';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { useClient } from '../../session/session-context.tsx';
import { type Draft, draftOf, onTopOf } from './draft.ts';

interface Props {
  /** As it was when somebody began to edit it. */
  base: Task;
  mine: Draft;
  /** What is to be saved now, over what is there now. */
  onMerge(theirs: Task, merged: Draft): void;
}

/** Somebody else saved it meanwhile: what they changed, and how to go on. Nothing is overwritten by itself. */
export function Conflict({ base, mine, onMerge }: Props) {
  const client = useClient();
  const { data: theirs, error } = useQuery({
    queryKey: ['task-in-conflict', base.id, base.version],
    queryFn: () => client.tasks.get(base.id),
    gcTime: 0,
  });
  if (error) return <ProblemAlert error={error} />;
  if (!theirs) return null;
  const before = draftOf(base);
  const now = draftOf(theirs);
  const changes = changesBetween(before, now);
  const doubled = changes.filter(({ path }) =>
    changesBetween(before, mine).some((own) => own.path.split('.')[0] === path.split('.')[0]),
  );
  return (
    <Alert color="yellow" title="Somebody else changed this task meanwhile" role="alert">
      <Stack>
        {changes.length > 0 ? (
          <ChangesTable label="What they changed" changes={changes} />
        ) : (
          <Text size="sm">Its state was changed (paused, resumed), and nothing that is edited here.</Text>
        )}
        {doubled.length > 0 && (
          <Text size="sm">
            You changed {doubled.map(({ path }) => path).join(', ')} as well: yours would win there.
          </Text>
        )}
        <Group>
          <Button onClick={() => onMerge(theirs, onTopOf(now, before, mine))}>Put my changes on top</Button>
          <Button variant="default" onClick={() => onMerge(theirs, now)}>
            Take theirs
          </Button>
        </Group>
      </Stack>
    </Alert>
  );
}
