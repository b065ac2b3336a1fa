import * as z from 'zod';
import { type Problem, ProblemSchema } from '../../../shared/contract/problem.ts';
import type { ErrorCode } from '../../../shared/domain/errors.ts';
import { GATEWAY_PROBLEMS } from '../gateway-problems.ts';
import { STATUS } from '../problems.ts';
import type { DocumentedReply, Route } from '../route.ts';
import { EXAMPLE_DETAILS, problemCodes } from './documented-problems.ts';
import { exampleOf } from './examples.ts';
import type { JsonSchema, Schemas } from './schemas.ts';

type Responses = Record<string, unknown>;

/** API Gateway answers some requests itself, before anything of ours runs; the embedded engine with a problem document. */
const GatewaySchema = z
  .strictObject({ message: z.string() })
  .meta({ id: 'GatewayMessage', description: 'What the gateway says by itself.' });

interface ByTheGateway {
  code: string;
  title: string;
  detail: string;
  says: string;
  message: string;
}
const BY_THE_GATEWAY: Readonly<Record<number, ByTheGateway>> = Object.fromEntries(
  Object.entries(GATEWAY_PROBLEMS).flatMap(([code, { status, ...rest }]) =>
    'says' in rest ? [[status, { code, ...rest }]] : [],
  ),
);

export const answerHeaders = {
  RequestId: header('Leads to the log entries of this request.', { type: 'string' }, 'b1c6ffb2-4a3e-47d1'),
  ETag: header('The version, for If-Match.', { type: 'string', pattern: '^"\\d{1,15}"$' }, '"3"'),
  Location: header(
    'Where it is from now on.',
    { type: 'string', format: 'uri-reference' },
    '/v1/tasks/hello',
  ),
  RetryAfter: header('Seconds to wait before the next try.', { type: 'string', pattern: '^\\d+$' }, '2'),
  Allow: header('The methods of this path.', { type: 'string' }, 'GET, HEAD, POST'),
  WwwAuthenticate: header('The scheme of credentials.', { type: 'string', const: 'Bearer' }, 'Bearer'),
};
const NAMES = { RequestId: 'x-request-id', RetryAfter: 'Retry-After', WwwAuthenticate: 'WWW-Authenticate' };

function header(description: string, schema: JsonSchema, example: string) {
  return { description, required: true, schema, example };
}

const headers = (...names: (keyof typeof answerHeaders)[]) =>
  Object.fromEntries(
    ['RequestId' as const, ...names].map((name) => [
      name in NAMES ? NAMES[name as keyof typeof NAMES] : name,
      { $ref: `#/components/headers/${name}` },
    ]),
  );

/** Where the gateway may answer as well, what ours have is not promised. */
const headersBesides = (status: number) => ({
  'x-request-id': { ...answerHeaders.RequestId, required: false },
  ...(status === 429 || status === 503
    ? { 'Retry-After': { ...answerHeaders.RetryAfter, required: false } }
    : {}),
});

/** All answers of one operation. Refusals are shared: what is added to `shared` has the name that is referred to. */
export function responsesOf(route: Route, schemas: Schemas, shared: Responses): Responses {
  const replies = Object.entries(route.replies).map(([status, reply]) => [
    status,
    replyOf(Number(status), reply, schemas),
  ]);
  const codes = Map.groupBy(problemCodes(route), (code) => STATUS[code].status);
  const statuses = [...new Set([...codes.keys(), ...Object.keys(BY_THE_GATEWAY).map(Number)])];
  const refusals = statuses
    .filter((status) => !(status in route.replies))
    .map((status) => [String(status), refusal(status, codes.get(status) ?? [], schemas, shared)]);
  return Object.fromEntries([...replies, ...refusals]);
}

/** Answers to HEAD are those to GET without what follows the headers. */
export function withoutContent(responses: Responses, shared: Responses): Responses {
  return Object.fromEntries(
    Object.entries(responses).map(([status, response]) => {
      const { $ref, ...own } = response as { $ref?: string };
      const whole = $ref === undefined ? own : shared[$ref.replace('#/components/responses/', '')];
      const { content: _body, ...rest } = whole as { content?: unknown };
      return [status, rest];
    }),
  );
}

