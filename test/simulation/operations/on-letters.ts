import { closeLetters, reopenLetters } from '../../../shared/usecases/manage-runs/close-letters.ts';
import { purgeLetters } from '../../../shared/usecases/manage-runs/purge.ts';
import { redriveLetters } from '../../../shared/usecases/manage-runs/redrive.ts';
import { text } from '../invariants/records.ts';
import type { Operation, OperationKind } from '../workload.ts';
import { ADMIN, type Deed, type Person } from './person.ts';

interface Chosen {
  queue: string;
  of: { ids: string[] } | { fingerprint: string };
}

/** Some of the dead runs there are, by their ids, or all that died of the same. */
function choose(person: Person, { choice, task }: Operation): Chosen | undefined {
  const tasks = [task, ...person.planned.keys()];
  const runs = [...new Set(tasks)].flatMap((id) =>
    person
      .runsOf(id, (run) => text(run, 'status') === 'dead')
      .map((run) => ({ id: run, queue: queueOf(person, run) })),
  );
  const from = Math.floor(choice * runs.length);
  const queue = runs[from]?.queue;
  if (queue === undefined) return undefined;
  const fingerprint = text(person.runOf(runs[from]?.id ?? ''), 'print');
  if (fingerprint !== undefined && (choice * 10) % 1 < 0.4) return { queue, of: { fingerprint } };
  return {
    queue,
    of: {
      ids: runs
        .filter((run) => run.queue === queue)
        .map(({ id }) => id)
        .slice(0, 1 + (from % 6)),
    },
  };
}
const queueOf = (person: Person, id: string): string | undefined => text(person.runOf(id), 'queue');

const closing =
  (kind: 'resolved' | 'ignored'): Deed =>
  (person, operation) => {
    const chosen = choose(person, operation);
    if (chosen)
      person.ask(`${operation.kind} ${operation.task}`, (deps) =>
        closeLetters(deps, ADMIN, chosen.queue, { ...chosen.of, kind }),
      );
  };

const redriving =
  (canary: boolean): Deed =>
  (person, operation) => {
    const chosen = choose(person, operation);
    const all = canary && operation.choice < 0.5;
    const patch = operation.choice < 0.2 ? { payloadPatch: { again: true } } : {};
    if (chosen)
      person.ask(`${operation.kind} ${operation.task}`, (deps) =>
        redriveLetters(deps, ADMIN, chosen.queue, { ...(all ? {} : chosen.of), canary, ...patch }),
      );
  };

export const ON_LETTERS = {
  redrive: (person, { task }) =>
    person.ask(`redrive ${task}`, (deps) => redriveLetters(deps, ADMIN, 'default', {})),
  purge: (person, { task }) => person.ask(`purge ${task}`, (deps) => purgeLetters(deps, ADMIN, 'default')),
  moveLetters: ({ world: { sqs, kernel } }) => {
    for (const name of ['default', 'other']) {
      const [from, to] = [
        sqs.queues.get(`https://sqs.invalid/${name}-dlq`),
        sqs.queues.get(`https://sqs.invalid/${name}`),
      ];
      if (from && to) for (const { body } of from.moveTo(to, kernel.nowMs)) sqs.onMove(body);
    }
  },
  redriveSome: redriving(false),
  redriveCanary: redriving(true),
  resolve: closing('resolved'),
  ignore: closing('ignored'),
  reopen: (person, operation) => {
    const chosen = choose(person, operation);
    if (chosen)
      person.ask(`reopen ${operation.task}`, (deps) => reopenLetters(deps, ADMIN, chosen.queue, chosen.of));
  },
} satisfies Partial<Record<OperationKind, Deed>>;
