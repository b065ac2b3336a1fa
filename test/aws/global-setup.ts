import type { TestProject } from 'vitest/node';
import * as z from 'zod';
// Declares `target`.
import type {} from '../e2e/global-setup.ts';
import { openCdk } from './cdk.ts';
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
export default async function setup(project: TestProject): Promise<void> {
  const env = Environment.parse(process.env);
  const { ESCAPEMENT_AWS_NAME: name, ESCAPEMENT_AWS_HOME: home, ESCAPEMENT_COUNT_FILE: countFile } = env;
  const cdk = openCdk(home);
  await cdk.bootstrap();
  project.provide('target', await targetOf(await cdk.deploy({ name })));
  project.provide('deployment', { name, home, ...(countFile !== undefined && { countFile }) });
}
