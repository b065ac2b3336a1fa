import type { Writable } from 'node:stream';
import * as z from 'zod';

export interface HttpReply {
  statusCode: number;
  headers: Record<string, string | string[]>;
  body: Buffer;
  /** In place of the body: writes to the connection until one side ends it. */
  stream?: (connection: Writable) => void;
}

const StructuredSchema = z.object({
  statusCode: z.coerce.number().int().min(200).max(599),
  headers: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).nullish(),
  cookies: z.array(z.string()).nullish(),
  body: z.unknown().optional(),
  isBase64Encoded: z.boolean().nullish(),
});

/** The server writes these itself; a function cannot speak for the connection. */
const HOP_BY_HOP = new Set([
  'connection',
  'content-length',
  'keep-alive',
  'proxy-authenticate',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);
const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9a-z-]+$/i;
// What node refuses to write: control characters and characters outside Latin-1.
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

function jsonReply(statusCode: number, json: string): HttpReply {
  return { statusCode, headers: { 'content-type': 'application/json' }, body: Buffer.from(json) };
}

/**
 * What an HTTP API makes of a function's answer: with a statusCode it is a structured response, without one it is
 * the body of a 200. undefined when it can be neither (which AWS answers with a 500).
 */
export function replyOf(payload: string): HttpReply | undefined {
  const value: unknown = JSON.parse(payload);
  if (typeof value !== 'object' || value === null || !('statusCode' in value)) {
    if (value === null || value === undefined) return jsonReply(200, '');
    return jsonReply(200, typeof value === 'string' ? value : payload);
  }
  const parsed = StructuredSchema.safeParse(value);
  if (!parsed.success) return undefined;
  const { statusCode, headers, cookies, body, isBase64Encoded } = parsed.data;
  const reply: HttpReply = { statusCode, headers: {}, body: bodyOf(body, isBase64Encoded ?? false) };
  for (const [name, value] of Object.entries(headers ?? {})) {
    if (HOP_BY_HOP.has(name.toLowerCase())) continue;
    if (!HEADER_NAME.test(name) || !HEADER_VALUE.test(String(value))) return undefined;
    reply.headers[name.toLowerCase()] = String(value);
  }
  if (cookies && cookies.length > 0) {
    if (!cookies.every((cookie) => HEADER_VALUE.test(cookie))) return undefined;
    reply.headers['set-cookie'] = cookies;
  }
  if (reply.body.length > 0) reply.headers['content-type'] ??= 'text/plain; charset=utf-8';
  return reply;
}

function bodyOf(body: unknown, isBase64Encoded: boolean): Buffer {
  if (body === undefined || body === null) return Buffer.alloc(0);
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return Buffer.from(text, isBase64Encoded ? 'base64' : 'utf8');
}
