import { type Declaration, declareTask, withdrawTask } from '../../../shared/usecases/declare-task.ts';
import { deleteVariable, setVariable } from '../../../shared/usecases/manage-variables.ts';
import { patchQueue } from '../../../shared/usecases/steer-queue.ts';
import { must } from '../invariants/records.ts';
import type { OperationKind } from '../workload.ts';
import { ADMIN, type Deed, DONE } from './person.ts';

/** What stands in somebody's CDK app: sometimes it names a task of others. */
const declarationOf = (choice: number): Declaration => ({
  by: 'cloudformation:app',
  id: choice < 0.2 ? 'task-0' : `declared-${Math.floor(choice * 100) % 2}`,
  held: undefined,
});

export const IN_CATALOGUE = {
  declare: (person, { choice }) => {
    const declaration = declarationOf(choice);
    const { id } = declaration;
    const schedule = { kind: 'interval', seconds: 60 + Math.floor(choice * 60) };
    const document = { name: id, handler: 'demo.echo', schedule };
    // CloudFormation calls again until it is answered.
    person.insist(
      `declare ${id}`,
      (deps) => declareTask(deps, declaration, document, 'declared'),
      (answer) => {
        if (answer.kind === 'done')
          must(person.task(id) !== undefined, DONE, () => `${id} was declared, and there is no such task`);
      },
    );
  },
  withdraw: (person, { choice }) => {
    const declaration = declarationOf(choice);
    person.insist(
      `withdraw ${declaration.id}`,
      (deps) => withdrawTask(deps, declaration, 'withdrawn'),
      () => {},
    );
  },
  setVariable: (person, { choice }) =>
    person.ask('set a variable', (deps) => setVariable(deps, ADMIN, 'name', choice)),
  dropVariable: (person) => person.ask('drop a variable', (deps) => deleteVariable(deps, ADMIN, 'name')),
  setQueue: (person, { choice }) => {
    const workers = 2 + Math.floor(choice * 6);
    const timeoutSeconds = 10 + Math.floor(choice * 30);
    person.ask('set a queue', (deps) => patchQueue(deps, 'other', { workers, timeoutSeconds }));
  },
} satisfies Partial<Record<OperationKind, Deed>>;