function replyOf(
  status: number,
  { description, schema, contentType, headers: own = [] }: DocumentedReply,
  schemas: Schemas,
) {
  const names = own.map((name) => (name === 'Retry-After' ? 'RetryAfter' : name));
  const common = { description, headers: headers(...names) };
  if (schema) {
    const refused = BY_THE_GATEWAY[status] ? problemContent(status, [], schemas) : {};
    return { ...common, content: { 'application/json': mediaOf(schema, 'output', schemas), ...refused } };
  }
  if (!contentType) return common;
  const content = contentType === 'application/json' ? { type: 'object' } : { type: 'string' };
  return { ...common, content: { [contentType]: { schema: content } } };
}

export function mediaOf(schema: z.ZodType, io: 'input' | 'output', schemas: Schemas) {
  const example = exampleOf(schema);
  return { schema: schemas.of(schema, io), ...(example === undefined ? {} : { example }) };
}

function refusal(status: number, codes: ErrorCode[], schemas: Schemas, shared: Responses) {
  const name = nameOf(status, codes);
  shared[name] ??= {
    description: described(status, codes),
    headers: BY_THE_GATEWAY[status] ? headersBesides(status) : headers(...headersOf(codes)),
    content: {
      ...problemContent(status, codes, schemas),
      ...gatewayContent(status, schemas),
    },
  };
  return { $ref: `#/components/responses/${name}` };
}

const nameOf = (status: number, codes: ErrorCode[]): string => {
  if (codes.length === 0) return status === 500 ? 'Internal' : `Gateway${status}`;
  const words = codes.map((code) => code.replaceAll(/(?:^|-)([a-z])/g, (_, letter) => letter.toUpperCase()));
  return words.join('Or');
};

function described(status: number, codes: ErrorCode[]): string {
  const titles = codes.map((code) => STATUS[code].title);
  const gateway = BY_THE_GATEWAY[status];
  const own = titles.length > 0 ? titles.join(', or: ') : status === 500 ? (gateway?.title ?? '') : '';
  if (!gateway) return `${own}.`;
  return own === '' ? `By the gateway: ${gateway.says}.` : `${own}. By the gateway: ${gateway.says}.`;
}

function problemContent(status: number, codes: ErrorCode[], schemas: Schemas) {
  const gateway = BY_THE_GATEWAY[status];
  const known: Pick<Problem, 'code' | 'title' | 'detail' | 'errors'>[] = codes.map((code) => ({
    ...exampleProblem(code),
    code,
  }));
  if (gateway && !known.some(({ code }) => code === gateway.code)) {
    const { code, title, detail } = gateway;
    known.push({ code, title, detail });
  }
  const schema = {
    ...schemas.of(ProblemSchema, 'output'),
    properties: { status: { const: status }, code: { enum: known.map(({ code }) => code) } },
  };
  const examples = known.map(({ code, title, detail, ...rest }) => {
    const value = { type: `urn:escapement:problem:${code}`, title, status, detail, code, ...rest };
    return [code, { summary: title, value: { ...value, requestId: answerHeaders.RequestId.example } }];
  });
  return { 'application/problem+json': { schema, examples: Object.fromEntries(examples) } };
}

const exampleProblem = (code: ErrorCode) => ({
  title: STATUS[code].title,
  detail: EXAMPLE_DETAILS[code],
  ...(code === 'validation-failed' ? { errors: [{ path: 'schedule.kind', message: 'required' }] } : {}),
});

function gatewayContent(status: number, schemas: Schemas) {
  const gateway = BY_THE_GATEWAY[status];
  if (!gateway) return {};
  const schema = schemas.of(GatewaySchema, 'output');
  return { 'application/json': { schema, example: { message: gateway.message } } };
}

function headersOf(codes: ErrorCode[]): ('Allow' | 'WwwAuthenticate')[] {
  if (codes.includes('method-not-allowed')) return ['Allow'];
  return codes.includes('unauthenticated') ? ['WwwAuthenticate'] : [];
}
