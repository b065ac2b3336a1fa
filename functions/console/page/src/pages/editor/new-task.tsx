import { Alert } from '@mantine/core';
import { useState } from 'react';
import { LOCAL_ZONE } from '../../parts/instant-text.ts';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { idFor, NEW_DRAFT, writeAt } from './draft.ts';
import { EditorPage } from './editor.tsx';
import { useDraft } from './use-draft.ts';
import { useSave } from './use-save.ts';

const BASE = writeAt(NEW_DRAFT, 'schedule.timezone', LOCAL_ZONE);

export function NewTask() {
  const state = useDraft(BASE);
  const [chosen, setChosen] = useState<string>();
  const { name } = state.draft;
  const id = chosen ?? (typeof name === 'string' ? idFor(name) : '');
  const { save, isConflict } = useSave(id);
  return (
    <EditorPage
      title="New task"
      id={id}
      onId={setChosen}
      state={state}
      base={BASE}
      save={() => save.mutate({ draft: state.draft, options: { ifAbsent: true } })}
      isSaving={save.isPending}
      isSaved={save.isSuccess}
    >
      {isConflict ? (
        <Alert color="red" title={`There is a task ${id} already: choose another id`} role="alert" />
      ) : (
        save.error && <ProblemAlert error={save.error} />
      )}
    </EditorPage>
  );
}
