import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { ProblemError, type Task, type TaskInput } from '../../../../../../shared/client/client.ts';
import { useClient } from '../../session/session-context.tsx';
import { type Draft, textOf } from './draft.ts';

const TYPING_MS = 500;

export type FieldProblem = ProblemError['errors'][number];

export interface Check {
  problems: readonly FieldProblem[];
  /** What would become of it; undefined while something is wrong with it. */
  task: Task | undefined;
  isChecking: boolean;
  /** Other than that it is not valid. */
  error: unknown;
}

/** The API refuses what is no task; what is sent is whatever somebody wrote. */
export const asInput = (draft: Draft): TaskInput => draft as unknown as TaskInput;

/** What saving it would say, asked as it is being written: the checks are the API's own, with the real handlers and queues. */
export function useCheck(id: string, draft: Draft): Check {
  const client = useClient();
  const [text] = useDebouncedValue(textOf(draft), TYPING_MS);
  const { data, error, isFetching } = useQuery({
    queryKey: ['check-task', id, text],
    queryFn: async (): Promise<{ problems: readonly FieldProblem[]; task?: Task }> => {
      try {
        const task = await client.tasks.put(id, asInput(JSON.parse(text)), { dryRun: true });
        return { problems: [], task };
      } catch (refusal) {
        if (refusal instanceof ProblemError && refusal.errors.length > 0) return { problems: refusal.errors };
        throw refusal;
      }
    },
    enabled: id !== '',
    placeholderData: keepPreviousData,
    refetchOnWindowFocus: false,
  });
  return { problems: data?.problems ?? [], task: data?.task, isChecking: isFetching, error };
}
