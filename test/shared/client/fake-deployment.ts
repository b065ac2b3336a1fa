import { createClient } from '../../../shared/client/client.ts';
import type { TransportOptions } from '../../../shared/client/transport.ts';

export interface Seen {
  method: string;
  /** With its query. */
  path: string;
  headers: Headers;
  body: unknown;
}
export type Answer = { status?: number; body?: unknown; headers?: Record<string, string> } | Error;

/** A deployment that answers from a list, one entry a request, and remembers what it was asked. */
export function fakeDeployment(answers: readonly Answer[], options: Partial<TransportOptions> = {}) {
  const seen: Seen[] = [];
  const waitsMs: number[] = [];
  const client = createClient({
    url: 'https://jobs.example/',
    token: 'esc_secret',
    fetch: async (url, init) => {
      const { pathname, search } = new URL(String(url));
      const body = typeof init?.body === 'string' ? JSON.parse(init.body) : undefined;
      seen.push({
        method: init?.method ?? '',
        path: pathname + search,
        headers: new Headers(init?.headers),
        body,
      });
      const answer = answers[seen.length - 1] ?? new Error('nothing was to be asked any more');
      if (answer instanceof Error) throw answer;
      const { status = 200, headers = { 'content-type': 'application/json' } } = answer;
      return new Response(answer.body === undefined ? null : JSON.stringify(answer.body), {
        status,
        headers,
      });
    },
    sleep: async (ms) => {
      waitsMs.push(ms);
    },
    random: () => 0.5,
    ...options,
  });
  return { client, seen, waitsMs };
}

export const problem = (status: number, code: string, more: object = {}) => ({
  status,
  headers: { 'content-type': 'application/problem+json' },
  body: {
    type: `urn:escapement:problem:${code}`,
    title: code,
    status,
    detail: `it is ${code}`,
    code,
    requestId: 'r-1',
    ...more,
  },
});
