import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../shared/client/cli/main.ts', import.meta.url));

export interface Printed {
  code: number;
  out: string;
  err: string;
}
/** The command line as a user has it: a process of its own, with a home of its own. */
export interface SpawnedCli {
  /** Where it runs. */
  readonly directory: string;
  run(...args: string[]): Promise<Printed>;
  /** With something on its standard input. */
  feed(input: string, ...args: string[]): Promise<Printed>;
  /** For one that goes on until Ctrl-C. */
  start(...args: string[]): { out(): string; interrupt(): Promise<Printed> };
  dispose(): void;
}

/**
 * @param program - in place of this repository's sources
 * @param more - environment variables besides those that it needs
 */
export function openCli(program?: string, more: NodeJS.ProcessEnv = {}): SpawnedCli {
  const directory = mkdtempSync(join(tmpdir(), 'escapement-cli-'));
  const own = { PATH: process.env.PATH, HOME: directory, XDG_CONFIG_HOME: join(directory, 'config') };
  const env = { ...more, ...own };
  const [path, ...first] = program === undefined ? [process.execPath, MAIN] : [program];
  function launch(args: readonly string[]) {
    const printed = { out: '', err: '' };
    const child = spawn(path, [...first, ...args], { cwd: directory, env });
    child.stdout.on('data', (chunk) => {
      printed.out += chunk;
    });
    child.stderr.on('data', (chunk) => {
      printed.err += chunk;
    });
    const ended = new Promise<Printed>((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (code) => resolve({ code: code ?? -1, ...printed }));
    });
    return { child, printed, ended };
  }
  const feed = (input: string, ...args: string[]) => {
    const { child, ended } = launch(args);
    child.stdin.end(input);
    return ended;
  };
  return {
    directory,
    run: (...args) => feed('', ...args),
    feed,
    start(...args) {
      const { child, printed, ended } = launch(args);
      return {
        out: () => printed.out,
        interrupt() {
          child.kill('SIGINT');
          return ended;
        },
      };
    },
    dispose: () => rmSync(directory, { recursive: true, force: true }),
  };
}
