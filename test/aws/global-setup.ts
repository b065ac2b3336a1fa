import { randomBytes } from 'node:crypto';
import type { TestProject } from 'vitest/node';
import * as z from 'zod';
// Declares `target`.
import type {} from '../e2e/global-setup.ts';
import { openCdk } from './cdk.ts';
import { targetOf } from './deployed-target.ts';
import { deleteKeptTables } from './kept-tables.ts';

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
  ESCAPEMENT_AWS: z.enum(['emulator', 'account']),
  ESCAPEMENT_AWS_HOME: z.string(),
  ESCAPEMENT_COUNT_FILE: z.string().optional(),
});

/** Deploys as a user would, and leaves nothing behind. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const env = Environment.parse(process.env);
  const home = env.ESCAPEMENT_AWS_HOME;
  // In an account that others use as well, every run has a name of its own.
  const name =
    env.ESCAPEMENT_AWS === 'emulator' ? 'escapement' : `escapement-${randomBytes(4).toString('hex')}`;
  const cdk = openCdk(home);
  const takeDown = async () => {
    if (env.ESCAPEMENT_AWS === 'emulator') return;
    await cdk.destroy({ name });
    await deleteKeptTables(name);
  };
  try {
    await cdk.bootstrap();
    project.provide('target', await targetOf(await cdk.deploy({ name })));
    const countFile = env.ESCAPEMENT_COUNT_FILE;
    project.provide('deployment', { name, home, ...(countFile !== undefined && { countFile }) });
  } catch (error) {
    await takeDown();
    throw error;
  }
  return takeDown;
}
