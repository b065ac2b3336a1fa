import type { Execution } from '../../../../../../shared/client/client.ts';
import { useAct } from '../../data/use-act.tsx';
import { useClient, useMay } from '../../session/session-context.tsx';
import { openRetryEdited } from './retry-edited.tsx';

const MAY_CANCEL: readonly Execution['status'][] = ['queued', 'running', 'retrying'];
const MAY_RETRY: readonly Execution['status'][] = ['dead', 'cancelled', 'skipped'];

export interface RunAct {
  label: string;
  do(): void;
}

/** What this person may do with a run as it stands. */
export function useRunActs() {
  const client = useClient();
  const may = useMay('operator');
  const act = useAct();
  return ({ id, status, cancelRequested }: Execution): RunAct[] => {
    if (!may) return [];
    const retry = () => client.executions.retry(id);
    const acts: RunAct[] = [];
    if (MAY_CANCEL.includes(status) && !cancelRequested)
      acts.push({
        label: 'Cancel',
        do: () =>
          act.mutate({
            run: async () =>
              (await client.executions.cancel(id)).status === 'cancelled'
                ? 'The run is cancelled'
                : 'The run was asked to stop',
            // One that waited can simply wait again; what ran may have done half of its work.
            ...(status === 'running' ? {} : { undo: retry }),
          }),
      });
    if (MAY_RETRY.includes(status))
      acts.push(
        {
          label: 'Retry',
          do: () => act.mutate({ run: async () => retry().then(() => 'The run waits to run again') }),
        },
        { label: 'Retry with another payload', do: () => openRetryEdited(client, id) },
      );
    return acts;
  };
}
