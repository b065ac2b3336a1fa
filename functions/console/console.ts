import { randomBytes } from 'node:crypto';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type { Encoding, PageFile } from './page-files.ts';

export interface ConsoleSettings {
  version: string;
  /** How people log in besides with a token. */
  oidc: { issuer: string; clientId: string } | null;
}

type Reply = APIGatewayProxyStructuredResultV2;

const NONCE = /__CSP_NONCE__/g;
const NONCE_BYTES = 16;
const A_YEAR = 'public, max-age=31536000, immutable';
const ASK_EACH_TIME = 'no-cache';

/** Serves the page under /console/: any path without a file is a place in the page, which routes by itself. */
export function makeConsole(files: ReadonlyMap<string, PageFile>, settings: ConsoleSettings) {
  const index = files.get('index.html');
  if (!index) throw new Error('the page has no index.html: build it');
  const page = index.bytes.identity.toString();

  return async (
    event: Pick<APIGatewayProxyEventV2, 'rawPath' | 'headers' | 'requestContext'>,
  ): Promise<Reply> => {
    const isHead = event.requestContext.http.method === 'HEAD';
    const place = /^\/console\/(.*)$/.exec(event.rawPath)?.[1] ?? '';
    if (place === 'settings.json') return text(settingsFor(settings), 'application/json', isHead);
    const file = place === 'index.html' ? undefined : files.get(place);
    if (file) return fileReply(file, event.headers['accept-encoding'] ?? '', isHead);
    if (place.startsWith('assets/')) return { statusCode: 404, headers: HEADERS };
    const nonce = randomBytes(NONCE_BYTES).toString('base64url');
    const reply = text(page.replace(NONCE, nonce), 'text/html; charset=utf-8', isHead);
    return { ...reply, headers: { ...reply.headers, 'content-security-policy': policy(nonce, settings) } };
  };
}

const HEADERS = {
  'cache-control': ASK_EACH_TIME,
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
  'referrer-policy': 'no-referrer',
  'strict-transport-security': 'max-age=31536000',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
} as const;

/** No script but ours, and no style but ours and those that our scripts make with the nonce of this very answer. */
const policy = (nonce: string, { oidc }: ConsoleSettings): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "font-src 'self'",
    `connect-src 'self'${oidc ? ` ${new URL(oidc.issuer).origin}` : ''}`,
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ');

const settingsFor = (settings: ConsoleSettings): string => JSON.stringify(settings);

const text = (body: string, contentType: string, isHead: boolean): Reply => ({
  statusCode: 200,
  headers: { ...HEADERS, 'content-type': contentType },
  ...(isHead ? {} : { body }),
});

function fileReply({ bytes, contentType, immutable }: PageFile, accepted: string, isHead: boolean): Reply {
  const encoding =
    (['br', 'gzip'] as const).find((name) => bytes[name] && accepts(accepted, name)) ?? 'identity';
  const body = bytes[encoding] ?? bytes.identity;
  return {
    statusCode: 200,
    headers: {
      ...HEADERS,
      'cache-control': immutable ? A_YEAR : ASK_EACH_TIME,
      'content-type': contentType,
      vary: 'accept-encoding',
      ...(encoding === 'identity' ? {} : { 'content-encoding': encoding }),
    },
    ...(isHead ? {} : { body: body.toString('base64'), isBase64Encoded: true }),
  };
}

/** RFC 9110, 12.5.3; a weight of zero means no. */
const accepts = (accepted: string, encoding: Encoding): boolean =>
  accepted.split(',').some((item) => {
    const [name = '', weight = ''] = item.trim().toLowerCase().split(';');
    return name.trim() === encoding && !/q=0(\.0*)?$/.test(weight.trim());
  });
