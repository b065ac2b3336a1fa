import { listOf } from '../../../shared/contract/service.ts';
import {
  NewTokenSchema,
  TokenInputSchema,
  TokenListQuery,
  TokenSchema,
  tokenToWire,
} from '../../../shared/contract/token.ts';
import { listTokens, makeToken, revokeToken } from '../../../shared/usecases/manage-tokens.ts';
import { type Route, route } from '../route.ts';

export const tokenRoutes: Route[] = [
  route(
    'admin',
    {
      method: 'POST',
      path: '/v1/tokens',
      operationId: 'createToken',
      audit: { action: 'token.create', resource: 'tokens/{id}' },
      summary: 'Make an API token; its secret is in this answer and never again',
      body: { schema: TokenInputSchema, required: true },
      replies: { 201: { description: 'The token', schema: NewTokenSchema } },
    },
    async (deps, { principal, body }) => {
      const { made, text } = await makeToken(deps, principal, body);
      return { status: 201, body: { ...tokenToWire(made), token: text } };
    },
  ),
  route(
    'admin',
    {
      method: 'GET',
      path: '/v1/tokens',
      operationId: 'listTokens',
      summary: 'API tokens, without their secrets',
      query: TokenListQuery,
      replies: { 200: { description: 'The oldest first', schema: listOf(TokenSchema) } },
    },
    async (deps, { principal, query }) => {
      const { items, nextCursor } = await listTokens(deps, principal, query);
      return { status: 200, body: { items: items.map(tokenToWire), nextCursor } };
    },
  ),
  route(
    'admin',
    {
      method: 'DELETE',
      path: '/v1/tokens/{id}',
      operationId: 'revokeToken',
      audit: { action: 'token.revoke', resource: 'tokens/{id}' },
      summary: 'Revoke an API token, at once',
      replies: { 204: { description: 'It is worth nothing any more' } },
    },
    async (deps, { principal, params }) => {
      await revokeToken(deps, principal, params.id ?? '');
      return { status: 204 };
    },
  ),
];
