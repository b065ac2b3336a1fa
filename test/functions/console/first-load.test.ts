import { readFileSync, statSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';

const BUILT = new URL('../../../functions/console/built/', import.meta.url);
const MOST_BYTES = 350 * 1024;

const ManifestSchema = z.record(
  z.string(),
  z.object({
    file: z.string(),
    imports: z.array(z.string()).default([]),
    dynamicImports: z.array(z.string()).default([]),
    css: z.array(z.string()).default([]),
  }),
);
const manifest = ManifestSchema.parse(
  JSON.parse(readFileSync(new URL('.vite/manifest.json', BUILT), 'utf8')),
);
const ENTRY = 'index.html';
const pages = manifest[ENTRY]?.dynamicImports.filter((name) => name.startsWith('src/pages/')) ?? [];

/** Files that the browser reads for it: its own, and those that these name. */
function filesOf(name: string, found = new Set<string>()): Set<string> {
  const chunk = manifest[name];
  if (!chunk || found.has(chunk.file)) return found;
  for (const file of [chunk.file, ...chunk.css]) found.add(file);
  for (const other of chunk.imports) filesOf(other, found);
  return found;
}

/** With the parts that a page itself puts off, such as its charts: they are what it shows. */
function gzippedBytes(page: string): number {
  const files = filesOf(ENTRY);
  for (const name of [page, ...(manifest[page]?.dynamicImports ?? [])]) filesOf(name, files);
  return [...files].reduce((sum, file) => sum + statSync(new URL(`${file}.gz`, BUILT)).size, 0);
}

describe('what a browser loads first', () => {
  it('is a page, whichever is opened', () => expect(pages.length).toBeGreaterThan(10));

  it.each(pages)('stays below 350 KB gzipped: %s', (page) => {
    expect(gzippedBytes(page)).toBeLessThanOrEqual(MOST_BYTES);
  });
});
