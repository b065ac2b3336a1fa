import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import process from 'node:process';

const SOURCES = ['functions/console/page', 'shared/client', 'shared/contract', 'shared/domain'];
const OUTPUT = 'functions/console/built';
const MARK = 'inputs.sha256';

/** Folder with the console as browsers load it. Made from its sources when they changed; the npm package holds it ready-made. */
export function builtPage(root: string): string {
  const output = join(root, OUTPUT);
  if (!existsSync(join(root, 'functions/console/page/index.html'))) return output;
  const inputs = hashOf(root);
  const mark = `${output}.${MARK}`;
  if (existsSync(output) && existsSync(mark) && readFileSync(mark, 'utf8') === inputs) return output;

  // Beside the old one and renamed at the end: an interrupted build leaves nothing that looks finished.
  const fresh = `${output}.${process.pid}`;
  build(join(root, 'functions/console/page'), fresh);
  const old = `${fresh}.old`;
  if (existsSync(output)) renameSync(output, old);
  try {
    renameSync(fresh, output);
  } catch (error) {
    // Somebody else was faster, with the same sources.
    if (!existsSync(output)) throw error;
    rmSync(fresh, { recursive: true, force: true });
  }
  rmSync(old, { recursive: true, force: true });
  writeFileSync(mark, inputs);
  return output;
}

function build(page: string, output: string): void {
  mkdirSync(output, { recursive: true });
  const vite = join(dirname(createRequire(import.meta.url).resolve('vite/package.json')), 'bin/vite.js');
  try {
    execFileSync(
      process.execPath,
      [vite, 'build', page, '--outDir', output, '--emptyOutDir', '--logLevel', 'warn'],
      {
        stdio: 'pipe',
        // Nothing of ours: a test runner's NODE_ENV would make it a build for development.
        env: { NODE_ENV: 'production' },
      },
    );
  } catch (error) {
    rmSync(output, { recursive: true, force: true });
    const said = error instanceof Error && 'stderr' in error ? String(error.stderr) : String(error);
    throw new Error(`the console could not be built:\n${said}`, { cause: error });
  }
}

function hashOf(root: string): string {
  const hash = createHash('sha256');
  const add = (path: string) => hash.update(`\n${path}\n`).update(readFileSync(join(root, path)));
  add('package-lock.json');
  for (const folder of SOURCES) {
    const entries = readdirSync(join(root, folder), { withFileTypes: true, recursive: true });
    const files = entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
    for (const file of files.map((path) => path.slice(root.length)).sort()) add(file);
  }
  return hash.digest('hex');
}
