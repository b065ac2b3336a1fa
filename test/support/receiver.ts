import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createTlsServer } from 'node:https';

/** A webhook receiver on this machine that keeps what it gets. */
export interface Receiver {
  port: number;
  /** On 127.0.0.1, without TLS. */
  url: string;
  received: Received[];
  /** Connections that were ever made to it. */
  connections(): number;
  /** How many are open now. */
  open(): number;
  close(): Promise<void>;
}
export interface Received {
  method: string;
  path: string;
  headers: Record<string, string>;
  body: string;
}
export type Answer = (response: ServerResponse, request: Received, index: number) => void;

export async function openReceiver(
  answer: Answer = (response) => response.end(),
  tls?: { key: string; cert: string },
): Promise<Receiver> {
  const received: Received[] = [];
  let made = 0;
  let open = 0;
  const listener: RequestListener = (request, response) => {
    void readText(request).then((body) => {
      const headers = Object.entries(request.headers).map(([name, value]) => [name, String(value)]);
      const got = {
        method: request.method ?? '',
        path: request.url ?? '',
        headers: Object.fromEntries(headers),
        body,
      };
      received.push(got);
      response.on('error', () => {});
      answer(response, got, received.length);
    });
  };
  const server: Server = tls ? createTlsServer(tls, listener) : createServer(listener);
  server.on('connection', (socket) => {
    made += 1;
    open += 1;
    socket.on('close', () => {
      open -= 1;
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    received,
    connections: () => made,
    open: () => open,
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString();
}
