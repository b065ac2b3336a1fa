import process from 'node:process';
import type { TestProject } from 'vitest/node';
import { startEngine } from '../support/start-engine.ts';

declare module 'vitest' {
  interface ProvidedContext {
    target: Target | { broken: string };
  }
}

/** What the portable tests run against. */
export interface Target {
  url: string;
  token: string;
  /** Of the embedded engine; absent for a deployment. */
  dataDirectory?: string;
}

/**
 * One engine for all files of a project; or, with ESCAPEMENT_E2E_URL and ESCAPEMENT_E2E_TOKEN, a deployment:
 * `npx vitest run --project 'e2e*' --exclude 'test/e2e/embedded/*'`.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { ESCAPEMENT_E2E_URL: url, ESCAPEMENT_E2E_TOKEN: token } = process.env;
  if (url && token) {
    project.provide('target', { url: url.replace(/\/$/, ''), token });
    return async () => {};
  }
  const engine = await startEngine().catch((error: unknown) => String(error));
  if (typeof engine === 'string') {
    // Thrown here it would stop all other tests as well; this way only those fail that need an engine.
    project.provide('target', { broken: engine });
    return async () => {};
  }
  project.provide('target', { url: engine.url, token: engine.token, dataDirectory: engine.dataDir });
  return () => engine.dispose();
}
