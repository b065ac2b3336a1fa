import type { LifecycleEvent } from '../../shared/domain/lifecycle-event.ts';
import type { Events, Metrics } from '../../shared/ports.ts';

/** A bus that keeps what it was told; `refuse` makes it be away. */
export function makeMemoryEvents(): Events & { told: LifecycleEvent[]; refuse(away: boolean): void } {
  const told: LifecycleEvent[] = [];
  let isAway = false;
  return {
    told,
    refuse(away) {
      isAway = away;
    },
    async publish(event) {
      if (isAway) throw new Error('the bus is away');
      told.push(event);
    },
  };
}

export interface Counted {
  succeeded: number;
  failed: number;
  dead: number;
  canary: number;
  lateness: number[];
  flushes: number;
}

export function makeMemoryMetrics(): Metrics & { counted: Counted } {
  const counted: Counted = { succeeded: 0, failed: 0, dead: 0, canary: 0, lateness: [], flushes: 0 };
  return {
    counted,
    runSucceeded: () => void counted.succeeded++,
    attemptFailed: () => void counted.failed++,
    runDead: () => void counted.dead++,
    canaryRan: () => void counted.canary++,
    startedLate: (latenessMs) => void counted.lateness.push(latenessMs),
    flush: () => void counted.flushes++,
  };
}
