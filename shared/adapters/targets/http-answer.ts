import { STATUS_CODES } from 'node:http';
import { retryAfterSeconds } from '../../contract/handler-errors.ts';
import { jsonOrUndefined } from '../../domain/json.ts';
import { MAX_RETRY_DELAY_SECONDS } from '../../domain/limits.ts';
import type { HttpTarget } from '../../domain/target.ts';
import type { EpochMs } from '../../domain/time.ts';
import type { HandlerResult } from '../../ports.ts';
import { fitted } from './bounded-result.ts';
import { failed } from './failure.ts';
import type { HttpReply } from './http-exchange.ts';
import type { Redact } from './redact.ts';

/** Headers of an answer that are kept with it. */
const KEPT = [
  'content-length',
  'content-type',
  'date',
  'etag',
  'location',
  'request-id',
  'retry-after',
  'x-amzn-requestid',
  'x-correlation-id',
  'x-request-id',
];
const MAX_HEADER_CHARS = 256;
const MAX_EXCERPT_CHARS = 500;
/** Of the 4xx these say "not now"; all others, "not this". */
const TOO_MANY = 429;
const PASSING = new Set([408, 425, TOO_MANY]);
const WITH_RETRY_AFTER = new Set([TOO_MANY, 503]);

/** What an answer means for the run. */
export function judged(
  { expectStatus }: Pick<HttpTarget, 'expectStatus'>,
  reply: HttpReply,
  nowMs: EpochMs,
  redact: Redact,
): HandlerResult {
  const { status } = reply;
  const text = redact(new TextDecoder().decode(reply.body), !reply.isWhole);
  if (isExpected(status, expectStatus)) {
    const headers = keptHeaders(reply, redact);
    const result = { status, headers, body: bodyOf(reply, text) };
    return { kind: 'success', result: fitted(reply.isWhole ? result : { ...result, truncated: true }) };
  }
  const seconds = WITH_RETRY_AFTER.has(status) ? waitSeconds(reply, nowMs) : undefined;
  return failed('HttpError', describe(status, text), {
    httpStatus: status,
    ...(willNotChange(status) ? { nonRetryable: true, unlessRuled: true } : {}),
    ...(status === TOO_MANY ? { throttled: true } : {}),
    ...(seconds === undefined ? {} : { retryAfterSeconds: seconds }),
  });
}

const isExpected = (status: number, expected: HttpTarget['expectStatus']): boolean =>
  expected === undefined ? status >= 200 && status < 300 : [expected].flat().includes(status);

const willNotChange = (status: number): boolean => status >= 300 && status < 500 && !PASSING.has(status);

const isJson = (contentType: string | undefined): boolean =>
  /^application\/([\w.+-]+\+)?json\b/i.test(contentType ?? '');

function bodyOf({ headers, isWhole }: HttpReply, text: string): unknown {
  if (!isWhole || !isJson(headers['content-type'])) return text;
  return jsonOrUndefined(text) ?? text;
}

function keptHeaders({ headers }: HttpReply, redact: Redact): Record<string, string> {
  const kept = KEPT.flatMap((name) => {
    const value = headers[name];
    return typeof value === 'string' ? [[name, redact(value).slice(0, MAX_HEADER_CHARS)]] : [];
  });
  return Object.fromEntries(kept);
}

/** `503 Service Unavailable: …`, with what the receiver says about it. */
function describe(status: number, text: string): string {
  const title = `${status} ${STATUS_CODES[status] ?? ''}`.trimEnd();
  const isRedirect = status >= 300 && status < 400;
  const said = isRedirect ? 'redirects are not followed' : excerpt(text);
  return said === '' ? title : `${title}: ${said}`;
}

const excerpt = (text: string): string =>
  text
    .replaceAll(/[\p{C}\s]+/gu, ' ')
    .trim()
    .slice(0, MAX_EXCERPT_CHARS);

/** Counted from the answer's own Date where it has one: clocks differ. */
function waitSeconds({ headers }: HttpReply, nowMs: EpochMs): number | undefined {
  const now = headers.date ?? new Date(nowMs).toUTCString();
  const seconds = retryAfterSeconds(headers['retry-after'] ?? null, now);
  return seconds === undefined ? undefined : Math.min(seconds, MAX_RETRY_DELAY_SECONDS);
}
