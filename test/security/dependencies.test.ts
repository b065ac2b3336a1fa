import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';

/** What an installation may bring along, as far as the lock file tells; `npm run audit` asks the registry about the rest. */
const Lock = z.object({
  packages: z.record(
    z.string(),
    z.looseObject({
      version: z.string().optional(),
      resolved: z.string().optional(),
      integrity: z.string().optional(),
      inBundle: z.boolean().default(false),
      link: z.boolean().default(false),
      hasInstallScript: z.boolean().default(false),
    }),
  ),
});
const lock = Lock.parse(
  JSON.parse(readFileSync(new URL('../../package-lock.json', import.meta.url), 'utf8')),
);
const packages = Object.entries(lock.packages).filter(([name, { link }]) => name !== '' && !link);

/** Their scripts fetch or check a binary; whoever adds one says here that it is meant. */
const WITH_SCRIPTS = [
  'node_modules/classic-level',
  'node_modules/esbuild',
  'node_modules/fsevents',
  'node_modules/node',
];

describe('the lock file', () => {
  it('knows the SHA-512 of everything that is fetched', () => {
    const fetched = packages.filter(([, { inBundle }]) => !inBundle);
    expect(fetched.length).toBeGreaterThan(100);
    expect(
      fetched.filter(([, { integrity }]) => !integrity?.startsWith('sha512-')).map(([name]) => name),
    ).toEqual([]);
  });

  it('fetches nothing past the registry', () => {
    expect(
      packages.filter(([, { resolved }]) => resolved !== undefined && !/^https:\/\//.test(resolved)),
    ).toEqual([]);
  });

  it('has no package that runs a script at its installation but those that are known', () => {
    const found = packages.filter(([, { hasInstallScript }]) => hasInstallScript).map(([name]) => name);
    expect(found.filter((name) => !WITH_SCRIPTS.includes(name))).toEqual([]);
  });
});
