import { createHmac } from 'node:crypto';
import { MAX_AUDIT_STATE_BYTES, MAX_AUDIT_TEXT_CHARS } from './limits.ts';
import type { EpochMs } from './time.ts';

/** One change by somebody outside: written before it is attempted, and completed when it is over. */
export interface AuditEntry {
  tenant: string;
  /** Unique. */
  id: string;
  at: EpochMs;
  actor: string;
  /** `task.pause` */
  action: string;
  /** As its path: `tasks/nightly-report` */
  resource: string;
  requestId: string;
  /** `pending`: nobody has said yet how it ended, and when that process died nobody will. */
  outcome: 'pending' | 'done' | 'unchanged' | 'refused';
  /** Of a refusal. */
  code?: string;
  /** JSON, masked; absent when there was nothing, or nothing to compare. */
  before?: string;
  after?: string;
}
export type AuditEnd = Pick<AuditEntry, 'resource' | 'outcome' | 'code' | 'after'>;

/** What is shown as it is, and looked into. Whatever is in neither list is masked, also what is added tomorrow. */
const SHOWN = new Set(
  `id name description tags status version createdAt createdBy
   handler target type method functionArn queueUrl topicArn busName detailType source stateMachineArn secretId expectStatus
   schedule kind expressions timezone dst gap repeat startAt endAt jitterSeconds calendars mode seconds rule at
   queue timeoutSeconds heartbeatSeconds retry strategy limit baseSeconds maxSeconds jitter rules match errorType httpStatus
   cause then overlap misfire misfireGraceSeconds catchUpLimit concurrency key rateLimit perSeconds
   stop afterRuns afterSuccesses afterConsecutiveFailures deadline notify system onSuccess onFailure onDead taskId
   stopped by executionId taskName trigger reason scheduledAt attempt maxAttempts cancelRequested pending upstream outcome
   causedBy priority workers paused maxBacklog deployed dates ranges from to weekdays
   maxTasks maxConcurrency ratePerMinute tenant role expiresAt
   action filter tag matched done unchanged failed failures problem
   count items ok code more occurrences missing created first last runs waiting running success dead cancelled skipped`.split(
    /\s+/,
  ),
);
/** Credentials, and what moves by itself, so that it says nothing of what somebody did. */
const LEFT_OUT = new Set(
  `token hash updatedAt lastUsedAt lastRun nextRunAt scheduleDescription stopCounts attempts progress
   depth delayed inFlight oldestAgeSeconds deadLetters lettersInSqs applied tasks replanned
   startedAt finishedAt nextAttemptAt latenessMs durationMs idempotencyKey snoozes snoozeReason missed collidedWith
   lateSince pendingUntil stopError`.split(/\s+/),
);

interface Masked {
  masked: string;
  bytes: number;
}
export type Mask = (shown: unknown) => string;

/**
 * The one way in which anything comes into the trail. What may hold a secret is told by its size and a hash, so that
 * one sees that it changed. The key is made for one entry and kept nowhere: nobody can try out values against the hash.
 */
export function masking(key: string): Mask {
  const hidden = (value: unknown): Masked => {
    const json = JSON.stringify(value) ?? '';
    const masked = createHmac('sha256', key).update(json).digest('hex').slice(0, 12);
    return { masked, bytes: Buffer.byteLength(json) };
  };

  const inside = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(inside);
    if (typeof value === 'object' && value !== null) return members(value);
    return typeof value === 'string' && value.length > MAX_AUDIT_TEXT_CHARS ? hidden(value) : value;
  };

  const members = (value: object): Record<string, unknown> =>
    Object.fromEntries(
      Object.entries(value)
        .filter(([name]) => !LEFT_OUT.has(name))
        .map(([name, member]) => [name, memberOf(name, member)]),
    );

  const memberOf = (name: string, value: unknown): unknown => {
    if (value === null || SHOWN.has(name)) return inside(value);
    return name === 'url' ? { ...hidden(value), origin: originOf(value) } : hidden(value);
  };

  return (shown) => {
    const state = typeof shown === 'object' && shown !== null ? inside(shown) : hidden(shown);
    return withinBounds(state, hidden);
  };
}

/** Where a webhook goes; its path and query are often all that protects the receiver. */
const originOf = (url: unknown): string | null =>
  typeof url === 'string' && URL.canParse(url) ? new URL(url).origin : null;

/** The largest parts of what is too large are masked as a payload is. */
function withinBounds(state: unknown, hidden: (value: unknown) => Masked): string {
  let json = JSON.stringify(state);
  if (Buffer.byteLength(json) <= MAX_AUDIT_STATE_BYTES) return json;
  if (typeof state !== 'object' || state === null || Array.isArray(state))
    return JSON.stringify(hidden(state));
  const parts: Record<string, unknown> = { ...state };
  const bySize = Object.keys(parts).sort(
    (a, b) => JSON.stringify(parts[b]).length - JSON.stringify(parts[a]).length,
  );
  for (const name of bySize) {
    if (Buffer.byteLength(json) <= MAX_AUDIT_STATE_BYTES) return json;
    parts[name] = hidden(parts[name]);
    json = JSON.stringify(parts);
  }
  return Buffer.byteLength(json) <= MAX_AUDIT_STATE_BYTES ? json : JSON.stringify(hidden(state));
}

/** The very text, or what stands beneath it: `task` for `task.pause`, `tasks/a` for `tasks/a/backfills/b`. */
export const isWithin = (text: string, asked: string | undefined): boolean =>
  asked === undefined ||
  text === asked ||
  (text.startsWith(asked) && /[./:]/.test(text.charAt(asked.length)));
