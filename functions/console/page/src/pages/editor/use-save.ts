import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useEffect } from 'react';
import { ProblemError, type PutOptions, type Task } from '../../../../../../shared/client/client.ts';
import { useClient } from '../../session/session-context.tsx';
import type { Draft } from './draft.ts';
import { asInput } from './use-check.ts';

/** Tries it first, so that nothing is written that would be refused, and then leads to the task. */
export function useSave(id: string) {
  const client = useClient();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const save = useMutation({
    mutationFn: async ({ draft, options }: { draft: Draft; options: PutOptions }): Promise<Task> => {
      await client.tasks.put(id, asInput(draft), { ...options, dryRun: true });
      return client.tasks.put(id, asInput(draft), options);
    },
    onSuccess: () => queries.invalidateQueries(),
  });
  const saved = save.data;
  useEffect(() => {
    // Not before it is known to be saved: until then leaving is asked about.
    if (!saved) return;
    notifications.show({ message: `${saved.name} is saved`, color: 'green' });
    void navigate({ to: '/tasks/$taskId', params: { taskId: saved.id } });
  }, [saved, navigate]);
  const isConflict = save.error instanceof ProblemError && save.error.status === 412;
  return { save, isConflict };
}
