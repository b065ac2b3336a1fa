import { cancelRun, retryRun } from '../../../shared/usecases/manage-runs/steer-run.ts';
import { count, flag, isEnded, must, text } from '../invariants/records.ts';
import type { OperationKind } from '../workload.ts';
import { ADMIN, type Deed, DONE } from './person.ts';

export const ON_RUNS = {
  cancel: (person, operation) =>
    person.onRun(
      operation,
      (run) => !isEnded(text(run, 'status')),
      (id) => {
        person.tellOver(id);
        person.ask(
          `cancel ${operation.task}`,
          (deps) => cancelRun(deps, ADMIN, id),
          (run) => {
            const now = person.run(run);
            const asked =
              flag(now, 'cancel') || isEnded(text(now, 'status')) || count(now, 'epoch') > run.epoch;
            must(asked, DONE, () => `${id} was cancelled, and is ${text(now, 'status')}`);
          },
        );
      },
    ),
  retry: (person, operation) =>
    person.onRun(
      operation,
      (run) => isEnded(text(run, 'status')) && text(run, 'status') !== 'success',
      (id) =>
        person.ask(
          `retry ${operation.task}`,
          (deps) => retryRun(deps, ADMIN, id),
          (run) => {
            const epoch = count(person.run(run), 'epoch');
            must(
              epoch >= run.epoch && run.epoch > 0,
              DONE,
              () => `${id} was retried, and is in epoch ${epoch}`,
            );
          },
        ),
    ),
} satisfies Partial<Record<OperationKind, Deed>>;
