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

const HINTS: Record<number, string> = {
  401: 'The token is not known there: mistyped, expired, revoked, or of another deployment. escapement login <url> stores another one.',
  403: 'The token may not do this: one of a higher role may (viewer < operator < admin), or one of the tenant root.',
};
const NOT_OURS =
  'What answers there is no Escapement deployment: is the address right? escapement profile list';
const CERTIFICATE =
  'If the certificate is one of yours, let Node.js trust it: NODE_EXTRA_CA_CERTS=<its .pem>, or NODE_USE_SYSTEM_CA=1.';
/** By the code of what went wrong below. */
const CONNECTION_HINTS: Record<string, string> = {
  ECONNREFUSED:
    'Nothing listens there: is it running (npm start), and is the port right? escapement profile list',
  ENOTFOUND: 'There is no such host: is the address right? escapement profile list',
  DEPTH_ZERO_SELF_SIGNED_CERT: CERTIFICATE,
  SELF_SIGNED_CERT_IN_CHAIN: CERTIFICATE,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: CERTIFICATE,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: CERTIFICATE,
  ERR_TLS_CERT_ALTNAME_INVALID: 'The certificate is another host’s: use the name that it is for.',
  ERR_SSL_WRONG_VERSION_NUMBER: 'What listens there speaks no TLS: http:// instead of https://?',
};
const SERVER_FAULT = 500;
const MAX_CAUSES = 5;
const THROTTLED = 429;

/** The cause of the cause has the code. */
function connectionHint(error: Error): string | undefined {
  let cause: unknown = error;
  for (let depth = 0; depth < MAX_CAUSES && cause instanceof Error; depth++, cause = cause.cause) {
    const hint = 'code' in cause && typeof cause.code === 'string' ? CONNECTION_HINTS[cause.code] : undefined;
    if (hint !== undefined) return hint;
  }
  return undefined;
}

/** A fault as its reader needs it: what, and what to do; `message` is empty when all was said. */
export function explained(error: unknown): { message: string; exitCode: ExitCode } {
  if (error instanceof CommanderError)
    return { message: '', exitCode: error.exitCode === 0 ? EXIT.ok : EXIT.usage };
  if (error instanceof Failure) return { message: error.message, exitCode: error.exitCode };
  if (error instanceof ConnectionError) {
    const hint = connectionHint(error);
    return { message: [error.message, ...(hint ? [hint] : [])].join('\n'), exitCode: EXIT.unavailable };
  }
  if (error instanceof ProblemError) {
    const { status, code, requestId } = error;
    const lines = [`${error.message} (${[status, code, requestId].filter(Boolean).join(', ')})`];
    const hint = code.startsWith('http-') && status < SERVER_FAULT ? NOT_OURS : HINTS[status];
    if (hint !== undefined) lines.push(hint);
    const passing = status >= SERVER_FAULT || status === THROTTLED;
    return { message: lines.join('\n'), exitCode: passing ? EXIT.unavailable : EXIT.refused };
  }
  return { message: error instanceof Error ? error.message : String(error), exitCode: EXIT.failed };
}
