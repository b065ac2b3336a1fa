import { randomUUID } from 'node:crypto';
import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
  STATUS_CODES,
} from 'node:http';
import type { GatewayCode } from '../../../functions/api/gateway-problems.ts';
import type { HttpFront } from './front.ts';
import { gatewayProblem } from './gateway-problem.ts';
import type { HttpReply } from './response.ts';

/** The port that people speak to. It is open before the API is ready, and says so, so that a busy port shows at once. */
export interface HttpServer {
  url: string;
  serve(front: HttpFront): void;
  /** Takes no more connections; resolves when the requests under way are answered. */
  close(): Promise<void>;
}
export interface HttpServerOptions {
  host: string;
  port: number;
  warn(line: string): void;
}

/** API Gateway's limits: docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html */
const MAX_BODY_BYTES = 10 * 1024 * 1024;
const MAX_HEADER_BYTES = 10_240;
/** Longer than load balancers and SDKs keep an idle connection, so that it is they who end it. */
export const KEEP_ALIVE_MS = 120_000;
const REQUEST_TIMEOUT_MS = 60_000;
const MAX_CONNECTIONS = 1_000;

export class BodyTooLargeError extends Error {}
export class ClientGoneError extends Error {}

export async function openHttpServer({ host, port, warn }: HttpServerOptions): Promise<HttpServer> {
  let front: HttpFront | undefined;
  const server = createServer({
    keepAliveTimeout: KEEP_ALIVE_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    maxHeaderSize: MAX_HEADER_BYTES,
    // Node would answer a missing one itself, without a word.
    requireHostHeader: false,
  });
  server.maxConnections = MAX_CONNECTIONS;
  server.on('request', (request, response) => {
    handle(request, response).catch((error: unknown) => {
      warn(`HTTP ${request.method} ${request.url}: ${error instanceof Error ? error.stack : error}`);
      write(response, gatewayProblem('internal', randomUUID()));
    });
  });
  // Anything that is not HTTP is told so, and the connection is over.
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    if (!socket.writable || error.code === 'ECONNRESET') return void socket.destroy();
    socket.end(asBytes(gatewayProblem(WRONG[error.code ?? ''] ?? 'bad-request', randomUUID())));
  });
  server.on('checkExpectation', (_request, response) =>
    write(response, gatewayProblem('bad-request', randomUUID(), { connection: 'close' })),
  );
  server.on('upgrade', (_request, socket) => socket.destroy());
  server.on('connect', (_request, socket) => socket.destroy());

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    request.on('error', () => {}); // a client that went away: its answer goes nowhere, nothing else happens
    response.on('error', () => {});
    if (request.headers.host === undefined && request.httpVersion === '1.1') {
      request.resume();
      return write(response, gatewayProblem('bad-request', randomUUID(), { connection: 'close' }));
    }
    if (!front) {
      request.resume();
      return write(response, gatewayProblem('unavailable', randomUUID(), { 'retry-after': '1' }));
    }
    try {
      const reply = await front(request, () => readBody(request, MAX_BODY_BYTES));
      write(response, reply, !server.listening);
    } catch (error) {
      if (error instanceof ClientGoneError) return;
      if (!(error instanceof BodyTooLargeError)) throw error;
      write(response, gatewayProblem('payload-too-large', randomUUID(), { connection: 'close' }));
    }
  }

  const actualPort = await listen(server, host, port);
  return {
    url: `http://${urlHost(host)}:${actualPort}`,
    serve: (next) => {
      front = next;
    },
    close: () => closeServer(server),
  };
}

/** Resolves with the port, which the system chose when 0 was asked for. */
export function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      server.on('error', () => {}); // e.g. out of file descriptors: the next accept succeeds again
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}

export function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
  });
}

/** Whole body, or an error as soon as it is longer than allowed. */
export function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= maxBytes) return void chunks.push(chunk);
      chunks.length = 0; // what still comes is read and thrown away, so that the client gets to read the answer
      reject(new BodyTooLargeError(`over ${maxBytes} bytes`));
    });
    request.on('end', () => resolve(Buffer.concat(chunks)));
    request.on('error', () => reject(new ClientGoneError()));
    request.on('close', () => reject(new ClientGoneError()));
  });
}

/** Of Node's parser; anything else is no HTTP. */
const WRONG: Record<string, GatewayCode> = {
  HPE_HEADER_OVERFLOW: 'headers-too-large',
  ERR_HTTP_REQUEST_TIMEOUT: 'request-timeout',
};

/** For a connection that Node has given up. */
function asBytes({ statusCode, headers, body }: HttpReply): Buffer {
  const all = { ...headers, connection: 'close', 'content-length': String(body.length) };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`);
  const head = [`HTTP/1.1 ${statusCode} ${STATUS_CODES[statusCode]}`, ...lines, '', ''].join('\r\n');
  return Buffer.concat([Buffer.from(head), body]);
}

function write(response: ServerResponse, reply: HttpReply, isLast = false): void {
  if (response.headersSent || response.destroyed) return;
  // A connection kept alive would hold up the end of the server for as long as its client likes.
  if (isLast) response.setHeader('connection', 'close');
  if (reply.stream) {
    response.writeHead(reply.statusCode, reply.headers);
    reply.stream(response);
    return;
  }
  const bodiless = reply.statusCode === 204 || reply.statusCode === 304;
  const length = bodiless ? {} : { 'content-length': reply.body.length };
  response.writeHead(reply.statusCode, { ...reply.headers, ...length });
  response.end(reply.body);
}

/** Where a browser on this machine finds a server that listens there. */
function urlHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') return 'localhost';
  return host.includes(':') ? `[${host}]` : host;
}
