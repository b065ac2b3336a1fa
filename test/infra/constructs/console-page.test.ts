import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { builtPage } from '../../../infra/constructs/console-page.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const FIRST_LOAD_BYTES = 350_000;

const ManifestSchema = z.record(
  z.string(),
  z.object({
    file: z.string(),
    isEntry: z.boolean().optional(),
    imports: z.array(z.string()).default([]),
    css: z.array(z.string()).default([]),
    dynamicImports: z.array(z.string()).default([]),
  }),
);
type Manifest = z.output<typeof ManifestSchema>;

/** All files that a browser needs before it can run this one. */
function filesOf(manifest: Manifest, name: string, seen = new Set<string>()): Set<string> {
  const chunk = manifest[name];
  if (!chunk) throw new Error(`no ${name} in the manifest`);
  if (seen.has(chunk.file)) return seen;
  for (const file of [chunk.file, ...chunk.css]) seen.add(file);
  for (const imported of chunk.imports) filesOf(manifest, imported, seen);
  return seen;
}

describe('the built console', () => {
  let folder: string;
  let manifest: Manifest;
  beforeAll(() => {
    folder = builtPage(ROOT);
    manifest = ManifestSchema.parse(JSON.parse(readFileSync(join(folder, '.vite/manifest.json'), 'utf8')));
  }, 240_000);

  it('is made once for the same sources', () => {
    const { mtimeMs } = statSync(join(folder, 'index.html'));
    expect(builtPage(ROOT)).toBe(folder);
    expect(statSync(join(folder, 'index.html')).mtimeMs).toBe(mtimeMs);
  });

  it(`needs at most ${FIRST_LOAD_BYTES} bytes for its first page, whichever that is`, () => {
    const [entry = ''] = Object.keys(manifest).filter((name) => manifest[name]?.isEntry);
    const pages = manifest[entry]?.dynamicImports.filter((name) => name.includes('/pages/')) ?? [];
    expect(pages.length).toBeGreaterThan(0);
    const tooLarge = pages
      .map((page) => {
        const files = [...filesOf(manifest, page, filesOf(manifest, entry))];
        return {
          page,
          bytes: files.reduce((sum, file) => sum + statSync(join(folder, `${file}.gz`)).size, 0),
        };
      })
      .filter(({ bytes }) => bytes > FIRST_LOAD_BYTES);
    expect(tooLarge).toEqual([]);
  });
});
