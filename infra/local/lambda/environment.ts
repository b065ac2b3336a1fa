import { type ChildProcess, fork } from 'node:child_process';
import { extname, join } from 'node:path';
import type { FunctionError, InvocationResult, InvokeMessage, ReplyMessage } from './protocol.ts';

/** One execution environment of a function: a process that handles one invocation at a time. */
export interface Environment {
  /** Resolves with undefined once the handler is loaded, or with why it cannot be. */
  ready: Promise<FunctionError | undefined>;
  invoke(message: Omit<InvokeMessage, 'type'>, timeoutSeconds: number): Promise<InvocationResult>;
  kill(): void;
  /** True from the moment that it was killed or left: it takes no more work. */
  isDead(): boolean;
  /** Resolves when the process is gone. */
  exited: Promise<void>;
}
export interface EnvironmentSpec {
  modulePath: string;
  exportName: string;
  codeDirectory: string;
  memoryMb: number;
  variables: Record<string, string>;
  onOutput(chunk: Buffer): void;
}

/** Source or compiled, as we are. */
const BOOTSTRAP = join(import.meta.dirname, `bootstrap${extname(import.meta.filename)}`);
/** AWS gives a function 10 s to load; a laptop that compiles and serves at once is slower. */
const INIT_TIMEOUT_MS = 30_000;
/** Heap share of the memory size, so that what is too big for AWS fails here as well. */
const HEAP_SHARE = 0.9;

export function startEnvironment(spec: EnvironmentSpec): Environment {
  const child: ChildProcess = fork(BOOTSTRAP, [spec.modulePath, spec.exportName], {
    cwd: spec.codeDirectory,
    env: spec.variables,
    execArgv: [`--max-old-space-size=${Math.floor(spec.memoryMb * HEAP_SHARE)}`],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  child.stdout?.on('data', spec.onOutput);
  child.stderr?.on('data', spec.onOutput);

  let current: ((reply: ReplyMessage | FunctionError) => void) | undefined;
  const settle = (reply: ReplyMessage | FunctionError) => {
    const waiting = current;
    current = undefined;
    waiting?.(reply);
  };
  child.on('message', (reply: ReplyMessage) => settle(reply));
  let gone: FunctionError | undefined;
  let dead = false;
  const kill = () => {
    dead = true;
    child.kill('SIGKILL');
  };
  const exited = new Promise<void>((resolve) => {
    const leave = (error: FunctionError) => {
      gone ??= error;
      dead = true;
      settle(gone);
      resolve();
    };
    child.on('exit', (code, signal) => leave(exitError(code, signal)));
    // Could not be started, or not be written to: as good as gone.
    child.on('error', (error) => {
      kill();
      leave({ errorType: 'Runtime.ExitError', errorMessage: error.message });
    });
  });

  /** The next reply, the process's end, or undefined when the time is up (then it is killed). */
  function nextReply(
    timeoutMs: number,
    send?: InvokeMessage,
  ): Promise<ReplyMessage | FunctionError | undefined> {
    return new Promise((resolve) => {
      if (gone) return resolve(gone);
      const timer = setTimeout(() => {
        current = undefined;
        kill();
        resolve(undefined);
      }, timeoutMs);
      current = (reply) => {
        clearTimeout(timer);
        resolve(reply);
      };
      if (send && child.connected) child.send(send, () => {}); // a lost channel shows as an exit
    });
  }

  const ready = nextReply(INIT_TIMEOUT_MS).then((reply): FunctionError | undefined => {
    if (reply === undefined)
      return {
        errorType: 'Runtime.InitTimeout',
        errorMessage: `not loaded within ${INIT_TIMEOUT_MS / 1000} s`,
      };
    if ('errorType' in reply) return reply;
    return reply.type === 'initFailed' ? reply.error : undefined;
  });

  return {
    ready,
    exited,
    kill,
    isDead: () => dead,
    async invoke(message, timeoutSeconds) {
      const reply = await nextReply(timeoutSeconds * 1000, { type: 'invoke', ...message });
      if (reply === undefined) {
        const errorMessage = `Task timed out after ${timeoutSeconds.toFixed(2)} seconds`;
        return { ok: false, error: { errorType: 'Sandbox.Timedout', errorMessage } };
      }
      if ('errorType' in reply) return { ok: false, error: reply };
      if (reply.type === 'done') return { ok: true, payload: reply.payload };
      if (reply.type === 'failed') return { ok: false, error: reply.error };
      kill();
      return {
        ok: false,
        error: { errorType: 'Runtime.Confused', errorMessage: `unexpected ${reply.type}` },
      };
    },
  };
}

function exitError(code: number | null, signal: NodeJS.Signals | null): FunctionError {
  const how = signal === null ? `exit status ${code}` : `signal: ${signal}`;
  return { errorType: 'Runtime.ExitError', errorMessage: `Runtime exited with error: ${how}` };
}
