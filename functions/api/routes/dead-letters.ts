import {
  CanarySchema,
  CloseInputSchema,
  DeadLetterGroupQuery,
  DeadLetterGroupSchema,
  DeadLetterQuery,
  IgnoredFingerprintSchema,
  LetterOutcomesSchema,
  RedriveInputSchema,
  RedriveSchema,
  ReopenInputSchema,
} from '../../../shared/contract/dead-letters.ts';
import { ExecutionSchema } from '../../../shared/contract/execution.ts';
import { PageQuery } from '../../../shared/contract/list-query.ts';
import { PurgeInputSchema, PurgeSchema } from '../../../shared/contract/queue.ts';
import { listOf } from '../../../shared/contract/service.ts';
import { SchedulerError } from '../../../shared/domain/errors.ts';
import { closeLetters, reopenLetters } from '../../../shared/usecases/manage-runs/close-letters.ts';
import {
  listDeadLetterGroups,
  listIgnored,
} from '../../../shared/usecases/manage-runs/dead-letter-groups.ts';
import { listDeadLetters } from '../../../shared/usecases/manage-runs/look-at-runs.ts';
import { purgeLetters } from '../../../shared/usecases/manage-runs/purge.ts';
import { findCanary, redriveLetters } from '../../../shared/usecases/manage-runs/redrive.ts';
import { type Route, route } from '../route.ts';
import { runPage } from './executions.ts';
import { queueOf } from './queues.ts';

export const deadLetterRoutes: Route[] = [
  route(
    'viewer',
    {
      method: 'GET',
      path: '/v1/queues/{name}/dead-letters',
      operationId: 'listDeadLetters',
      summary: 'Dead executions of a queue, the latest death first',
      query: DeadLetterQuery,
      replies: { 200: { description: 'A page of executions', schema: listOf(ExecutionSchema) } },
    },
    async (deps, request) =>
      runPage(
        request.principal,
        await listDeadLetters(deps, request.principal, queueOf(deps, request), request.query),
      ),
  ),
  route(
    'viewer',
    {
      method: 'GET',
      path: '/v1/queues/{name}/dead-letters/groups',
      operationId: 'listDeadLetterGroups',
      summary: 'Dead executions of a queue by what they died of, the most frequent first',
      query: DeadLetterGroupQuery,
      replies: { 200: { description: 'A page of groups', schema: listOf(DeadLetterGroupSchema) } },
    },
    async (deps, request) => ({
      status: 200,
      body: await listDeadLetterGroups(deps, request.principal, queueOf(deps, request), request.query),
    }),
  ),
  route(
    'viewer',
    {
      method: 'GET',
      path: '/v1/queues/{name}/dead-letters/ignored',
      operationId: 'listIgnoredFingerprints',
      summary: 'Fingerprints of a queue that are ignored at birth',
      query: PageQuery,
      replies: { 200: { description: 'A page of fingerprints', schema: listOf(IgnoredFingerprintSchema) } },
    },
    async (deps, request) => ({
      status: 200,
      body: await listIgnored(deps, request.principal, queueOf(deps, request), request.query),
    }),
  ),
  ...bothPaths('redrive').map(({ path, suffix }) =>
    route(
      'operator',
      {
        method: 'POST',
        path,
        operationId: `redriveDeadLetters${suffix}`,
        audit: { action: 'deadLetters.redrive', resource: 'queues/{name}/dead-letters', answers: 'outcome' },
        summary: 'Run dead executions of a queue again: the ones named, those of a fingerprint, or all',
        body: { schema: RedriveInputSchema, required: false },
        replies: { 200: { description: 'The outcome for each', schema: RedriveSchema } },
      },
      async (deps, request) => {
        const body = await redriveLetters(deps, request.principal, queueOf(deps, request), request.body);
        return { status: 200, body, changed: body.count > 0 };
      },
    ),
  ),
  route(
    'viewer',
    {
      method: 'GET',
      path: '/v1/queues/{name}/dead-letters/canaries/{canaryId}',
      operationId: 'getRedriveCanary',
      summary: 'How a redrive with one run first is going',
      replies: { 200: { description: 'The canary', schema: CanarySchema } },
    },
    async (deps, request) => {
      const { canaryId = '' } = request.params;
      return {
        status: 200,
        body: await findCanary(deps, request.principal, queueOf(deps, request), canaryId),
      };
    },
  ),
  ...(['resolve', 'ignore'] as const).map((action) =>
    route(
      'operator',
      {
        method: 'POST',
        path: `/v1/queues/{name}/dead-letters/${action}`,
        operationId: `${action}DeadLetters`,
        audit: {
          action: `deadLetters.${action}`,
          resource: 'queues/{name}/dead-letters',
          answers: 'outcome',
        },
        summary:
          action === 'resolve'
            ? 'Put dead executions away as resolved: the ones named, or those of a fingerprint'
            : 'Put dead executions away as ignored; a fingerprint stays ignored for what dies later',
        body: { schema: CloseInputSchema, required: true },
        replies: { 200: { description: 'The outcome for each', schema: LetterOutcomesSchema } },
      },
      async (deps, request) => {
        const input = { ...request.body, kind: `${action}d` as const };
        return {
          status: 200,
          body: await closeLetters(deps, request.principal, queueOf(deps, request), input),
        };
      },
    ),
  ),
  route(
    'operator',
    {
      method: 'POST',
      path: '/v1/queues/{name}/dead-letters/reopen',
      operationId: 'reopenDeadLetters',
      audit: { action: 'deadLetters.reopen', resource: 'queues/{name}/dead-letters', answers: 'outcome' },
      summary: 'Take resolved or ignored dead executions back into the list',
      body: { schema: ReopenInputSchema, required: true },
      replies: { 200: { description: 'The outcome for each', schema: LetterOutcomesSchema } },
    },
    async (deps, request) => ({
      status: 200,
      body: await reopenLetters(deps, request.principal, queueOf(deps, request), request.body),
    }),
  ),
  ...bothPaths('purge').map(({ path, suffix }) =>
    route(
      'admin',
      {
        method: 'POST',
        path,
        operationId: `purgeDeadLetters${suffix}`,
        audit: { action: 'deadLetters.purge', resource: 'queues/{name}/dead-letters', answers: 'outcome' },
        summary: 'Throw the dead letters of a queue away',
        body: { schema: PurgeInputSchema, required: true },
        replies: { 200: { description: 'How many', schema: PurgeSchema } },
      },
      async (deps, request) => {
        const name = queueOf(deps, request);
        if (request.body.confirm !== name) {
          const errors = [{ path: 'confirm', message: `must be the name of the queue, ${name}` }];
          throw new SchedulerError('validation-failed', 'The purge is not confirmed', { errors });
        }
        const body = await purgeLetters(deps, request.principal, name);
        return { status: 200, body, changed: body.count > 0 };
      },
    ),
  ),
];

/** Both are actions on the dead letters of a queue; the short path is there for people who type. */
function bothPaths(action: 'redrive' | 'purge') {
  return [
    { path: `/v1/queues/{name}/dead-letters/${action}`, suffix: '' },
    { path: `/v1/queues/{name}/${action}`, suffix: 'OfQueue' },
  ] as const;
}
