import type { TestProject } from 'vitest/node';
import type { Client } from '../../shared/client/client.ts';
import { startDemo } from '../demo/start.ts';
import { launchBrowserServer } from '../support/chromium.ts';

declare module 'vitest' {
  interface ProvidedContext {
    console: ConsoleUnderTest | { broken: string };
  }
}

/** An engine full of a company's tasks, and a browser to look at it with. */
export interface ConsoleUnderTest {
  url: string;
  /**
   * Where the browser finds the API.
   * @default url
   */
  browserUrl?: string;
  /**
   * How long anything on a page may take.
   * @default 20 s
   */
  patienceMs?: number;
  tokens: Record<Role, string>;
  /** Where a Playwright client reaches the browser. */
  browser: string;
}
export type Role = 'viewer' | 'operator' | 'admin';

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const opened: (() => Promise<void>)[] = [];
  const close = async () => {
    for (const end of opened.reverse()) await end();
  };
  try {
    project.provide('console', await open(opened));
  } catch (error) {
    // Thrown here it would stop all other tests as well; this way only those fail that need it.
    project.provide('console', { broken: error instanceof Error ? error.message : String(error) });
  }
  return close;
}

async function open(opened: (() => Promise<void>)[]): Promise<ConsoleUnderTest> {
  const browser = await launchBrowserServer();
  opened.push(() => browser.close());
  const { engine, client } = await startDemo();
  opened.push(() => engine.dispose());
  return { url: engine.url, browser: browser.wsEndpoint(), tokens: await makeTokens(client) };
}

/** One of each role. */
export async function makeTokens(client: Client): Promise<ConsoleUnderTest['tokens']> {
  const tokenOf = async (role: Role) =>
    (await client.tokens.create({ name: `tests as ${role}`, role })).token;
  return {
    viewer: await tokenOf('viewer'),
    operator: await tokenOf('operator'),
    admin: await tokenOf('admin'),
  };
}
