import type { Io } from '../../../../shared/client/cli/io.ts';
import { run } from '../../../../shared/client/cli/program.ts';

export interface Asked {
  method: string;
  /** With its query. */
  path: string;
  body: unknown;
  headers: Headers;
}
/** A reply, or the body of one with status 200. */
export type Answering = (asked: Asked) => Response | object | Promise<Response | object>;

export const NOW = '2026-11-21T09:00:00.000Z';
export const LOGGED_IN = { ESCAPEMENT_URL: 'https://jobs.example', ESCAPEMENT_TOKEN: 'esc_t' };

/** A machine with a command line on it, and a deployment that answers as told. */
export function makeCli(answering: Answering, given: Partial<Io> = {}) {
  const files = new Map<string, string>();
  const asked: Asked[] = [];
  const printed = { out: '', err: '' };
  let nowMs = Date.parse(NOW);
  const io: Io = {
    out: (text) => {
      printed.out += `${text}\n`;
    },
    err: (text) => {
      printed.err += `${text}\n`;
    },
    env: LOGGED_IN,
    isInteractive: false,
    homeDirectory: '/home/ada',
    ask: async () => {
      throw new Error('nobody is here');
    },
    async read(path) {
      const text = files.get(path);
      if (text === undefined) throw new Error('no such file');
      return text;
    },
    readPrivate: async (path) => files.get(path),
    writePrivate: async (path, text) => {
      files.set(path, text);
    },
    async fetch(url, init) {
      const { pathname, search } = new URL(String(url));
      // A deployment in AWS: it tells of nothing.
      if (pathname === '/v1/events') return new Response(null, { status: 204 });
      const body = typeof init?.body === 'string' ? JSON.parse(init.body) : undefined;
      const request = {
        method: init?.method ?? '',
        path: pathname + search,
        body,
        headers: new Headers(init?.headers),
      };
      asked.push(request);
      const answer = await answering(request);
      return answer instanceof Response ? answer : Response.json(answer);
    },
    nowMs: () => nowMs,
    sleep: async (ms) => {
      nowMs += ms;
    },
    interrupted: new AbortController().signal,
    ...given,
  };
  return {
    files,
    asked,
    /** Runs one command line; what it printed, and its exit code. */
    async run(...args: string[]) {
      printed.out = '';
      printed.err = '';
      const code = await run(args, io);
      return { code, ...printed };
    },
  };
}

export const refusal = (
  status: number,
  code: string,
  more: object = {},
  headers: Record<string, string> = {},
): Response =>
  Response.json(
    {
      type: `urn:escapement:problem:${code}`,
      title: code,
      status,
      detail: `it is ${code}`,
      code,
      requestId: 'r-1',
      ...more,
    },
    { status, headers: { 'content-type': 'application/problem+json', ...headers } },
  );
