import { MAX_RESULT_BYTES } from '../../domain/limits.ts';

const bytesOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value) ?? 'null');

/** As of a handler: too large a value is not kept, and the run still succeeded. */
export function boundedResult(value: unknown): unknown {
  const bytes = bytesOf(value);
  return bytes > MAX_RESULT_BYTES ? { truncated: true, bytes } : (value ?? null);
}

/** Share of the text that is left after each try: what escapes as JSON takes up to six times its length. */
const SHARE = 0.8;

/** A record whose `body` is cut until the whole fits. */
export function fitted<T extends { body: unknown }>(result: T): T & { truncated?: true } {
  if (bytesOf(result) <= MAX_RESULT_BYTES) return result;
  let text = typeof result.body === 'string' ? result.body : JSON.stringify(result.body);
  for (;;) {
    text = text.slice(0, Math.floor(text.length * SHARE)).toWellFormed();
    const cut = { ...result, body: text, truncated: true as const };
    if (text === '' || bytesOf(cut) <= MAX_RESULT_BYTES) return cut;
  }
}
