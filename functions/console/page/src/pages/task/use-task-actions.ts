import type { Task } from '../../../../../../shared/client/client.ts';
import { useAct } from '../../data/use-act.tsx';
import { confirmFirst } from '../../parts/confirm.tsx';
import { useClient } from '../../session/session-context.tsx';

/** What is done to one task, the same wherever it is shown. What can be taken back is offered to be. */
export function useTaskActions({ id, name }: Pick<Task, 'id' | 'name'>) {
  const { tasks } = useClient();
  const act = useAct();
  return {
    pause: (reason?: string) =>
      act.mutate({
        run: async () => {
          await tasks.pause(id, { reason });
          return `${name} is paused`;
        },
        undo: () => tasks.resume(id),
      }),
    resume: () =>
      act.mutate({
        run: async () => {
          await tasks.resume(id);
          return `${name} goes on`;
        },
        undo: () => tasks.pause(id),
      }),
    runNow: () =>
      act.mutate({
        run: async () => {
          await tasks.trigger(id);
          return `${name} runs now`;
        },
      }),
    remove: (onDone: () => void) =>
      confirmFirst({
        title: `Delete ${name}?`,
        children: 'It never comes due again. Its history stays until it expires.',
        confirm: 'Delete the task',
        typed: id,
        onConfirm: () =>
          act.mutate({
            run: async () => {
              await tasks.delete(id);
              // At once: what shows the task is about to vanish.
              onDone();
              return `${name} is deleted`;
            },
          }),
      }),
  };
}
