import { readdirSync, readFileSync } from 'node:fs';
import { extname, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A file of the built page, with what it was compressed to. */
export interface PageFile {
  contentType: string;
  /** By name of the encoding; `identity` is always there. */
  bytes: Readonly<Partial<Record<Encoding, Buffer>>> & { identity: Buffer };
  /** Its name holds a hash of what is in it. */
  immutable: boolean;
}
export type Encoding = 'br' | 'gzip' | 'identity';

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};

/** All that the build left, by path with forward slashes; what has no known type is not served. */
export function readPageFiles(directory: URL): ReadonlyMap<string, PageFile> {
  const root = fileURLToPath(directory);
  const names = new Set(readdirSync(root, { recursive: true, encoding: 'utf8' }));
  const read = (name: string) => (names.has(name) ? readFileSync(root + name) : undefined);
  const files = new Map<string, PageFile>();
  for (const name of names) {
    const contentType = CONTENT_TYPES[extname(name)];
    if (contentType === undefined || name.startsWith('.vite')) continue;
    const [br, gzip] = [read(`${name}.br`), read(`${name}.gz`)];
    files.set(name.split(sep).join('/'), {
      contentType,
      bytes: { identity: readFileSync(root + name), ...(br && { br }), ...(gzip && { gzip }) },
      immutable: name.startsWith('assets'),
    });
  }
  return files;
}
