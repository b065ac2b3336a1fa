/** RFC 9110: a token, and visible characters with blanks between them; nothing that could begin another line. */
const NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}$/;
const VALUE = /^(?:[\x21-\x7e](?:[\t\x20-\x7e]*[\x21-\x7e])?)?$/;
const MAX_VALUE_CHARS = 4_096;

/** The request's own framing and addressing, the hop's, and what the scheduler says itself. */
const OURS = new Set([
  'accept-encoding',
  'connection',
  'content-encoding',
  'content-length',
  'content-type',
  'expect',
  'host',
  'http2-settings',
  'keep-alive',
  'proxy-authenticate',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);
const OUR_PREFIXES = ['webhook-', 'x-forwarded-', 'forwarded'];
/** A task is readable by everybody who may see tasks. */
const CREDENTIALS = new Set(['authorization', 'cookie', 'proxy-authorization']);

/** Why this header cannot be sent; undefined when it can. `from` a secret it may be a credential. */
export function headerProblem(name: string, value: string, from: 'task' | 'secret'): string | undefined {
  const lower = name.toLowerCase();
  if (!NAME.test(name)) return 'is no name of a header (RFC 9110)';
  if (OURS.has(lower) || OUR_PREFIXES.some((prefix) => lower.startsWith(prefix)))
    return 'is a header that the scheduler sets itself';
  if (from === 'task' && CREDENTIALS.has(lower))
    return 'is a credential: put it into a secret and name that in secretId';
  if (value.length > MAX_VALUE_CHARS || !VALUE.test(value))
    return `must be visible ASCII of at most ${MAX_VALUE_CHARS} characters, on one line`;
  return undefined;
}
