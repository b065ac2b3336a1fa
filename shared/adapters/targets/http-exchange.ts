import { lookup } from 'node:dns/promises';
import * as http from 'node:http';
import * as https from 'node:https';
import type { LookupFunction } from 'node:net';
import { type AddressAllowance, isReachable, literalAddress } from '../../domain/public-address.ts';

export interface HttpRequest {
  url: URL;
  method: string;
  headers: Record<string, string>;
  body: string | undefined;
}
export interface HttpReply {
  status: number;
  headers: http.IncomingHttpHeaders;
  /** Its beginning, when there is more than was asked for. */
  body: Buffer;
  isWhole: boolean;
}
export interface Addresses {
  address: string;
  family: number;
}
export type Resolve = (hostname: string) => Promise<Addresses[]>;

export interface ExchangeOptions {
  allowance: AddressAllowance;
  signal: AbortSignal;
  maxBodyBytes: number;
  resolve?: Resolve | undefined;
  /** Certificates to trust instead of those that Node brings. */
  ca?: string | undefined;
}

/** The host is, or has come to be, where no target may be. */
export class AddressRefusedError extends Error {
  override name = 'AddressRefused';
}

const MAX_HEADER_BYTES = 16 * 1024;
const systemResolve: Resolve = (hostname) => lookup(hostname, { all: true });

/**
 * One request over a connection of its own. The name is resolved once, by the connection itself, which goes only to
 * addresses that were just checked: a resolver that changes its mind changes nothing. Redirects are answers like any
 * other. Rejects when there is no answer.
 */
export function exchange(request: HttpRequest, options: ExchangeOptions): Promise<HttpReply> {
  const { url, method, headers, body } = request;
  const { allowance, signal, ca } = options;
  const literal = literalAddress(url.hostname);
  if (literal !== undefined && !isReachable(literal, allowance)) return Promise.reject(refusal(literal));
  const send = url.protocol === 'https:' ? https.request : http.request;
  return new Promise((resolve, reject) => {
    const outgoing = send(url, {
      method,
      headers,
      agent: false,
      signal,
      lookup: guarded(options.resolve ?? systemResolve, allowance),
      maxHeaderSize: MAX_HEADER_BYTES,
      ...(ca !== undefined && { ca }),
    });
    outgoing.on('error', reject);
    outgoing.on('upgrade', (_incoming, socket) => {
      socket.destroy();
      reject(new Error('the receiver switched to another protocol'));
    });
    outgoing.on('response', (incoming) => {
      readStart(incoming, options.maxBodyBytes).then(({ body: start, isWhole }) => {
        // What follows concerns nobody, and may never end.
        outgoing.destroy();
        const { statusCode: status = 0, headers: answered } = incoming;
        resolve({ status, headers: answered, body: start, isWhole });
      }, reject);
    });
    outgoing.end(body);
  });
}

async function readStart(
  incoming: http.IncomingMessage,
  maxBytes: number,
): Promise<{ body: Buffer; isWhole: boolean }> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of incoming) {
    if (!Buffer.isBuffer(chunk)) continue;
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > maxBytes) return { body: Buffer.concat(chunks).subarray(0, maxBytes), isWhole: false };
  }
  return { body: Buffer.concat(chunks), isWhole: true };
}

/** Every address must be reachable: one that is not says that the name is not what it was listed for. */
const guarded =
  (resolve: Resolve, allowance: AddressAllowance): LookupFunction =>
  (hostname, { all }, callback) => {
    resolve(hostname).then(
      (found) => {
        const [first] = found;
        const wrong = found.find(({ address }) => !isReachable(address, allowance));
        if (wrong) callback(refusal(wrong.address), '');
        else if (!first) callback(new Error(`${hostname} has no address`), '');
        else if (all) callback(null, found);
        else callback(null, first.address, first.family);
      },
      (error: unknown) => callback(error instanceof Error ? error : new Error(String(error)), ''),
    );
  };

const refusal = (address: string) =>
  new AddressRefusedError(`${address} is not an address that a target may have`);
