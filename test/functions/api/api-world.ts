import type { APIGatewayProxyEventV2, Context } from 'aws-lambda';
import handlers from '#handlers';
import { makeApiHandler } from '../../../functions/api/app.ts';
import { openApiDocument } from '../../../functions/api/openapi.ts';
import { routes } from '../../../functions/api/routes.ts';
import { makeRegistry } from '../../../shared/contract/handler.ts';
import { ProblemSchema } from '../../../shared/contract/problem.ts';
import { type AllowedTargets, NO_TARGETS } from '../../../shared/domain/allowed-targets.ts';
import type { RetryPolicy } from '../../../shared/domain/task.ts';
import { countingEnds, makeEndCounter, NO_COUNTER } from '../../../shared/usecases/stats/count-ends.ts';
import { makeMemoryWorld } from '../../support/memory-world.ts';
import { type GivenAnswer, makeContract } from '../../support/openapi.ts';

const retry: RetryPolicy = {
  strategy: 'exponential',
  limit: 5,
  baseSeconds: 10,
  maxSeconds: 3600,
  jitter: 'none',
};
export const queueDefaults = {
  high: { priority: 10, workers: 20, timeoutSeconds: 60, retry },
  default: { priority: 5, workers: 20, timeoutSeconds: 60, retry },
  low: { priority: 1, workers: 5, timeoutSeconds: 300, retry: { ...retry, limit: 2 } },
};

const DAY_MS = 86_400_000;

export interface Call {
  method?: string;
  path: string;
  query?: string;
  /** Serialized as JSON unless it is text. */
  body?: unknown;
  base64?: boolean;
  headers?: Record<string, string>;
  /** null: nobody. */
  role?: 'viewer' | 'operator' | 'admin' | null;
  tenant?: string;
  /** What the authorizer says, in place of role and tenant. */
  context?: Record<string, string>;
}
export interface Answer {
  status: number;
  headers: Record<string, string>;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into whatever comes back
  body: any;
}

export const TASK = {
  name: 'Nightly report',
  handler: 'demo.echo',
  schedule: { kind: 'cron', expressions: ['0 2 * * *'] },
};

/** The API over memory ports; every answer is checked against the description of the API. */
export function makeApiWorld({
  targets = {},
  counts = true,
}: {
  targets?: Partial<AllowedTargets>;
  counts?: boolean;
} = {}) {
  const memory = makeMemoryWorld();
  const ends = counts ? makeEndCounter(memory) : NO_COUNTER;
  const world = { ...memory, ends, executions: countingEnds(memory.executions, ends) };
  const { stats, ...withoutStats } = world;
  const since = { createdAt: 0, createdBy: 'token:test', updatedAt: 0, tasks: 0 };
  for (const id of ['acme', 'other']) world.tables.tenants.set(id, { id, ...since });
  const handler = makeApiHandler({
    ...withoutStats,
    ...(counts && { stats, statsKept: { minute: 2 * DAY_MS, hour: 35 * DAY_MS, day: 400 * DAY_MS } }),
    handlers: makeRegistry(handlers),
    queueDefaults,
    targets: { ...NO_TARGETS, ...targets },
    shards: 4,
    retentionMs: 30 * 86_400_000,
    version: '0.1.0',
  });
  let calls = 0;

  /** As it is, whatever it is. */
  async function exchange(request: Call): Promise<GivenAnswer> {
    const event = eventOf(request, `request-${++calls}`);
    const result = await handler(event, {} as Context);
    const text = typeof result.body === 'string' ? result.body : '';
    const headers = Object.fromEntries(
      Object.entries(result.headers ?? {}).map(([name, value]) => [name.toLowerCase(), String(value)]),
    );
    return { status: result.statusCode ?? 0, headers, text };
  }
  async function call(request: Call): Promise<Answer> {
    const given = await exchange(request);
    const { status, headers, text } = given;
    checkAnswer(request, given);
    const isJson = /json/.test(headers['content-type'] ?? '');
    return { status, headers, body: isJson && text !== '' ? JSON.parse(text) : text };
  }
  const create = async (task: object = {}) => {
    const made = await call({ method: 'POST', path: '/v1/tasks', body: { ...TASK, ...task } });
    if (made.status !== 201) throw new Error(`not created: ${JSON.stringify(made.body)}`);
    return made.body;
  };
  return { ...world, handler, exchange, call, create };
}
export type ApiWorld = ReturnType<typeof makeApiWorld>;

const contract = makeContract(JSON.parse(JSON.stringify(openApiDocument(routes, '0.1.0'))));

/** Every answer of every test is one that the served description tells of. */
function checkAnswer({ method = 'GET', path }: Call, answer: GivenAnswer): void {
  const { status, headers, text } = answer;
  if (headers['x-content-type-options'] !== 'nosniff') throw new Error('security headers are missing');
  const operation = contract.operationAt(method, path);
  const faults = operation ? contract.faultsOf(operation, answer) : [];
  if (faults.length > 0) throw new Error(`${method} ${path}: ${status} ${text}: ${faults.join('; ')}`);
  if (status < 400 || method === 'HEAD' || (status === 503 && path === '/v1/health')) return;
  const problem = ProblemSchema.parse(JSON.parse(text));
  if (problem.status !== status || problem.requestId !== headers['x-request-id'])
    throw new Error(`the problem does not fit its answer: ${text}`);
}

export function eventOf(request: Call, requestId: string): APIGatewayProxyEventV2 {
  const { method = 'GET', path, query = '', body, role = 'admin', tenant = 'root' } = request;
  const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
  const lambda =
    request.context ??
    (role === null
      ? { authenticated: 'false' }
      : { authenticated: 'true', tenant, role, actor: 'token:test' });
  const requestContext = {
    accountId: '0',
    apiId: 'api',
    authorizer: { lambda },
    domainName: 'localhost',
    domainPrefix: 'api',
    http: { method, path, protocol: 'HTTP/1.1', sourceIp: '127.0.0.1', userAgent: 'test' },
    requestId,
    routeKey: 'ANY /{proxy+}',
    stage: '$default',
    time: '',
    timeEpoch: 0,
  };
  return {
    version: '2.0',
    routeKey: 'ANY /{proxy+}',
    rawPath: path,
    rawQueryString: query,
    headers: { ...(text === undefined ? {} : { 'Content-Type': 'application/json' }), ...request.headers },
    pathParameters: { proxy: path.slice(1) },
    requestContext,
    isBase64Encoded: request.base64 ?? false,
    ...(text === undefined ? {} : { body: request.base64 ? Buffer.from(text).toString('base64') : text }),
  };
}
