import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import {
  BodyTooLargeError,
  ClientGoneError,
  closeServer,
  KEEP_ALIVE_MS,
  listen,
  readBody,
} from './http/server.ts';
import { LAMBDA, lambdaOperation } from './lambda/rest-path.ts';

/** The one loopback address behind which functions find every AWS service of the template. */
export interface AwsEndpoint {
  url: string;
  /** Until then every call is refused as a fault of the service, which SDKs try again. */
  serve(services: AwsServices): void;
  close(): Promise<void>;
}
export interface AwsServices {
  /** By the part of x-amz-target before the dot, such as DynamoDB_20120810. */
  [target: string]: (operation: string, input: unknown, call: AwsCall) => Promise<AwsReply>;
}
export interface AwsCall {
  /** Access key of the caller: the logical id of a function. */
  caller: string | undefined;
  /** Session token of the caller: which process of the function it is. */
  session?: string | undefined;
  /** Aborts when the caller hangs up. */
  signal: AbortSignal;
}
export interface AwsReply {
  statusCode: number;
  headers?: Record<string, string>;
  /** JSON text, or a value that becomes it. */
  body: unknown;
}

/** Above DynamoDB's largest request (16 MB) with its JSON around it. */
const MAX_BODY_BYTES = 32 * 1024 * 1024;

export async function openAwsEndpoint(warn: (line: string) => void): Promise<AwsEndpoint> {
  let services: AwsServices = {};
  // Node's own 5 s would close connections that an SDK is about to use again.
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) => {
    void answer(request, response, () => services, warn);
  });
  server.on('clientError', (_error, socket) => socket.destroy());
  const port = await listen(server, '127.0.0.1', 0);
  return {
    url: `http://127.0.0.1:${port}`,
    serve: (next) => {
      services = next;
    },
    close() {
      server.closeAllConnections();
      return closeServer(server);
    },
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  services: () => AwsServices,
  warn: (line: string) => void,
): Promise<void> {
  response.on('error', () => {});
  const target = String(request.headers['x-amz-target'] ?? '');
  try {
    const body = await readBody(request, MAX_BODY_BYTES);
    write(response, await dispatch(target, body, services(), request, response));
  } catch (error) {
    if (error instanceof ClientGoneError) return;
    if (error instanceof BodyTooLargeError)
      return write(response, fault(413, 'RequestEntityTooLarge', error.message));
    warn(`${target}: ${error instanceof Error ? error.stack : error}`);
    write(response, fault(500, 'InternalServerError', 'The embedded engine failed; see its output'));
  }
}

async function dispatch(
  target: string,
  body: Buffer,
  services: AwsServices,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<AwsReply> {
  const asked = target === '' ? restOperation(request) : jsonOperation(target);
  const serve = services[asked.service];
  if (!serve) return notServed(target || `${request.url}`, request, body);
  let input: unknown;
  try {
    input = JSON.parse(body.toString('utf8') || '{}');
  } catch {
    return fault(400, 'SerializationException', 'The request body is not JSON');
  }
  const caller = /Credential=([^/,\s]+)\//.exec(request.headers.authorization ?? '')?.[1];
  const gone = new AbortController();
  response.on('close', () => gone.abort());
  const session = request.headers['x-amz-security-token'];
  if (asked.parameters) input = { ...Object(input), ...asked.parameters };
  return serve(asked.operation, input, {
    caller,
    session: typeof session === 'string' ? session : undefined,
    signal: gone.signal,
  });
}

interface Asked {
  service: string;
  operation: string;
  /** What the address says of the input. */
  parameters?: Record<string, string>;
}

function jsonOperation(target: string): Asked {
  const [service = '', operation = ''] = target.split('.');
  return { service, operation };
}

function restOperation({ method = '', url = '' }: IncomingMessage): Asked {
  const asked = lambdaOperation(method, url);
  return asked ? { service: LAMBDA, ...asked } : { service: '', operation: '' };
}

/** In the words of the older protocol too, in which SNS is spoken. */
function notServed(what: string, request: IncomingMessage, body: Buffer): AwsReply {
  const code = 'UnknownOperationException';
  const text = (asked: string) => `The embedded engine does not serve "${asked}"`;
  if (request.headers['content-type']?.startsWith('application/x-www-form-urlencoded') !== true)
    return fault(400, code, text(what));
  const action = new URLSearchParams(body.toString()).get('Action')?.replaceAll(/\W/g, '') ?? '';
  return {
    statusCode: 400,
    headers: { 'content-type': 'text/xml' },
    body: `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${text(action)}</Message></Error></ErrorResponse>`,
  };
}

function fault(statusCode: number, type: string, message: string): AwsReply {
  return { statusCode, body: { __type: type, message } };
}

function write(response: ServerResponse, reply: AwsReply): void {
  if (response.headersSent || response.destroyed) return;
  const text = typeof reply.body === 'string' ? reply.body : JSON.stringify(reply.body);
  response.writeHead(reply.statusCode, {
    'content-type': 'application/x-amz-json-1.0',
    'x-amzn-requestid': randomUUID(),
    ...reply.headers,
    'content-length': Buffer.byteLength(text),
  });
  response.end(text);
}
