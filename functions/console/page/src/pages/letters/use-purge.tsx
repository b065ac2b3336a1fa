import type { Queue } from '../../../../../../shared/client/client.ts';
import { useAct } from '../../data/use-act.tsx';
import { confirmFirst } from '../../parts/confirm.tsx';
import { useClient } from '../../session/session-context.tsx';

/** The list says no more than this. */
const COUNTED_UP_TO = 1_000;

/** Throws the dead letters of a queue away, once its name was typed. */
export function usePurge() {
  const { queues } = useClient();
  const act = useAct();
  return ({ name, deadLetters }: Pick<Queue, 'name' | 'deadLetters'>) => {
    const count =
      deadLetters >= COUNTED_UP_TO ? `${COUNTED_UP_TO.toLocaleString()} or more` : `${deadLetters}`;
    confirmFirst({
      title: `Purge the dead letters of ${name}`,
      children: `${count} dead letters are thrown away for good. Their runs stay dead in the history and can be retried one by one until they expire.`,
      confirm: `Purge ${count}`,
      typed: name,
      onConfirm: () =>
        act.mutate({
          run: async () => {
            let gone = 0;
            for (let more = true; more; ) {
              const purged = await queues.purge(name, name);
              gone += purged.count;
              more = purged.more && purged.count > 0;
            }
            return `${gone.toLocaleString()} dead letters of ${name} are gone`;
          },
        }),
    });
  };
}
