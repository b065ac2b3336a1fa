import * as z from 'zod';
import { isObject } from '../../shared/contract/merge-patch.ts';
import { parseAll } from '../../shared/contract/problems.ts';
import { type ErrorCode, SchedulerError } from '../../shared/domain/errors.ts';
import { isAtLeast, type Principal, ROOT, type Role } from '../../shared/domain/principal.ts';
import type { ApiDeps } from './deps.ts';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** One request after transport: text and bytes are decoded, nothing is validated. */
export interface RawRequest {
  principal: Principal | undefined;
  params: Readonly<Record<string, string>>;
  query: Readonly<Record<string, string>>;
  /** Lower-case names. */
  headers: Readonly<Record<string, string | undefined>>;
  /** Parsed JSON of an object, or undefined when there was no body. */
  body: Record<string, unknown> | undefined;
  /** The caller is told it as well. */
  requestId: string;
}

export interface Reply {
  status: number;
  /** JSON, or text when the headers name another content type. */
  body?: unknown;
  headers?: Readonly<Record<string, string>>;
  /** For the audit trail, where the use case knows: false when it was done already, or nothing was there to do. */
  changed?: boolean;
}

/** What the audit trail calls a change. */
export interface Audited {
  /** `task.pause` */
  action: `${string}.${string}`;
  /**
   * Its path without /v1/. Parameters are those of the path, or of the answer. What `GET` shows at it is how it was
   * before.
   */
  resource: string;
  /** `outcome`: the answer tells what was done, instead of how the resource is now. */
  answers?: 'outcome';
}

/**
 * Whoever may change something says what the audit trail calls it. `harmless`: it changes nothing, or only tells that
 * somebody is still at work.
 */
type Documented = Described &
  ({ method: 'GET' } | { method: Exclude<Method, 'GET'>; audit: Audited | 'harmless' });

interface Described {
  path: `/${string}`;
  operationId: string;
  summary: string;
  /** Request headers that mean something, by name. */
  headers?: Readonly<Record<string, string>>;
  replies: Readonly<Record<number, DocumentedReply>>;
  /** What it refuses with beyond what follows from the rest of the line (documented-problems.ts). */
  refuses?: readonly ErrorCode[];
}

export interface DocumentedReply {
  description: string;
  schema?: z.ZodType;
  contentType?: string;
  /** That this answer always has, besides those of all answers. */
  headers?: readonly ('ETag' | 'Location' | 'Retry-After')[];
}

type Spec<Q extends z.ZodType, B extends z.ZodType> = Documented & {
  query?: Q;
  body?: {
    schema: B;
    required: boolean;
    contentTypes?: readonly string[];
    /** The use case checks the body, and says more than the schema could; the schema documents it. */
    checkedByUseCase?: boolean;
  };
};

export interface Request<Q, B> {
  principal: Principal;
  params: Readonly<Record<string, string>>;
  query: Q;
  headers: RawRequest['headers'];
  body: B;
  requestId: string;
}

/** Goes around what a request does, once it is known who asks and that the form is right. */
export type Around = (
  principal: Principal,
  request: { query: unknown; body: unknown },
  run: () => Promise<Reply> | Reply,
) => Promise<Reply>;
const plainly: Around = async (_principal, _request, run) => run();

/** A line of the table: routing, authorization, validation, documentation and audit all follow from it. */
export type Route = Documented & {
  /** `root`: an admin of the tenant root. `token`: what the body holds decides, whoever sends it. */
  role: Role | 'root' | 'none' | 'token';
  query?: z.ZodType;
  body?: { schema: z.ZodType; required: boolean; contentTypes: readonly string[] };
  handle(deps: ApiDeps, request: RawRequest, around?: Around): Promise<Reply>;
};

const JSON_ONLY = ['application/json'];
const NoQuery = z.strictObject({});
const NoBody = z.strictObject({});

