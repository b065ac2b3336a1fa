import type { RoutePlan } from '../template/plan-http.ts';

/** How long until the route takes a request again; undefined: it has just taken one. */
export type Throttle = (route: RoutePlan) => { retryAfterSeconds: number } | undefined;

/** A token bucket for each route, as API Gateway has: so many at once, and so many a second come back. */
export function createThrottle(nowMs: () => number): Throttle {
  const buckets = new Map<string, { tokens: number; at: number }>();
  return ({ key, throttle }) => {
    if (!throttle) return undefined;
    const { burst, perSecond } = throttle;
    const at = nowMs();
    const seen = buckets.get(key) ?? { tokens: burst, at };
    const tokens = Math.min(burst, seen.tokens + (Math.max(0, at - seen.at) / 1000) * perSecond);
    const isTaken = tokens >= 1;
    buckets.set(key, { tokens: isTaken ? tokens - 1 : tokens, at });
    return isTaken ? undefined : { retryAfterSeconds: Math.max(1, Math.ceil((1 - tokens) / perSecond)) };
  };
}
