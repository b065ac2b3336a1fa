import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { ACCOUNT_ID } from '../template/resource-types.ts';

/** What the two events of payload format 2.0 (integration and authorizer) have in common. */
export interface HttpCall {
  method: string;
  /** Decoded, as an HTTP API hands it on; without the stage. */
  path: string;
  rawPath: string;
  rawQueryString: string;
  queryStringParameters: Record<string, string> | undefined;
  headers: Record<string, string>;
  cookies: string[] | undefined;
  requestId: string;
  receivedAt: number;
  sourceIp: string;
  protocol: string;
}
export interface ApiIdentity {
  apiId: string;
  stage: string;
  stageVariables: Record<string, string> | undefined;
}

/** undefined when the request line cannot be understood; 'elsewhere' when its path is not of this stage. */
export function readCall(
  request: IncomingMessage,
  stage: string,
  receivedAt: number,
): HttpCall | 'elsewhere' | undefined {
  const target = request.url ?? '/';
  if (!target.startsWith('/')) return undefined; // absolute-form and asterisk-form are for proxies
  const question = target.indexOf('?');
  const encodedPath = question < 0 ? target : target.slice(0, question);
  const rawQueryString = question < 0 ? '' : target.slice(question + 1);
  const rawPath = decode(encodedPath);
  if (rawPath === undefined) return undefined;
  const prefix = stage === '$default' ? '' : `/${stage}`;
  if (rawPath !== prefix && !rawPath.startsWith(`${prefix}/`)) return 'elsewhere';
  return {
    method: request.method ?? 'GET',
    path: rawPath.slice(prefix.length) || '/',
    rawPath,
    rawQueryString,
    queryStringParameters: readQuery(rawQueryString),
    ...readHeaders(request.rawHeaders),
    requestId: randomUUID(),
    receivedAt,
    sourceIp: request.socket.remoteAddress ?? '127.0.0.1',
    protocol: `HTTP/${request.httpVersion}`,
  };
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

/** Values of a repeated name are joined by commas. */
function readQuery(raw: string): Record<string, string> | undefined {
  if (raw === '') return undefined;
  const joined = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(raw)) {
    const before = joined.get(name);
    joined.set(name, before === undefined ? value : `${before},${value}`);
  }
  return Object.fromEntries(joined);
}

/** Names in lower case, repeated headers joined by commas, cookies apart. */
function readHeaders(raw: string[]): Pick<HttpCall, 'headers' | 'cookies'> {
  const joined = new Map<string, string>();
  const cookies: string[] = [];
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = (raw[i] ?? '').toLowerCase();
    const value = raw[i + 1] ?? '';
    if (name === 'cookie') {
      cookies.push(
        ...value
          .split(';')
          .map((cookie) => cookie.trim())
          .filter(Boolean),
      );
      continue;
    }
    const before = joined.get(name);
    joined.set(name, before === undefined ? value : `${before},${value}`);
  }
  return { headers: Object.fromEntries(joined), cookies: cookies.length > 0 ? cookies : undefined };
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** 12/Mar/2026:19:03:58 +0000, as access logs write it. */
function logTime(at: number): string {
  const iso = new Date(at).toISOString();
  return `${iso.slice(8, 10)}/${MONTHS[Number(iso.slice(5, 7)) - 1]}/${iso.slice(0, 4)}:${iso.slice(11, 19)} +0000`;
}

/** Fields of both events, of API Gateway's payload format 2.0. */
export function commonEvent(
  call: HttpCall,
  api: ApiIdentity,
  routeKey: string,
  pathParameters: Record<string, string> | undefined,
) {
  const host = call.headers.host ?? 'localhost';
  return {
    version: '2.0',
    routeKey,
    rawPath: call.rawPath,
    rawQueryString: call.rawQueryString,
    ...(call.cookies && { cookies: call.cookies }),
    headers: call.headers,
    ...(call.queryStringParameters && { queryStringParameters: call.queryStringParameters }),
    ...(pathParameters && { pathParameters }),
    ...(api.stageVariables && { stageVariables: api.stageVariables }),
    requestContext: {
      accountId: ACCOUNT_ID,
      apiId: api.apiId,
      domainName: host,
      domainPrefix: host.split('.')[0] ?? host,
      http: {
        method: call.method,
        path: call.rawPath,
        protocol: call.protocol,
        sourceIp: call.sourceIp,
        userAgent: call.headers['user-agent'] ?? '',
      },
      requestId: call.requestId,
      routeKey,
      stage: api.stage,
      time: logTime(call.receivedAt),
      timeEpoch: call.receivedAt,
    },
  };
}

/** What is text by its content type goes as it is; everything else as base64. */
export function encodeBody(body: Buffer, headers: Record<string, string>) {
  if (body.length === 0) return { isBase64Encoded: false };
  const type = (headers['content-type'] ?? '').toLowerCase();
  const encoded = (headers['content-encoding'] ?? 'identity') !== 'identity';
  const isText = /^(text\/|application\/(.*\+)?(json|xml|javascript|x-www-form-urlencoded))/.test(type);
  if (isText && !encoded) return { body: body.toString('utf8'), isBase64Encoded: false };
  return { body: body.toString('base64'), isBase64Encoded: true };
}
