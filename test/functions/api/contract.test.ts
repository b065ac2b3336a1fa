import { describe, expect, it } from 'vitest';
import { openApiDocument } from '../../../functions/api/openapi.ts';
import { routes } from '../../../functions/api/routes.ts';
import { SchedulerError } from '../../../shared/domain/errors.ts';
import { callOf, runCases } from '../../support/cases/contract-run.ts';
import { cases } from '../../support/cases/index.ts';
import { roleOf } from '../../support/cases/refusals.ts';
import { type DocumentedOperation, makeContract } from '../../support/openapi.ts';
import { makeContractWorld, TENANTS } from './contract-world.ts';

const contract = makeContract(JSON.parse(JSON.stringify(openApiDocument(routes, '0.1.0'))));
const named = contract.operations
  .filter(({ method }) => method !== 'HEAD')
  .map((operation) => [operation.operationId, operation] as const);

/** Answered only while others change the same thing at the same time: their own tests see to that. */
const RACES = new Set([
  'putTask 409',
  'patchTask 409',
  'deleteTask 409',
  'putCalendar 409',
  'patchQueue 409',
  'abortBulkJob 409',
]);

/** Answered by the embedded engine alone, in place of the function: test/e2e/embedded/events.test.ts. */
const STREAM = 'followChanges 200';

/** What the API itself can answer: a problem, or what is wanted. */
const ownStatuses = (operation: DocumentedOperation): number[] =>
  Object.keys(operation.responses)
    .map(Number)
    .filter((status) => {
      const answer = `${operation.operationId} ${status}`;
      if (RACES.has(answer) || answer === STREAM) return false;
      if (status < 400) return true;
      return contract.isOurs(operation, status);
    });

describe.each(named)('%s answers as it is described', (_, operation) => {
  it('when it is called rightly, and when it refuses', async () => {
    const { world, send } = makeContractWorld(contract);
    const { seen, faults } = await runCases(contract, operation, world, send, TENANTS);
    expect(faults).toEqual([]);
    const wanted = ownStatuses(operation).filter((status) => status < 500);
    expect([...seen].sort(), 'the answers that it was seen to give').toEqual(expect.arrayContaining(wanted));
  });

  if (roleOf(operation) === undefined) return;
  it('when the store is away, and when we are wrong', async () => {
    const { world, send, api } = makeContractWorld(contract);
    const request = await cases[operation.operationId]?.[0].request(world);
    const isRoots = roleOf(operation) === 'admin of root';
    for (const [status, error] of [
      [503, new SchedulerError('unavailable', 'away', { retryAfterSeconds: 2, service: 'dynamodb' })],
      [500, new Error('a fault of ours')],
    ] as const) {
      api.hooks.before = () => {
        throw error;
      };
      const answer = await send(callOf(operation, { ...request, tenant: isRoots ? 'root' : 'acme' }));
      expect(answer.status).toBe(status);
      expect(contract.faultsOf(operation, answer)).toEqual([]);
    }
  });
});

it('no case is of an operation that is gone', () => {
  const known = named.map(([operationId]) => operationId);
  expect(known).toEqual(expect.arrayContaining(Object.keys(cases)));
});
