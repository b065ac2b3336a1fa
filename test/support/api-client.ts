import { setTimeout as delay } from 'node:timers/promises';

export interface ApiReply {
  status: number;
  headers: Headers;
  /** Parsed when it is JSON, else text. */
  body: unknown;
}
export interface ApiCall {
  /** Sent as JSON. */
  json?: unknown;
  /** Sent as it is. */
  raw?: string;
  headers?: Record<string, string>;
  /** false: no credential. */
  credential?: string | false;
}
/** The API as anybody sees it: HTTP and nothing else. */
export interface Api {
  call(method: string, path: string, call?: ApiCall): Promise<ApiReply>;
}

/**
 * What the API asks of its callers: throttled requests are repeated. No test of ours is about being throttled; a queue at
 * its limit is another matter, and says so in a problem document.
 */
const isThrottled = ({ status, headers, body }: ApiReply): boolean =>
  status === 503 ||
  (status === 429 &&
    (!headers.get('content-type')?.includes('problem+json') || JSON.stringify(body).includes('"throttled"')));
const MAX_REPEATS = 20;

export function openApi({ url, token }: { url: string; token: string }): Api {
  async function once(method: string, path: string, options: ApiCall): Promise<ApiReply> {
    const { json, raw, credential = `Bearer ${token}` } = options;
    const body = json === undefined ? raw : JSON.stringify(json);
    const response = await fetch(`${url}${path}`, {
      method,
      headers: {
        ...(credential === false ? {} : { authorization: credential }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...options.headers,
      },
      ...(body === undefined ? {} : { body }),
    });
    const text = await response.text();
    const isJson = /[/+]json\b/.test(response.headers.get('content-type') ?? '');
    return {
      status: response.status,
      headers: response.headers,
      body: isJson && text !== '' ? JSON.parse(text) : text,
    };
  }

  return {
    async call(method, path, options = {}) {
      for (let repeats = 0; ; repeats++) {
        const reply = await once(method, path, options);
        if (!isThrottled(reply) || repeats === MAX_REPEATS) return reply;
        await delay(100 * (repeats + 1));
      }
    },
  };
}
