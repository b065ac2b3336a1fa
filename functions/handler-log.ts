import type { HandlerExecution, HandlerLog, LogFields } from '../shared/contract/handler.ts';
import { MAX_ERROR_MESSAGE_CHARS } from '../shared/domain/limits.ts';
import { bound } from './describe-error.ts';

const MAX_FIELDS = 20;
const MAX_KEY_CHARS = 64;
const MAX_VALUE_CHARS = 256;

/** The `log` of one run: JSON lines of at most about 8 KB, in the shape of the functions' own. */
export function handlerLog(
  handler: string,
  execution: HandlerExecution,
  write: (line: string) => void,
): HandlerLog {
  const stamp = {
    handler,
    executionId: execution.id,
    taskId: execution.taskId,
    tenant: execution.tenant,
    attempt: execution.attempt,
  };
  const at = (level: string) => (message: string, fields?: LogFields) => {
    const timestamp = new Date().toISOString();
    const text = bound(
      typeof message === 'string' ? message : `[${typeof message}]`,
      MAX_ERROR_MESSAGE_CHARS,
    );
    // Fields first: none can replace what the line is found by.
    write(JSON.stringify({ ...boundFields(fields), level, message: text, timestamp, ...stamp }));
  };
  return { debug: at('DEBUG'), info: at('INFO'), warn: at('WARN'), error: at('ERROR') };
}

function boundFields(fields: LogFields | undefined): LogFields {
  const kept: LogFields = {};
  for (const [key, value] of Object.entries(fields ?? {}).slice(0, MAX_FIELDS))
    kept[bound(key, MAX_KEY_CHARS)] = boundValue(value);
  return kept;
}

function boundValue(value: unknown): LogFields[string] {
  if (typeof value === 'string') return bound(value, MAX_VALUE_CHARS);
  if (typeof value === 'number' || typeof value === 'boolean' || value === undefined) return value;
  // Only what the types forbid gets here: a field is a value, not a structure.
  return typeof value === 'bigint' ? value.toString() : `[${typeof value}]`;
}
