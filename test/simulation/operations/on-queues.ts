import { patchQueue } from '../../../shared/usecases/steer-queue.ts';
import type { OperationKind } from '../workload.ts';
import type { Deed } from './person.ts';

const paused =
  (is: boolean): Deed =>
  (person, { kind, task }) =>
    person.ask(`${kind} ${task}`, (deps) => patchQueue(deps, 'other', { paused: is }));

export const ON_QUEUES = {
  pauseQueue: paused(true),
  resumeQueue: paused(false),
  loseMessages: ({ world }, { choice }) =>
    world.sqs.queues.get(`https://sqs.invalid/${choice < 0.5 ? 'default' : 'dispatch'}`)?.purge(),
  restore: ({ world }) => world.restore(),
} satisfies Partial<Record<OperationKind, Deed>>;
