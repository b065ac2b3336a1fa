import { purgeLetters } from '../../../shared/usecases/manage-runs/purge.ts';
import { redriveLetters } from '../../../shared/usecases/manage-runs/redrive.ts';
import type { OperationKind } from '../workload.ts';
import { ADMIN, type Deed } from './person.ts';

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
} satisfies Partial<Record<OperationKind, Deed>>;
