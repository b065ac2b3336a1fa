import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import * as z from 'zod';
import { parseJson } from '../../shared/contract/json-body.ts';
import { SchedulerError } from '../../shared/domain/errors.ts';
import { MAX_BODY_BYTES } from '../../shared/domain/limits.ts';
import type { Principal } from '../../shared/domain/principal.ts';
import { requireObject } from './route.ts';

/** What is read out of an API Gateway event (payload format 2.0). Nothing in it is believed but the context. */

const texts = z.record(z.string(), z.string().optional().catch(undefined)).catch({});
const HttpSchema = z.looseObject({
  method: z.string().min(1).catch('NONE'),
  path: z.string().min(1).catch('/'),
});
const ContextSchema = z.looseObject({
  requestId: z.string().catch(''),
  http: HttpSchema.catch(HttpSchema.parse({})),
});
const EventSchema = z.looseObject({
  version: z.literal('2.0').catch('2.0'),
  rawPath: z.string().catch(''),
  rawQueryString: z.string().catch(''),
  headers: texts,
  pathParameters: texts,
  body: z.string().optional().catch(undefined),
  isBase64Encoded: z.boolean().catch(false),
  requestContext: ContextSchema.catch(ContextSchema.parse({})),
});
const NOBODY = EventSchema.parse({});

/** Whoever invokes the function past the gateway may leave out what it always sends: then nobody asks, for nothing. */
export const soundEvent = (event: unknown): APIGatewayProxyEventV2 =>
  // Whatever of it is read is there, as just checked.
  EventSchema.catch(NOBODY).parse(event) as unknown as APIGatewayProxyEventV2;

/** Strings, because that is all that a simple authorizer response can carry. */
const AuthorizerContext = z.object({
  authenticated: z.literal('true'),
  tenant: z.string().min(1),
  role: z.enum(['viewer', 'operator', 'admin']),
  actor: z.string().min(1),
});
const WithAuthorizer = z.object({ authorizer: z.object({ lambda: AuthorizerContext }) });

const AuthorizerAway = z.object({
  authorizer: z.object({ lambda: z.object({ unavailable: z.literal('true') }) }),
});

/** undefined unless the authorizer says so in every particular. */
export function principalOf(event: APIGatewayProxyEventV2): Principal | undefined {
  const parsed = WithAuthorizer.safeParse(event.requestContext);
  if (!parsed.success) {
    if (!AuthorizerAway.safeParse(event.requestContext).success) return undefined;
    const details = { retryAfterSeconds: 2, service: 'authorizer' };
    throw new SchedulerError('unavailable', 'Credentials cannot be checked at the moment', details);
  }
  const { tenant, role, actor } = parsed.data.authorizer.lambda;
  return { tenant, role, actor };
}

export function queryOf(event: APIGatewayProxyEventV2): Record<string, string> {
  const query = new Map<string, string>();
  const repeated = new Set<string>();
  for (const [name, value] of new URLSearchParams(event.rawQueryString ?? '')) {
    if (query.has(name)) repeated.add(name);
    query.set(name, value);
  }
  if (repeated.size === 0) return Object.fromEntries(query);
  const errors = [...repeated].map((path) => ({ path, message: 'given more than once' }));
  throw new SchedulerError('validation-failed', 'The query is not valid: see errors', { errors });
}

/** Path parameters as text; what does not decode stays as it is and then names nothing. */
export function decodeParams(params: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(params).map(([name, value = '']) => {
      try {
        return [name, decodeURIComponent(value)];
      } catch {
        return [name, value];
      }
    }),
  );
}

/** undefined when there is none. Checked in this order: size, content type, UTF-8, JSON, object. */
export function bodyOf(
  event: APIGatewayProxyEventV2,
  headers: Readonly<Record<string, string | undefined>>,
  contentTypes: readonly string[],
): Record<string, unknown> | undefined {
  const bytes = Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8');
  if (bytes.length === 0) return undefined;
  if (bytes.length > MAX_BODY_BYTES) {
    const message = `The body may have ${MAX_BODY_BYTES} bytes at most`;
    throw new SchedulerError('payload-too-large', message, { limitBytes: MAX_BODY_BYTES });
  }
  requireContentType(headers['content-type'], contentTypes);
  return requireObject(parseJson(utf8(bytes)));
}

/** A body without a content type is taken for what is expected. */
function requireContentType(header: string | undefined, accepted: readonly string[]): void {
  if (header === undefined) return;
  const [type = '', ...parameters] = header
    .toLowerCase()
    .split(';')
    .map((part) => part.trim());
  const charset = parameters.find((parameter) => parameter.startsWith('charset='));
  const readable = charset === undefined || /^charset="?(utf-8|us-ascii)"?$/.test(charset);
  if (accepted.includes(type) && readable) return;
  throw new SchedulerError('unsupported-media-type', `Send the body as ${accepted.join(' or ')}, in UTF-8`, {
    contentType: header,
  });
}

function utf8(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    const reason = 'not UTF-8';
    throw new SchedulerError('malformed-json', 'The body is not UTF-8', { reason }, error);
  }
}
