import * as z from 'zod';
import { PageQuery } from '../../../shared/contract/list-query.ts';
import {
  HandlerSchema,
  HealthSchema,
  listOf,
  MeSchema,
  PreviewInputSchema,
  PreviewSchema,
} from '../../../shared/contract/service.ts';
import { toIso } from '../../../shared/domain/time.ts';
import { previewSchedule } from '../../../shared/usecases/preview-schedule.ts';
import type { ApiDeps } from '../deps.ts';
import { pageOfAll } from '../page-of-all.ts';
import { publicRoute, type Reply, type Route, route } from '../route.ts';

const RETRY_AFTER_SECONDS = '5';

export const serviceRoutes: Route[] = [
  route(
    'viewer',
    {
      method: 'POST',
      path: '/v1/schedules/preview',
      operationId: 'previewSchedule',
      audit: 'harmless',
      summary: 'The occurrences of a schedule and what it means, or the error that creation would give',
      body: { schema: PreviewInputSchema, required: true },
      replies: { 200: { description: 'The next occurrences', schema: PreviewSchema } },
    },
    async (deps, { principal, body }) => {
      const { occurrences, description } = await previewSchedule(deps, principal, body);
      return { status: 200, body: { items: occurrences.map(toIso), description } };
    },
  ),
  route(
    'viewer',
    {
      method: 'GET',
      path: '/v1/handlers',
      operationId: 'listHandlers',
      summary: 'Registered handlers',
      query: PageQuery,
      replies: { 200: { description: 'A page of handlers, by name', schema: listOf(HandlerSchema) } },
    },
    ({ handlers }, { query }) => {
      const items = [...handlers.values()].map(({ name, description, payload }) => ({
        name,
        description,
        payload: z.toJSONSchema(payload, { io: 'input', unrepresentable: 'any' }),
      }));
      items.sort((a, b) => (a.name < b.name ? -1 : 1));
      return { status: 200, body: pageOfAll('handlers', items, ({ name }) => name, query) };
    },
  ),
  route(
    'viewer',
    {
      method: 'GET',
      path: '/v1/me',
      operationId: 'getMe',
      summary: 'Whom the API takes you for, and what you may do',
      replies: { 200: { description: 'The caller', schema: MeSchema } },
    },
    (_, { principal: { actor, tenant, role } }) => ({ status: 200, body: { actor, tenant, role } }),
  ),
  publicRoute(
    {
      method: 'GET',
      path: '/v1/health',
      operationId: 'getHealth',
      summary: 'Does it work, and when was the last tick',
      replies: {
        200: { description: 'It works', schema: HealthSchema },
        503: {
          description: 'The store does not answer',
          schema: HealthSchema,
          headers: ['Retry-After'],
        },
      },
    },
    health,
  ),
];

/** A store that is away is an answer, not an error. */
async function health({ heartbeat, clock, version, log }: ApiDeps): Promise<Reply> {
  try {
    const lastAt = await heartbeat.read();
    const tick =
      lastAt === undefined
        ? { lastAt: null, lagMs: null }
        : { lastAt: toIso(lastAt), lagMs: Math.max(0, clock.nowMs() - lastAt) };
    return { status: 200, body: { status: 'ok', version, tick } };
  } catch (error) {
    log.error('health: the store does not answer', {}, error);
    return {
      status: 503,
      headers: { 'retry-after': RETRY_AFTER_SECONDS },
      body: { status: 'unavailable', version, tick: { lastAt: null, lagMs: null } },
    };
  }
}
