import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname } from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import type { Io } from './io.ts';

const OWNER_ONLY = 0o600;
const OWNER_ONLY_DIRECTORY = 0o700;

export function systemIo(): Io {
  const interrupt = new AbortController();
  return {
    out: (line) => process.stdout.write(`${line}\n`),
    err: (line) => process.stderr.write(`${line}\n`),
    env: process.env,
    isInteractive: process.stdin.isTTY === true && process.stderr.isTTY === true,
    homeDirectory: homedir(),
    ask,
    read: (path) => (path === '-' ? text(process.stdin) : readFile(path, 'utf8')),
    readPrivate: (path) =>
      readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return undefined;
        throw error;
      }),
    async writePrivate(path, content) {
      await mkdir(dirname(path), { recursive: true, mode: OWNER_ONLY_DIRECTORY });
      const draft = `${path}.${process.pid}`;
      await writeFile(draft, content, { mode: OWNER_ONLY });
      await chmod(draft, OWNER_ONLY); // a draft that an earlier process left keeps its mode otherwise
      await rename(draft, path);
    },
    fetch: (...request) => fetch(...request),
    nowMs: () => Date.now(),
    sleep: (ms) => delay(ms, undefined, { signal: interrupt.signal }),
    // Listening replaces the end at once by Node, so only those who look at it get it.
    get interrupted() {
      process.once('SIGINT', () => interrupt.abort());
      return interrupt.signal;
    },
  };
}

/** On standard error, so that what is piped on stays clean. */
async function ask(question: string, hidden = false): Promise<string> {
  process.stderr.write(question);
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({
    input: process.stdin,
    output: hidden ? nowhere : process.stderr,
    terminal: hidden,
  });
  try {
    return await lines.question('');
  } finally {
    lines.close();
    if (hidden) process.stderr.write('\n');
  }
}
