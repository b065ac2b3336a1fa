import { type Client, createClient, ProblemError, type Task } from '../client.ts';
import type { Io } from './io.ts';
import { type Choice, chosenProfile } from './profiles.ts';
import { json } from './words.ts';

/** What each command gets. */
export interface Cli {
  readonly io: Io;
  /** Options that every command takes. */
  globals(): Choice & { json?: boolean | undefined };
}

export interface Session {
  readonly client: Client;
  readonly url: string;
  readonly nowMs: number;
}

export async function open({ io, globals }: Cli): Promise<Session> {
  const profile = await chosenProfile(io, globals());
  return {
    client: createClient({ ...profile, fetch: io.fetch, sleep: io.sleep }),
    url: profile.url,
    nowMs: io.nowMs(),
  };
}

/** The whole answer for scripts, or what people want to see of it. */
export function show({ io, globals }: Cli, value: unknown, words: () => string): void {
  io.out(globals().json ? JSON.stringify(value, null, 2) : words());
}

/** JSON as it stands, or from `@file`, or from `@-`, which is standard input. */
export const givenJson = async ({ io }: Cli, text: string): Promise<unknown> =>
  json(text.startsWith('@') ? await io.read(text.slice(1)) : text);

const NOT_FOUND = 404;

/** undefined when there is none. */
export async function findTask(client: Client, id: string): Promise<Task | undefined> {
  try {
    return await client.tasks.get(id);
  } catch (error) {
    if (error instanceof ProblemError && error.status === NOT_FOUND) return undefined;
    throw error;
  }
}
