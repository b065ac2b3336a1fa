import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

/** The real engine as `npm start` runs it, in a process of its own, on a port and a data folder of its own. */
export interface RunningEngine {
  readonly url: string;
  readonly token: string;
  /** Of the engine's process; another one after a restart. */
  readonly pid: number;
  readonly dataDir: string;
  /** Where `demo.count` writes a line for each start. */
  readonly countFile: string;
  /** JSON in, JSON out, with the admin token unless the headers say otherwise. */
  api(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<ApiReply>;
  /** Lines of the count file. */
  counted(): string[];
  /** Everything it printed, over all restarts. */
  output(): string;
  /** Resolves when the process is gone, whoever ended it. */
  gone(): Promise<void>;
  /** As a power cut would; resolves when the process is gone. */
  kill9(): Promise<void>;
  /** Starts again on the same data and port; kills what still runs. */
  restart(): Promise<void>;
  /** SIGTERM; resolves with the exit code. */
  stop(): Promise<number | null>;
  /** Ends it however it goes and removes its data. */
  dispose(): Promise<void>;
}
export interface ApiReply {
  status: number;
  headers: Headers;
  /** Parsed when it is JSON, else the text. */
  body: unknown;
}
export interface StartOptions {
  /**
   * Program that is run in place of this repository's, and the folder where.
   * @default - what npm start runs
   */
  program?: { path?: string; directory: string };
  env?: Record<string, string>;
  /** Kept when the test ends. */
  dataDir?: string;
  readyWithinMs?: number;
}

const START = fileURLToPath(new URL('../../infra/local/start.ts', import.meta.url));
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const READY_WITHIN_MS = 180_000;
const LOOK_EVERY_MS = 50;

export async function startEngine(options: StartOptions = {}): Promise<RunningEngine> {
  const home = mkdtempSync(join(tmpdir(), 'escapement-e2e-'));
  const dataDir = options.dataDir ?? join(home, 'data');
  const countFile = join(home, 'count');
  const token = options.env?.ESCAPEMENT_TOKEN ?? `esc_test_${randomBytes(12).toString('hex')}`;
  let output = '';
  let url = '';
  let child: ChildProcess;
  let exit: Promise<number | null>;

  function launch(): void {
    const from = output.length;
    const path = options.program?.path;
    child = spawn(path ?? process.execPath, path === undefined ? [START] : [], {
      cwd: options.program?.directory ?? ROOT,
      env: {
        ...process.env,
        ESCAPEMENT_PORT: url === '' ? '0' : new URL(url).port,
        ESCAPEMENT_DATA: dataDir,
        ESCAPEMENT_TOKEN: token,
        ESCAPEMENT_COUNT_FILE: countFile,
        ...options.env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const keep = (chunk: Buffer) => {
      output += chunk.toString();
      // The address it announces; with port 0 only it knows.
      url = /ready after .* at (http:\S+)/.exec(output.slice(from))?.[1] ?? url;
    };
    child.stdout?.on('data', keep);
    child.stderr?.on('data', keep);
    exit = new Promise((resolve) => child.on('exit', resolve));
  }

  const isRunning = () => child.exitCode === null && child.signalCode === null;

  async function ready(): Promise<void> {
    const until = performance.now() + (options.readyWithinMs ?? READY_WITHIN_MS);
    const from = output.length;
    while (performance.now() < until) {
      if (!isRunning()) throw new Error(`the engine ended with ${child.exitCode}:\n${output}`);
      const announced = /ready after /.test(output.slice(from));
      if (announced && (await fetch(`${url}/v1/health`).catch(() => undefined))?.status === 200) return;
      await sleep(LOOK_EVERY_MS);
    }
    throw new Error(`the engine is not ready in time:\n${output}`);
  }

  async function kill9(): Promise<void> {
    child.kill('SIGKILL');
    await exit;
  }

  launch();
  try {
    await ready();
  } catch (error) {
    await kill9();
    throw error;
  }
  return {
    get url() {
      return url;
    },
    get pid() {
      return child.pid ?? 0;
    },
    token,
    dataDir,
    countFile,
    async api(method, path, body, headers = {}) {
      const response = await fetch(url + path, {
        method,
        headers: {
          authorization: `Bearer ${token}`,
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      const isJson = /json/.test(response.headers.get('content-type') ?? '');
      return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text };
    },
    counted() {
      try {
        return readFileSync(countFile, 'utf8').split('\n').filter(Boolean);
      } catch {
        return []; // nothing was started yet
      }
    },
    output: () => output,
    async gone() {
      await exit;
    },
    kill9,
    async restart() {
      if (isRunning()) await kill9();
      launch();
      await ready();
    },
    async stop() {
      child.kill('SIGTERM');
      return exit;
    },
    async dispose() {
      if (isRunning()) await kill9();
      rmSync(home, { recursive: true, force: true });
    },
  };
}
