import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join, relative } from 'node:path';
import { type CdkApp, houseApp } from './cdk-app.ts';

/** Runs the CDK app as the CDK command line would, and keeps its output as long as nothing it is known to be made of changed. */
export interface SynthesisOptions {
  outputDirectory: string;
  /** @default - this repository's own */
  app?: CdkApp;
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

/** What the template and its bundles are made of. The engine itself is not part of them. */
const SOURCES = ['infra', 'functions', 'shared'];
const NOT_SOURCES = new Set([join('infra', 'local')]);
const FILES = ['package.json', 'package-lock.json', 'cdk.json', 'tsconfig.json'];
const MARK = 'inputs.sha256';
const OUTPUT_SHOWN_CHARS = 4_000;

/** Leaves a complete cloud assembly in the output directory. */
export async function synthesize(options: SynthesisOptions): Promise<void> {
  const { outputDirectory } = options;
  const { app = houseApp() } = options;
  // Nobody knows what another app reads.
  const inputs = app.isHouse ? await hashInputs(app.directory, options) : undefined;
  const mark = join(outputDirectory, MARK);
  if (inputs !== undefined && existsSync(mark) && readFileSync(mark, 'utf8') === inputs) return;

  options.onSlow();
  // Beside the old one and renamed at the end: an interrupted synthesis leaves nothing that looks finished.
  const fresh = `${outputDirectory}.new`;
  rmSync(fresh, { recursive: true, force: true });
  mkdirSync(fresh, { recursive: true });
  await runApp(fresh, app, options);
  if (inputs !== undefined) writeFileSync(join(fresh, MARK), inputs);
  rmSync(outputDirectory, { recursive: true, force: true });
  renameSync(fresh, outputDirectory);
}

function runApp(
  outputDirectory: string,
  { command, directory, context }: CdkApp,
  { context: laidOver, environment }: SynthesisOptions,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, {
      cwd: directory,
      shell: true,
      env: {
        ...environment,
        PATH: [dirname(process.execPath), environment.PATH].join(delimiter),
        CDK_OUTDIR: outputDirectory,
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
      else reject(new SynthesisError(`${command} ended with ${signal ?? code}:\n${output.trim()}`));
    });
  });
}

/** undefined when the inputs cannot be told, which means: synthesize, and let that say what is wrong. */
async function hashInputs(
  root: string,
  { context, handlersFile }: SynthesisOptions,
): Promise<string | undefined> {
  const files = [
    ...FILES.map((file) => join(root, file)),
    ...SOURCES.flatMap((folder) => walk(root, folder)),
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
    if (existsSync(file)) hash.update(`\n${relative(root, file)}\n`).update(readFileSync(file));
  }
  return hash.digest('hex');
}

function walk(root: string, folder: string): string[] {
  if (NOT_SOURCES.has(folder)) return [];
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? walk(root, path) : [join(root, path)];
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
