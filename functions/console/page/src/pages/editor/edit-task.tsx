import { Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useState } from 'react';
import type { Task } from '../../../../../../shared/client/client.ts';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { useClient } from '../../session/session-context.tsx';
import { Conflict } from './conflict.tsx';
import { draftOf } from './draft.ts';
import { EditorPage } from './editor.tsx';
import { useDraft } from './use-draft.ts';
import { useSave } from './use-save.ts';

export function EditTask() {
  const { taskId } = useParams({ from: '/inside/tasks/$taskId/edit' });
  const client = useClient();
  const { data, error, refetch } = useQuery({
    // Not what the list had: whoever edits begins with what is there now, and it must not move under their hands.
    queryKey: ['task-to-edit', taskId],
    queryFn: () => client.tasks.get(taskId),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    refetchOnWindowFocus: false,
  });
  if (error) return <ProblemAlert error={error} retry={() => void refetch()} />;
  if (!data) return <Skeleton h={400} />;
  return <Edit key={taskId} task={data} />;
}

function Edit({ task }: { task: Task }) {
  const [base, setBase] = useState(task);
  const state = useDraft(draftOf(base));
  const { save, isConflict } = useSave(task.id);
  const put = (version: number, draft = state.draft) =>
    save.mutate({ draft, options: { ifVersion: version } });
  return (
    <EditorPage
      title={`Edit ${task.name}`}
      id={task.id}
      state={state}
      base={draftOf(base)}
      save={() => put(base.version)}
      isSaving={save.isPending}
      isSaved={save.isSuccess}
    >
      {isConflict && (
        <Conflict
          base={base}
          mine={state.draft}
          onMerge={(theirs, merged) => {
            setBase(theirs);
            state.replace(merged);
            save.reset();
          }}
        />
      )}
      {save.error && !isConflict && <ProblemAlert error={save.error} />}
    </EditorPage>
  );
}
