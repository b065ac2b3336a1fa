import { execFile } from 'node:child_process';
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
  dispose(): void;
}

/** @param program - in place of this repository's sources */
export function openCli(program?: string): SpawnedCli {
  const directory = mkdtempSync(join(tmpdir(), 'escapement-cli-'));
  const env = { PATH: process.env.PATH, HOME: directory, XDG_CONFIG_HOME: join(directory, 'config') };
  const [path, ...first] = program === undefined ? [process.execPath, MAIN] : [program];
  const feed = (input: string, ...args: string[]) =>
    new Promise<Printed>((resolve, reject) => {
      const child = execFile(path, [...first, ...args], { cwd: directory, env }, (error, out, err) => {
        const code = error ? error.code : 0;
        if (typeof code === 'number') resolve({ code, out, err });
        else reject(error);
      });
      child.stdin?.end(input);
    });
  return {
    directory,
    run: (...args) => feed('', ...args),
    feed,
    dispose: () => rmSync(directory, { recursive: true, force: true }),
  };
}
