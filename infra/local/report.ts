import type { Log } from '../../shared/ports.ts';

/** What the engine says to the person at the terminal. */
export interface Report {
  say(line: string): void;
  warn(line: string): void;
  /** For parts that write structured logs: only warnings and errors are worth a line. */
  log: Log;
}

export function createReport(out: NodeJS.WritableStream, now: () => Date = () => new Date()): Report {
  const say = (line: string) => void out.write(`${line}\n`);
  const warn = (line: string) => say(`${now().toISOString().slice(11, 19)}Z ${line}`);
  const loud = (message: string, fields: object = {}, cause?: unknown) => {
    const details = Object.entries(fields).map(([name, value]) => ` ${name}=${value}`);
    warn(`${message}${details.join('')}${cause === undefined ? '' : `: ${describe(cause)}`}`);
  };
  return { say, warn, log: { debug() {}, info() {}, warn: loud, error: loud } };
}

export function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
