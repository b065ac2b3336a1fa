import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import * as z from 'zod';
import { jsonOrUndefined } from '../../shared/domain/json.ts';
import { type Fault, FaultError, parseFaults } from './faults/fault.ts';

/** What `npm start` reads of its environment, checked as a whole. */
export interface Settings {
  /** 0 lets the system choose. */
  port: number;
  host: string;
  dataDirectory: string;
  /** Admin token to use instead of a generated one. */
  token: string | undefined;
  /** Handlers file to bundle instead of functions/handlers/; another app than this repository's names its own. */
  handlersFile: string | undefined;
  /** The stack to run, of an app that has several with a scheduler. */
  stack: string | undefined;
  /** Setting `targets` of this repository's own app, in place of the one in cdk.json. */
  targets: object | undefined;
  /** Setting `events`, likewise. */
  events: object | undefined;
  /** Setting `auth`, likewise. */
  auth: object | undefined;
  /** Members of the setting `api`; without, nothing limits the rate of requests here. */
  api: object | undefined;
  /** Whether the canary runs in this repository's own app; nobody looks at its alarm here. */
  canary: boolean;
  /** Where processes are to die, for tests of that: CONTRIBUTING.md has the form. */
  faults: readonly Fault[];
  /** Given to every function besides what the template says. */
  passedOn: Record<string, string>;
  /** Started by npm, which may be killed without a word to us: then we end too. */
  followsParent: boolean;
  /** Where the engine was started. */
  workingDirectory: string;
  /** Environment of the child process that synthesizes. */
  inherited: NodeJS.ProcessEnv;
}

export class SettingsError extends Error {
  override name = 'SettingsError';
}

const KNOWN = new Set(
  [
    'PORT',
    'HOST',
    'DATA',
    'TOKEN',
    'HANDLERS',
    'TARGETS',
    'EVENTS',
    'API',
    'AUTH',
    'STACK',
    'COUNT_FILE',
    'CANARY',
    'FAULT',
  ].map((name) => `ESCAPEMENT_${name}`),
);
const DEFAULT_PORT = 4650;
/** Variables of our own environment without which programs do not find their way on some systems. */
const PASSED_ON = ['PATH', 'HOME', 'TMPDIR', 'TEMP', 'SystemRoot', 'NODE_EXTRA_CA_CERTS'];

/** Throws one error that lists every problem; `warn` hears of names that look like ours and mean nothing. */
export function readSettings(
  warn: (line: string) => void,
  env: NodeJS.ProcessEnv = process.env,
  workingDirectory: string = process.cwd(),
): Settings {
  const problems: string[] = [];
  // An empty variable is how shells say "not set".
  const read = (name: string) => env[`ESCAPEMENT_${name}`] || undefined;
  const path = (name: string) => {
    const value = read(name);
    return value === undefined ? undefined : resolve(workingDirectory, value);
  };

  const port = Number(read('PORT') ?? DEFAULT_PORT);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    problems.push(`ESCAPEMENT_PORT: expected a port from 0 to 65535, got "${read('PORT')}"`);
  const host = read('HOST') ?? '127.0.0.1';
  if (/[\s/]/.test(host)) problems.push(`ESCAPEMENT_HOST: expected an address or host name, got "${host}"`);
  const dataDirectory = path('DATA') ?? resolve(workingDirectory, '.escapement');
  if (existsSync(dataDirectory) && !statSync(dataDirectory).isDirectory())
    problems.push(`ESCAPEMENT_DATA: expected a folder, ${dataDirectory} is none`);
  const token = read('TOKEN');
  if (token !== undefined && !/^[\x21-\x7e]{1,512}$/.test(token))
    problems.push('ESCAPEMENT_TOKEN: expected 1 to 512 visible ASCII characters without spaces');
  const handlersFile = path('HANDLERS');
  if (handlersFile !== undefined && !(existsSync(handlersFile) && statSync(handlersFile).isFile()))
    problems.push(`ESCAPEMENT_HANDLERS: no file ${handlersFile}`);
  const object = (name: string) => {
    const value = objectIn(read(name));
    if (value !== null) return value;
    problems.push(`ESCAPEMENT_${name}: expected a JSON object, as escapement.${name.toLowerCase()}`);
    return undefined;
  };
  const targets = object('TARGETS');
  const events = object('EVENTS');
  const auth = object('AUTH');
  const api = object('API');
  const countFile = path('COUNT_FILE');
  const canary = read('CANARY') ?? '0';
  if (canary !== '0' && canary !== '1') problems.push(`ESCAPEMENT_CANARY: expected 0 or 1, got "${canary}"`);
  const faults = faultsIn(read('FAULT'), problems);
  if (problems.length > 0) throw new SettingsError(problems.join('\n'));

  for (const name of Object.keys(env)) {
    if (name.startsWith('ESCAPEMENT_') && !KNOWN.has(name))
      warn(`${name} is set, but is no setting of the engine`);
  }
  const passedOn: Record<string, string> = {};
  for (const name of PASSED_ON) {
    const value = env[name];
    if (value !== undefined) passedOn[name] = value;
  }
  if (countFile !== undefined) passedOn.ESCAPEMENT_COUNT_FILE = countFile;
  if (listsLoopback(targets)) passedOn.ESCAPEMENT_LOOPBACK_TARGETS = '1';
  return {
    port,
    host,
    dataDirectory,
    token,
    handlersFile,
    stack: read('STACK'),
    targets,
    events,
    auth,
    api,
    canary: canary === '1',
    faults,
    passedOn,
    followsParent: env.npm_lifecycle_event !== undefined,
    workingDirectory,
    inherited: env,
  };
}

/** null when there is something else. */
function objectIn(json: string | undefined): object | null | undefined {
  if (json === undefined) return undefined;
  const value = jsonOrUndefined(json);
  return typeof value === 'object' && !Array.isArray(value) ? value : null;
}

function faultsIn(text: string | undefined, problems: string[]): Fault[] {
  try {
    return text === undefined ? [] : parseFaults(text);
  } catch (error) {
    if (!(error instanceof FaultError)) throw error;
    problems.push(`ESCAPEMENT_FAULT: ${error.message}`);
    return [];
  }
}

const Hosts = z.object({ http: z.object({ hosts: z.array(z.string()) }) });

/** Whoever names this machine among the hosts means it: webhooks may then go to it, without TLS too. */
function listsLoopback(targets: object | undefined): boolean {
  const listed = Hosts.safeParse(targets).data?.http.hosts ?? [];
  return listed.some((host) => /^(?:localhost|127\.0\.0\.1|\[::1\])(?::|$)/.test(host));
}
