import { createHash } from 'node:crypto';
import type { Change, Guard } from './change.ts';
import type { Execution, HandOff, HandOffOutcome } from './execution.ts';
import { openLook } from './execution-parts.ts';
import { HAND_OFFS_KEPT, LEASE_LOOK_MS } from './limits.ts';
import { type EpochMs, SECOND_MS } from './time.ts';

/**
 * A run that goes on outside: its attempt gives a token away and ends as `pending`; whoever holds the token ends the
 * attempt (docs/lifecycle.md). Only hashes are stored, each with the attempt that gave its token away: what an
 * earlier attempt's holder says counts no more.
 */

/** `<tenant in base64url>.<secret>`: the path of a request names the run, the token alone its tenant. */
export const makeToken = (tenant: string, secret: string): string =>
  `${Buffer.from(tenant).toString('base64url')}.${secret}`;

const TENANT = /^[^#]{1,64}$/;

export function tenantOfToken(token: string): string | undefined {
  const tenant = Buffer.from(token.split('.')[0] ?? '', 'base64url').toString();
  return TENANT.test(tenant) ? tenant : undefined;
}

export const hashOf = (text: string): string => createHash('sha256').update(text).digest('base64url');

const ours = (owner: string, attempt: number): Partial<Execution> => ({ status: 'running', attempt, owner });

/** Before the token leaves the executor, so that whoever gets it is known however soon he answers. */
export const tokenGiven = (seen: Execution, owner: string, tokenHash: string): Change<Execution> => ({
  set: { handOffs: [...(seen.handOffs ?? []), { attempt: seen.attempt, tokenHash }].slice(-HAND_OFFS_KEPT) },
  guard: { equals: ours(owner, seen.attempt) },
});

const lease = (seen: Execution, until: EpochMs): Partial<Execution> => ({
  leaseUntil: until,
  index: openLook(seen, until + LEASE_LOOK_MS),
});

/** FIN, pending: nothing of it runs here any more. Refused when somebody asked it to stop or ended it already. */
export const handedOff = (
  seen: Execution,
  q: { owner: string; nowMs: EpochMs; seconds: number },
): Change<Execution> => ({
  set: { pendingSeconds: q.seconds, ...lease(seen, q.nowMs + q.seconds * SECOND_MS) },
  guard: { equals: ours(q.owner, seen.attempt), missing: ['cancelRequested', 'earlyOutcome'] },
});

const samePending = (seen: Execution): Guard<Execution> => ({
  equals: {
    status: 'running',
    attempt: seen.attempt,
    ...(seen.pendingSeconds === undefined ? {} : { pendingSeconds: seen.pendingSeconds }),
  },
  missing: seen.pendingSeconds === undefined ? ['pendingSeconds', 'earlyOutcome'] : [],
});

/**
 * The holder is at work: a pending run has its whole time again. Undefined when nothing would change that matters:
 * each write moves the index, so they are a third of the time apart at least.
 */
export function extendedHandOff(
  seen: Execution,
  q: { nowMs: EpochMs; progress?: string },
): Change<Execution> | undefined {
  const progress = q.progress === undefined ? {} : { progress: q.progress };
  const spanMs = (seen.pendingSeconds ?? 0) * SECOND_MS;
  const fresh = (seen.leaseUntil ?? 0) - q.nowMs > (spanMs * 2) / 3;
  if (seen.pendingSeconds === undefined || fresh) {
    return q.progress === undefined ? undefined : { set: progress, guard: samePending(seen) };
  }
  return { set: { ...progress, ...lease(seen, q.nowMs + spanMs) }, guard: samePending(seen) };
}

/** What the holder said is remembered with the token, so that saying it again is harmless. */
export const withOutcome = (handOffs: HandOff[], tokenHash: string, outcomeHash: string): HandOff[] =>
  handOffs.map((handOff) => (handOff.tokenHash === tokenHash ? { ...handOff, outcomeHash } : handOff));

/** The holder was faster than the handler that gave him the token: kept until that has ended. */
export const toldEarly = (
  seen: Execution,
  earlyOutcome: HandOffOutcome,
  handOffs: HandOff[],
): Change<Execution> => ({
  set: { earlyOutcome, handOffs },
  guard: samePending(seen),
});
