import { MAX_RATE, RATE_RESERVATION_KEPT_MS, RATE_RESERVATIONS } from './limits.ts';
import type { DurationMs, EpochMs } from './time.ts';

/**
 * A limit on starts in a period, shared by all tasks of a tenant that name its key (docs/flow-control.md): a log of the
 * instants given away last, in a window that slides. Whoever must wait gets an instant of his own, which is in the log
 * from then on, so that he comes back once and nobody else takes it.
 */
export interface RateLog {
  /** +1 with every write. */
  version: number;
  /** Ascending; the future ones are reserved. */
  starts: EpochMs[];
  /** By the attempt's name. */
  reserved: Record<string, EpochMs>;
}

export interface RateKey {
  tenant: string;
  key: string;
}

export interface RatePlan {
  /** When the attempt may begin; not in the future: now. */
  at: EpochMs;
  /** What to write so that this holds; absent when it holds already, or when the line is full and nothing is given. */
  next?: RateLog;
}

/**
 * The earliest instant from `notBefore` on in which the attempt makes nobody exceed `limit` starts in any `periodMs`.
 * An instant that has been over for long (its run was held up) goes back, and the run asks anew.
 */
export function planStart(
  seen: RateLog | undefined,
  q: { name: string; limit: number; periodMs: DurationMs; notBefore: EpochMs; nowMs: EpochMs },
): RatePlan {
  const { name, limit, periodMs, nowMs } = q;
  const { version = 0, starts: given = [], reserved: all = {} } = seen ?? {};
  const own = all[name];
  const oldest = nowMs - RATE_RESERVATION_KEPT_MS;
  if (own !== undefined && own >= oldest) return { at: own };

  const starts = [...given];
  if (own !== undefined && starts.includes(own)) starts.splice(starts.indexOf(own), 1);
  const free = starts.at(-limit);
  const at = Math.max(q.notBefore, free === undefined ? nowMs : free + periodMs);
  const reserved = Object.fromEntries(Object.entries(all).filter(([, instant]) => instant >= oldest));
  if (at > nowMs) {
    if (Object.keys(reserved).length >= RATE_RESERVATIONS) return { at };
    reserved[name] = at;
  }
  const next = [...starts, at].sort((a, b) => a - b).slice(-MAX_RATE);
  return { at, next: { version: version + 1, starts: next, reserved } };
}
