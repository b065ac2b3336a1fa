import type { BulkAction } from '../../../shared/domain/bulk.ts';
import { abortBulkJob } from '../../../shared/usecases/bulk/jobs.ts';
import { requestBulk } from '../../../shared/usecases/bulk/request.ts';
import type { OperationKind } from '../workload.ts';
import { ADMIN, type Deed, type Person } from './person.ts';

/** A job of all that the filter takes, or at once what is named. */
function request(person: Person, action: BulkAction, what: { queue?: string } | { ids: string[] }): void {
  const isNamed = 'ids' in what;
  const input = { action, ...(isNamed ? what : { filter: what }), dryRun: false, background: !isNamed };
  person.ask(
    `${action} in bulk`,
    (deps) => requestBulk({ ...deps, queues: deps.queueNames }, ADMIN, input, 'bulk'),
    (answer) => {
      if ('job' in answer) person.jobs.push(answer.job.id);
    },
  );
}

const filterOf = (choice: number): { queue?: string } => (choice < 0.3 ? { queue: 'other' } : {});
const pick = <T>(of: readonly [T, ...T[]], choice: number): T => of[Math.floor(choice * of.length)] ?? of[0];

export const IN_BULK = {
  bulkTrigger: (person, { choice }) => request(person, 'trigger', filterOf(choice)),
  bulkTasks: (person, { choice }) =>
    request(person, pick(['pause', 'resume', 'resume', 'delete'], choice), filterOf((choice * 10) % 1)),
  bulkRuns: (person, { choice }) =>
    request(person, pick(['cancel', 'retry', 'retry'], choice), filterOf((choice * 10) % 1)),
  bulkNow: (person, { choice }) =>
    request(person, pick(['pause', 'resume', 'trigger'], choice), {
      ids: [...person.planned.keys(), 'nobody'],
    }),
  abortBulk: (person) => {
    const last = person.jobs.at(-1);
    if (last) person.ask('abort in bulk', (deps) => abortBulkJob(deps, ADMIN, last));
  },
} satisfies Partial<Record<OperationKind, Deed>>;
