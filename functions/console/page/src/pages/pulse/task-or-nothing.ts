import { type Client, ProblemError, type Task } from '../../../../../../shared/client/client.ts';

/** One that was deleted meanwhile is nothing. */
export async function taskOrNothing(client: Client, id: string): Promise<Task | undefined> {
  try {
    return await client.tasks.get(id);
  } catch (error) {
    if (error instanceof ProblemError && error.status === 404) return undefined;
    throw error;
  }
}
