import { fileURLToPath } from 'node:url';
import type { TestProject } from 'vitest/node';
import { type Client, createClient } from '../../shared/client/client.ts';
import { awsConfig } from '../bench/engine-load.ts';
import { HANDLERS_FILE } from '../demo/company.ts';
import { fillCompany } from '../demo/fill.ts';
import { fillPast } from '../demo/past.ts';
import { launchBrowserServer } from '../support/chromium.ts';
import { startEngine } from '../support/start-engine.ts';

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
  const engine = await startEngine({
    env: { ESCAPEMENT_HANDLERS: fileURLToPath(HANDLERS_FILE) },
    readyWithinMs: READY_WITHIN_MS,
  });
  opened.push(() => engine.dispose());
  const client = createClient(engine);
  await fillPast(awsConfig(engine).endpoint);
  await fillCompany(client);
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

/** It builds the page and bundles all functions first. */
const READY_WITHIN_MS = 240_000;
