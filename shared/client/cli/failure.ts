import { CommanderError } from '@commander-js/extra-typings';
import { ConnectionError, ProblemError } from '../problem-error.ts';

/** What scripts can tell apart. */
export const EXIT = {
  ok: 0,
  /** Something was found wrong, or not all of it could be done. */
  failed: 1,
  usage: 2,
  /** The API refused: the request is wrong, not allowed, or in conflict. */
  refused: 3,
  /** No answer, or one that says to try again later. */
  unavailable: 4,
} as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Ends the command with a message and without a stack. */
export class Failure extends Error {
  override readonly name = 'Failure';
  readonly exitCode: ExitCode;

  constructor(message: string, exitCode: ExitCode = EXIT.failed) {
    super(message);
    this.exitCode = exitCode;
  }
}

export const misused = (message: string) => new Failure(message, EXIT.usage);

const CREDENTIAL_HINTS: Record<number, string> = {
  401: 'The token is not known here (any more): escapement login <url> stores another one.',
};
const SERVER_FAULT = 500;
const THROTTLED = 429;

/** A fault as its reader needs it: what, and what to do; `message` is empty when all was said. */
export function explained(error: unknown): { message: string; exitCode: ExitCode } {
  if (error instanceof CommanderError)
    return { message: '', exitCode: error.exitCode === 0 ? EXIT.ok : EXIT.usage };
  if (error instanceof Failure) return { message: error.message, exitCode: error.exitCode };
  if (error instanceof ConnectionError) return { message: error.message, exitCode: EXIT.unavailable };
  if (error instanceof ProblemError) {
    const { status, code, requestId } = error;
    const lines = [`${error.message} (${[status, code, requestId].filter(Boolean).join(', ')})`];
    const hint = CREDENTIAL_HINTS[status];
    if (hint !== undefined) lines.push(hint);
    const passing = status >= SERVER_FAULT || status === THROTTLED;
    return { message: lines.join('\n'), exitCode: passing ? EXIT.unavailable : EXIT.refused };
  }
  return { message: error instanceof Error ? error.message : String(error), exitCode: EXIT.failed };
}
