import type { Logger } from '@aws-lambda-powertools/logger';
import type { Log } from '../../ports.ts';

type Fields = Parameters<Log['info']>[1];
type Output = Pick<Logger, 'debug' | 'info' | 'warn' | 'error'>;

const MAX_FIELDS = 24;
const MAX_CHARS = 512;
const MAX_STACK_CHARS = 4_096;
const MAX_CAUSES = 3;

/** Whatever is handed in, a line stays small. */
export const makeLog = (output: Output): Log => ({
  debug: (message, fields) => output.debug(cut(message), bounded(fields)),
  info: (message, fields) => output.info(cut(message), bounded(fields)),
  warn: (message, fields) => output.warn(cut(message), bounded(fields)),
  error: (message, fields, cause) =>
    output.error(cut(message), {
      ...bounded(fields),
      ...(cause !== undefined && { error: summary(cause, MAX_CAUSES) }),
    }),
});

function bounded(fields: Fields): Record<string, string | number | boolean> {
  const kept: Record<string, string | number | boolean> = {};
  for (const [name, value] of Object.entries(fields ?? {}).slice(0, MAX_FIELDS)) {
    if (value !== undefined) kept[name] = typeof value === 'string' ? cut(value) : value;
  }
  return kept;
}

interface ErrorSummary {
  name: string;
  message: string;
  code?: string;
  stack?: string;
  cause?: ErrorSummary;
}

/** Not the error itself: its other properties may hold a whole item of the table. */
function summary(error: unknown, causesLeft: number): ErrorSummary {
  if (!(error instanceof Error)) return { name: typeof error, message: cut(String(error)) };
  return {
    name: error.name,
    message: cut(error.message),
    ...('code' in error && typeof error.code === 'string' && { code: cut(error.code) }),
    ...(error.stack !== undefined && { stack: cut(error.stack, MAX_STACK_CHARS) }),
    ...(error.cause !== undefined && causesLeft > 0 && { cause: summary(error.cause, causesLeft - 1) }),
  };
}

const cut = (text: string, chars = MAX_CHARS): string =>
  text.length <= chars ? text : `${text.slice(0, chars - 1)}…`;