export function route<Q extends z.ZodType = typeof NoQuery, B extends z.ZodType = typeof NoBody>(
  role: Role | 'root',
  spec: Spec<Q, B>,
  run: (deps: ApiDeps, request: Request<z.output<Q>, z.output<B>>) => Promise<Reply> | Reply,
): Route {
  const { body, query, ...documented } = spec;
  return {
    ...documented,
    role,
    ...(query ? { query } : {}),
    ...(body ? { body: { ...body, contentTypes: body.contentTypes ?? JSON_ONLY } } : {}),
    async handle(deps, raw, around = plainly) {
      const principal = authorized(raw.principal, role);
      const given = body?.required ? requireBody(raw) : (raw.body ?? {});
      const request: Request<unknown, unknown> = {
        principal,
        params: raw.params,
        headers: raw.headers,
        requestId: raw.requestId,
        query: valid(query ?? NoQuery, raw.query, 'query'),
        body: body?.checkedByUseCase ? given : valid(body?.schema ?? NoBody, given, 'body'),
      };
      return around(principal, request, () => run(deps, request as Request<z.output<Q>, z.output<B>>));
    },
  };
}

/** Needs no credential and says nothing about any tenant. */
export const publicRoute = (spec: Documented, run: (deps: ApiDeps) => Promise<Reply> | Reply): Route => ({
  ...spec,
  role: 'none',
  handle: async (deps) => run(deps),
});

/** For somebody outside who holds a token for one thing and no credential; the use case knows the token. */
export const tokenRoute = <B extends z.ZodType<{ token: string }>>(
  spec: Documented & { body: B },
  holder: (deps: ApiDeps, id: string, token: string) => Promise<Principal>,
  run: (deps: ApiDeps, id: string, body: z.output<B>, requestId: string) => Promise<Reply>,
): Route => ({
  ...spec,
  role: 'token',
  body: { schema: spec.body, required: true, contentTypes: JSON_ONLY },
  async handle(deps, raw, around) {
    const query = valid(NoQuery, raw.query, 'query');
    const body = valid(spec.body, requireBody(raw), 'body') as z.output<B>;
    const id = raw.params.id ?? '';
    const answer = () => run(deps, id, body, raw.requestId);
    return around ? around(await holder(deps, id, body.token), { query, body }, answer) : answer();
  },
});

function requireBody({ body }: RawRequest): Record<string, unknown> {
  if (body !== undefined) return body;
  const reason = 'the body is empty';
  throw new SchedulerError('malformed-json', 'This request needs a JSON object as its body', { reason });
}

/** Default-deny: no principal, no way in. */
function authorized(principal: Principal | undefined, role: Role | 'root'): Principal {
  if (!principal) throw unauthenticated();
  if (isAtLeast(principal.role, role === 'root' ? 'admin' : role)) {
    if (role !== 'root' || principal.tenant === ROOT) return principal;
    throw new SchedulerError('forbidden', `This needs an admin of the tenant ${ROOT}`, { required: role });
  }
  throw new SchedulerError('forbidden', `This ${needed(role)}; yours is ${principal.role}`, {
    required: role,
  });
}

/** What an endpoint asks for, in words: of the refusal and of the description. */
export const needed = (role: Role | 'root'): string =>
  role === 'root' ? `needs the role admin of the tenant ${ROOT}` : `needs the role ${role}`;

export const unauthenticated = () =>
  new SchedulerError('unauthenticated', 'A valid credential is needed: Authorization: Bearer <token>', {
    reason: 'no or bad credential',
  });

function valid(schema: z.ZodType, value: unknown, what: 'query' | 'body'): unknown {
  const parsed = parseAll(schema, value);
  if (parsed.ok) return parsed.value;
  const errors = parsed.errors.map((problem) =>
    what === 'query' && problem.message === 'unknown field'
      ? { ...problem, message: 'unknown query parameter' }
      : problem,
  );
  throw new SchedulerError('validation-failed', `The ${what} is not valid: see errors`, { errors });
}

export const requireObject = (value: unknown): Record<string, unknown> => {
  if (isObject(value)) return value;
  throw new SchedulerError('malformed-json', 'The body must be a JSON object', { reason: 'not an object' });
};
