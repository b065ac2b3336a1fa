import * as z from 'zod';

export const RateLimitSchema = z.strictObject({
  requestsPerSecond: z.int().min(1).max(10_000),
  burst: z.int().min(1).max(5_000),
});
export type RouteLimits = Readonly<Record<string, z.output<typeof RateLimitSchema>>>;

/** Hundreds of writes a request. */
const HUNDREDS_OF_WRITES = { requestsPerSecond: 5, burst: 10 };
/** Many reads, or much to work out. */
const MUCH_WORK = { requestsPerSecond: 20, burst: 40 };

/** What costs many times as much as other requests: nobody takes all of the store, or of the functions, with them. */
export const ROUTE_LIMITS = {
  'POST /v1/tasks/{id}/backfill': HUNDREDS_OF_WRITES,
  'POST /v1/bulk': HUNDREDS_OF_WRITES,
  'POST /v1/queues/{name}/dead-letters/redrive': HUNDREDS_OF_WRITES,
  'POST /v1/queues/{name}/dead-letters/resolve': HUNDREDS_OF_WRITES,
  'POST /v1/queues/{name}/dead-letters/ignore': HUNDREDS_OF_WRITES,
  'POST /v1/queues/{name}/dead-letters/reopen': HUNDREDS_OF_WRITES,
  'POST /v1/queues/{name}/redrive': HUNDREDS_OF_WRITES,
  'POST /v1/queues/{name}/dead-letters/purge': HUNDREDS_OF_WRITES,
  'POST /v1/queues/{name}/purge': HUNDREDS_OF_WRITES,
  'POST /v1/schedules/preview': MUCH_WORK,
  'GET /v1/stats': MUCH_WORK,
  'GET /v1/metrics': MUCH_WORK,
  'GET /v1/queues/{name}/dead-letters/groups': MUCH_WORK,
  'GET /v1/queues': MUCH_WORK,
} satisfies RouteLimits;

/** Each has a statement in the function's policy, which holds 20 KB. */
const MAX_ROUTES = 40;
const ROUTE = /^(GET|POST|PUT|PATCH|DELETE) \/[\w./{}-]*$/;

export const RouteLimitsSchema = z
  .record(z.string().regex(ROUTE, 'expected method and path: GET /v1/tasks/{id}'), RateLimitSchema)
  .refine((routes) => Object.keys(routes).length <= MAX_ROUTES, `expected ${MAX_ROUTES} routes at most`)
  .readonly()
  .default(ROUTE_LIMITS);
