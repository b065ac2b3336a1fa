import type { Log } from '../../shared/ports.ts';

/** Says only what should not happen while figures are taken. */
export const quiet: Log = {
  debug() {},
  info() {},
  warn: (message, fields) => console.error('warning:', message, fields ?? ''),
  error: (message, fields, cause) => console.error('error:', message, fields ?? '', cause ?? ''),
};
