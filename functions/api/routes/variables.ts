import { PageQuery } from '../../../shared/contract/list-query.ts';
import { listOf } from '../../../shared/contract/service.ts';
import { VariableInputSchema, VariableSchema } from '../../../shared/contract/variables.ts';
import {
  deleteVariable,
  listVariables,
  readVariable,
  setVariable,
} from '../../../shared/usecases/manage-variables.ts';
import { pageOfAll } from '../page-of-all.ts';
import { type Route, route } from '../route.ts';

const found = { 200: { description: 'The variable', schema: VariableSchema } };

export const variableRoutes: Route[] = [
  route(
    'viewer',
    {
      method: 'GET',
      path: '/v1/variables',
      operationId: 'listVariables',
      summary: 'Values that the runs of all tasks share; not for secrets',
      query: PageQuery,
      replies: { 200: { description: 'A page of variables, by name', schema: listOf(VariableSchema) } },
    },
    async (deps, { principal, query }) => ({
      status: 200,
      body: pageOfAll('variables', await listVariables(deps, principal), ({ name }) => name, query),
    }),
  ),
  route(
    'viewer',
    {
      method: 'GET',
      path: '/v1/variables/{name}',
      operationId: 'getVariable',
      summary: 'Read a variable',
      replies: found,
    },
    async (deps, { principal, params }) => ({
      status: 200,
      body: await readVariable(deps, principal, params.name ?? ''),
    }),
  ),
  route(
    'operator',
    {
      method: 'PUT',
      path: '/v1/variables/{name}',
      operationId: 'putVariable',
      audit: { action: 'variable.put', resource: 'variables/{name}' },
      summary: 'Set a variable; runs that start from now on see it',
      body: { schema: VariableInputSchema, required: true },
      replies: found,
    },
    async (deps, { principal, params, body }) => ({
      status: 200,
      body: await setVariable(deps, principal, params.name ?? '', body.value),
    }),
  ),
  route(
    'operator',
    {
      method: 'DELETE',
      path: '/v1/variables/{name}',
      operationId: 'deleteVariable',
      audit: { action: 'variable.delete', resource: 'variables/{name}' },
      summary: 'Delete a variable',
      replies: { 204: { description: 'It is gone' } },
    },
    async (deps, { principal, params }) => {
      await deleteVariable(deps, principal, params.name ?? '');
      return { status: 204 };
    },
  ),
];
