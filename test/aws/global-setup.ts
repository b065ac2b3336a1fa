import type { TestProject } from 'vitest/node';
import * as z from 'zod';
// Declares `target`.
import type {} from '../e2e/global-setup.ts';
import { openCdk } from './cdk.ts';
import { openDeployedConsole } from './deployed-console.ts';
import { targetOf } from './deployed-target.ts';

declare module 'vitest' {
  interface ProvidedContext {
    deployment: Deployment;
  }
}

export interface Deployment {
  /** Name of the stack, and first part of the name of everything in it. */
  name: string;
  /** Folder for whatever is written on the way. */
  home: string;
  /** Where `demo.count` writes; undefined where functions run on other machines. */
  countFile?: string;
}

const Environment = z.object({
  ESCAPEMENT_AWS_NAME: z.string(),
  ESCAPEMENT_AWS_HOME: z.string(),
  ESCAPEMENT_COUNT_FILE: z.string().optional(),
});

/** Deploys as a user would. Whoever started this takes away what it leaves. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const env = Environment.parse(process.env);
  const { ESCAPEMENT_AWS_NAME: name, ESCAPEMENT_AWS_HOME: home, ESCAPEMENT_COUNT_FILE: countFile } = env;
  const cdk = openCdk(home);
  await cdk.bootstrap();
  const outputs = await cdk.deploy({ name });
  const target = await targetOf(outputs);
  project.provide('target', target);
  project.provide('deployment', { name, home, ...(countFile !== undefined && { countFile }) });
  try {
    const { console, close } = await openDeployedConsole(target, outputs.ApiUrl ?? '');
    project.provide('console', console);
    return close;
  } catch (error) {
    // Thrown here it would stop all other tests as well; this way only those fail that need a browser.
    project.provide('console', { broken: String(error) });
    return async () => {};
  }
}
