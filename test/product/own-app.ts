import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const FIXTURE = fileURLToPath(new URL('../fixtures/own-app', import.meta.url));

/** A CDK app of somebody else, outside of this repository, with the package installed from its tarball. */
export interface OwnApp {
  readonly directory: string;
  /** Files in the tarball. */
  readonly packed: string[];
  /** Runs a program of this repository's devDependencies, or one that the app has installed, in the app's folder. */
  run(program: string, ...args: string[]): Promise<string>;
  dispose(): void;
}

/** npm tells its scripts where they run by variables, which would send npm itself there. */
const isOfNpmRun = (name: string) => /^npm_(config_(local_)?prefix|package_|lifecycle_|command)/.test(name);
const environment = {
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !isOfNpmRun(name))),
  PATH: [join(ROOT, 'node_modules/.bin'), dirname(process.execPath), process.env.PATH].join(delimiter),
};

async function run(cwd: string, program: string, args: string[]): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)(program, args, { cwd, env: environment, maxBuffer: 1e8 });
    return stdout;
  } catch (error) {
    const { stdout, stderr } = { stdout: '', stderr: '', ...(error instanceof Error && error) };
    throw new Error(`${program} ${args.join(' ')} failed:\n${stdout}\n${stderr}`, { cause: error });
  }
}

export async function installOwnApp(): Promise<OwnApp> {
  const home = mkdtempSync(join(tmpdir(), 'escapement-own-app-'));
  const dispose = () => rmSync(home, { recursive: true, force: true, maxRetries: 10 });
  try {
    const directory = join(home, 'shop');
    cpSync(FIXTURE, directory, {
      recursive: true,
      filter: (source) => !/[/\\](node_modules|cdk\.out|package-lock\.json|\.escapement)$/.test(source),
    });
    await run(ROOT, 'npm', ['pack', '--silent', '--pack-destination', home]);
    const tarball = join(home, readdirSync(home).find((name) => name.endsWith('.tgz')) ?? 'no tarball');
    const packed = (await run(home, 'tar', ['tzf', tarball])).split('\n').filter(Boolean);
    // What an app needs for development only is the same here: this repository's.
    const options = ['--omit=dev', '--prefer-offline', '--no-audit', '--no-fund', '--no-package-lock'];
    await run(directory, 'npm', ['install', ...options, tarball]);
    return {
      directory,
      packed,
      run: (program, ...args) => run(directory, program, args),
      dispose,
    };
  } catch (error) {
    dispose();
    throw error;
  }
}
