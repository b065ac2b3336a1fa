import { useQuery } from '@tanstack/react-query';
import { useClient } from '../../session/session-context.tsx';
import { zoneOf } from './zone-of.ts';

/** The zone that a task counts in; undefined while it is not known, and when the task is gone. */
export function useZoneOfTask(taskId: string): string | undefined {
  const client = useClient();
  const { data } = useQuery({ queryKey: ['zone-of-task', taskId], queryFn: () => client.tasks.get(taskId) });
  return data && zoneOf(data);
}
