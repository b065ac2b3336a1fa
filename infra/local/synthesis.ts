import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';

/** Runs the CDK app as the CDK command line would, and keeps its output as long as nothing it is made of changed. */
export interface SynthesisOptions {
  outputDirectory: string;
  /** Settings laid over those of cdk.json. */
  context?: Record<string, unknown>;
  /** What it imports counts among the inputs. */
  handlersFile: string | undefined;
  environment: NodeJS.ProcessEnv;
  /** Called when there is something to wait for. */
  onSlow(): void;
}
export class SynthesisError extends Error {
  override name = 'SynthesisError';
}

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** What the template and its bundles are made of. The engine itself is not part of them. */
const SOURCES = ['infra', 'functions', 'shared'];
const NOT_SOURCES = new Set([join('infra', 'local')]);
const FILES = ['package.json', 'package-lock.json', 'cdk.json', 'tsconfig.json'];
const MARK = 'inputs.sha256';
const OUTPUT_SHOWN_CHARS = 4_000;

/** Leaves a complete cloud assembly in the output directory. */
export async function synthesize(options: SynthesisOptions): Promise<void> {
  const { outputDirectory } = options;
  const inputs = await hashInputs(options);
  const mark = join(outputDirectory, MARK);
  if (inputs !== undefined && existsSync(mark) && readFileSync(mark, 'utf8') === inputs) return;

  options.onSlow();
  // Beside the old one and renamed at the end: an interrupted synthesis leaves nothing that looks finished.
  const fresh = `${outputDirectory}.new`;
  rmSync(fresh, { recursive: true, force: true });
  mkdirSync(fresh, { recursive: true });
  await runApp(fresh, options);
  if (inputs !== undefined) writeFileSync(join(fresh, MARK), inputs);
  rmSync(outputDirectory, { recursive: true, force: true });
  renameSync(fresh, outputDirectory);
}

function runApp(directory: string, { context: laidOver, environment }: SynthesisOptions): Promise<void> {
  const { context } = z
    .object({ context: z.record(z.string(), z.unknown()).default({}) })
    .parse(JSON.parse(readFileSync(join(ROOT, 'cdk.json'), 'utf8')));
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(ROOT, 'infra', 'app.ts')], {
      cwd: ROOT,
      env: {
        ...environment,
        CDK_OUTDIR: directory,
        CDK_CONTEXT_JSON: JSON.stringify({ ...context, ...laidOver }),
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    const keep = (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-OUTPUT_SHOWN_CHARS);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (code === 0) resolve();
      else reject(new SynthesisError(`infra/app.ts ended with ${signal ?? code}:\n${output.trim()}`));
    });
  });
}

/** undefined when the inputs cannot be told, which means: synthesize, and let that say what is wrong. */
async function hashInputs({ context, handlersFile }: SynthesisOptions): Promise<string | undefined> {
  const files = [
    ...FILES.map((file) => join(ROOT, file)),
    ...SOURCES.flatMap((folder) => walk(join(ROOT, folder))),
  ];
  if (handlersFile !== undefined) {
    const needed = await filesOf(handlersFile);
    if (!needed) return undefined;
    files.push(...needed);
  }
  const hash = createHash('sha256').update(
    `${process.version} ${process.arch} ${JSON.stringify(context ?? {})}`,
  );
  for (const file of [...new Set(files)].sort()) {
    if (existsSync(file)) hash.update(`\n${relative(ROOT, file)}\n`).update(readFileSync(file));
  }
  return hash.digest('hex');
}

function walk(folder: string): string[] {
  if (NOT_SOURCES.has(relative(ROOT, folder))) return [];
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? walk(path) : [path];
  });
}

/** A user's handlers may import anything: the bundler knows what belongs to them. */
async function filesOf(entry: string): Promise<string[] | undefined> {
  const { build } = await import('esbuild');
  try {
    const { metafile } = await build({
      entryPoints: [entry],
      absWorkingDir: dirname(entry),
      bundle: true,
      write: false,
      metafile: true,
      platform: 'node',
      format: 'esm',
      logLevel: 'silent',
    });
    return Object.keys(metafile.inputs).map((file) => join(dirname(entry), file));
  } catch {
    return undefined;
  }
}
