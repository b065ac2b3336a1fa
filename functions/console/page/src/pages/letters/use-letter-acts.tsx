import { useNavigate } from '@tanstack/react-router';
import type { DeadLetterOutcomes, Redrive } from '../../../../../../shared/client/client.ts';
import { useAct } from '../../data/use-act.tsx';
import type { Act } from '../../parts/acts.tsx';
import { useClient, useMay } from '../../session/session-context.tsx';
import type { LetterSearch } from './letter-search.ts';
import { openNote } from './note.tsx';
import { openPatch } from './patch.tsx';

/** Dead letters of one queue: those named, or those that died of the same. */
export interface Letters {
  queue: string;
  which: { ids: string[] } | { fingerprint: string };
  resolution: NonNullable<LetterSearch['resolution']>;
}
export interface LetterAct extends Act {
  /** The one to begin with. */
  isFirst?: boolean;
}

type Done = Pick<DeadLetterOutcomes | Redrive, 'count' | 'items' | 'more'>;

/** A call takes 1,000 at most. */
async function untilNoneIsLeft(call: () => Promise<Done>): Promise<Done> {
  const all: Done = { count: 0, items: [], more: false };
  for (;;) {
    const { count, items, more } = await call();
    all.count += count;
    all.items.push(...items);
    if (!more || count === 0) return all;
  }
}

/** What was done, and to how many it could not be, with the first reason. */
function said({ count, items }: Done, what: string): string {
  const refused = items.filter(({ ok }) => !ok);
  const [first] = refused;
  const done = `${count.toLocaleString()} ${count === 1 ? 'run' : 'runs'} ${what}`;
  return first ? `${done}; ${refused.length.toLocaleString()} not: ${first.message ?? first.code}` : done;
}

/** What this person may do with them, whatever they are. */
export function useLetterActs() {
  const { queues } = useClient();
  const may = useMay('operator');
  const navigate = useNavigate();
  const act = useAct();

  const redrive = ({ queue, which }: Letters, payloadPatch?: Record<string, unknown>) =>
    act.mutate({
      run: async () =>
        said(
          await untilNoneIsLeft(() =>
            queues.redrive(queue, { ...which, ...(payloadPatch && { payloadPatch }) }),
          ),
          'run again',
        ),
    });

  const withCanary = ({ queue, which }: Letters, payloadPatch?: Record<string, unknown>) =>
    act.mutate({
      run: async () => {
        const input = { ...which, canary: true, ...(payloadPatch && { payloadPatch }) };
        const done = await queues.redrive(queue, input);
        const { canary } = done;
        if (!canary) return said(done, 'run again');
        void navigate(
          'fingerprint' in which
            ? {
                to: '/dead-letters/$queue/$fingerprint',
                params: { queue, fingerprint: which.fingerprint },
                search: { canary: canary.id },
              }
            : { to: '/dead-letters', search: { queue, canary: canary.id } },
        );
        return `One runs again; ${canary.waiting.toLocaleString()} wait for it`;
      },
    });

  const close = ({ queue, which }: Letters, kind: 'resolve' | 'ignore', note: string) =>
    act.mutate({
      run: async () => {
        const input = { ...which, ...(note && { note }) };
        return said(await untilNoneIsLeft(() => queues[kind](queue, input)), `${kind}d`);
      },
      undo: () => untilNoneIsLeft(() => queues.reopen(queue, which)),
    });

  return (letters: Letters): LetterAct[] => {
    if (!may) return [];
    const { queue, which, resolution } = letters;
    if (resolution !== 'open')
      return [
        {
          label: 'Reopen',
          isFirst: true,
          do: () =>
            act.mutate({
              run: async () => said(await untilNoneIsLeft(() => queues.reopen(queue, which)), 'open again'),
            }),
        },
      ];
    return [
      { label: 'Redrive with a canary', isFirst: true, do: () => withCanary(letters) },
      { label: 'Redrive all', do: () => redrive(letters) },
      {
        label: 'Redrive with a change of payload',
        do: () =>
          openPatch((patch, canary) => (canary ? withCanary(letters, patch) : redrive(letters, patch))),
      },
      {
        label: 'Resolve',
        do: () =>
          openNote({
            title: 'Resolve',
            about: 'They leave the list. What dies of the same later comes back into it.',
            onConfirm: (note) => close(letters, 'resolve', note),
          }),
      },
      {
        label: 'Ignore',
        do: () =>
          openNote({
            title: 'Ignore',
            about:
              'fingerprint' in which
                ? `They leave the list, and what dies of the same in ${queue} later does not come into it.`
                : 'They leave the list.',
            onConfirm: (note) => close(letters, 'ignore', note),
          }),
      },
    ];
  };
}
