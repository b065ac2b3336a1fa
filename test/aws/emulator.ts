import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, openSync, readFileSync, rmSync } from 'node:fs';
import { get } from 'node:https';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

/** A process that speaks AWS on one loopback port, over TLS, and holds everybody to their IAM policies. */
export interface Emulator {
  /** Lets SDK, CDK and fetch of a child process talk to it. */
  readonly env: NodeJS.ProcessEnv;
  /** What it printed, its functions included. */
  log(): string;
  stop(): Promise<void>;
}

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const REQUIREMENTS = fileURLToPath(new URL('./requirements.txt', import.meta.url));
const LAUNCHER = fileURLToPath(new URL('./emulator.py', import.meta.url));
const VENV = join(ROOT, '.venv', 'aws-emulator');
const PYTHON = join(VENV, 'bin', 'python');
const REGION = 'us-east-1';
const READY_WITHIN_MS = 60_000;
const STOPPED_WITHIN_MS = 10_000;
const LOOK_EVERY_MS = 100;

/** In `home` it keeps everything it writes; `functionEnv` reaches every function. */
export async function startEmulator(
  home: string,
  functionEnv: Record<string, string> = {},
): Promise<Emulator> {
  install();
  const port = await freePort();
  const certificate = join(home, 'ministack-tls', 'server.crt');
  const logFile = join(home, 'emulator.log');
  const trust = { NODE_EXTRA_CA_CERTS: certificate, AWS_CA_BUNDLE: certificate };
  const clean = withoutAws(process.env);
  const log = openSync(logFile, 'a');
  const child = spawn(PYTHON, [LAUNCHER], {
    cwd: home,
    // A group of its own, which its functions' processes belong to as well.
    detached: true,
    // It lives until its end of the first pipe is closed, by us or by our death.
    stdio: ['pipe', log, log],
    env: {
      ...clean,
      ...trust,
      ...functionEnv,
      TMPDIR: home,
      STATE_DIR: join(home, 'state'),
      S3_DATA_DIR: join(home, 's3'),
      GATEWAY_PORT: String(port),
      MINISTACK_HOST: '127.0.0.1',
      MINISTACK_REGION: REGION,
      USE_SSL: '1',
      AUTH: 'true',
    },
  });
  const emulator: Emulator = {
    env: {
      ...clean,
      ...trust,
      AWS_ENDPOINT_URL: `https://127.0.0.1:${port}`,
      AWS_ENDPOINT_URL_S3: `https://127.0.0.1:${port}`,
      AWS_REGION: REGION,
      AWS_DEFAULT_REGION: REGION,
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_CONFIG_FILE: '/dev/null',
      AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
      AWS_EC2_METADATA_DISABLED: 'true',
      NO_PROXY: '127.0.0.1',
      no_proxy: '127.0.0.1',
    },
    log: () => readFileSync(logFile, 'utf8'),
    stop: () => stop(child),
  };
  try {
    await ready(child, port, certificate);
  } catch (error) {
    await emulator.stop();
    throw new Error(`the emulator did not start:\n${emulator.log()}`, { cause: error });
  }
  return emulator;
}

/** Once for each version of the requirements. */
function install(): void {
  const installed = join(VENV, 'requirements.txt');
  const wanted = readFileSync(REQUIREMENTS, 'utf8');
  if (existsSync(installed) && readFileSync(installed, 'utf8') === wanted) return;
  console.log('installing the AWS emulator …');
  rmSync(VENV, { recursive: true, force: true });
  mkdirSync(dirname(VENV), { recursive: true });
  const stdio = ['ignore', 'ignore', 'inherit'] as const;
  execFileSync('python3', ['-m', 'venv', VENV], { stdio: [...stdio] });
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-deps'];
  execFileSync(PYTHON, [...pip, '-r', REQUIREMENTS], { stdio: [...stdio] });
  cpSync(REQUIREMENTS, installed);
}

/** The caller's profiles, credentials and endpoints have no business here. */
const withoutAws = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(env).filter(([name]) => !/^(AWS|CDK)_/.test(name)));

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
      .on('error', reject)
      .listen(0, '127.0.0.1', () => {
        const address = server.address();
        server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
      });
  });
}

async function ready(child: ChildProcess, port: number, certificate: string): Promise<void> {
  const until = performance.now() + READY_WITHIN_MS;
  while (performance.now() < until) {
    if (child.exitCode !== null || child.signalCode !== null) throw new Error('its process ended');
    if (existsSync(certificate) && (await answers(port, readFileSync(certificate)))) return;
    await sleep(LOOK_EVERY_MS);
  }
  throw new Error(`no answer within ${READY_WITHIN_MS} ms`);
}

const answers = (port: number, ca: Buffer): Promise<boolean> =>
  new Promise((resolve) => {
    get({ host: '127.0.0.1', port, path: '/_ministack/health', ca }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    }).on('error', () => resolve(false));
  });

async function stop(child: ChildProcess): Promise<void> {
  const { pid } = child;
  if (pid === undefined) return;
  const until = performance.now() + STOPPED_WITHIN_MS;
  signal(pid, 'SIGTERM');
  while (alive(pid) && performance.now() < until) await sleep(LOOK_EVERY_MS);
  // What is left of the group: functions that did not notice.
  signal(-pid, 'SIGKILL');
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It is gone already.
  }
}

function alive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
