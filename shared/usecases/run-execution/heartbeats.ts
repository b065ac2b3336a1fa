import { leaseAt, movedLease, spanMs } from '../../domain/lease.ts';
import { executionId } from '../../domain/occurrence.ts';
import { type DurationMs, SECOND_MS } from '../../domain/time.ts';
import { type Claim, type ExecutorDeps, elapsedMs, type Mark, mark } from './context.ts';

/** Signs of life are written this much rarer than they are due. */
const WRITES_IN_A_SPAN = 3;
const WRITE_TRIES = 3;

export interface Heartbeats {
  /** The handler lives. Resolves once a write says so, with what is left until its next sign is due; undefined: none did. */
  beat(): Promise<DurationMs | undefined>;
  end(): void;
}

/**
 * Moves the lease of a run with each sign of life of its handler, so that it ends soon when none comes. Signs closer
 * together than a third of the span share a write, which counts from the last of them. `stop` is called when
 * the write finds that somebody asked the run to stop, or that it is not ours any more.
 */
export function keepLease(deps: ExecutorDeps, claim: Claim, stop: (why: string) => void): Heartbeats {
  const { clock } = deps;
  const { t0, owner, task } = claim;
  const wholeSpanMs = spanMs(task.definition, 0);
  const everyMs = wholeSpanMs / WRITES_IN_A_SPAN;
  let seen = claim.run;
  let latest = t0;
  let nextAtMs = t0.monotonicMs + everyMs;
  let queued: Promise<DurationMs | undefined> | undefined;
  let underWay: Promise<unknown> = Promise.resolve();
  let over = false;

  const turn = async (): Promise<DurationMs | undefined> => {
    await clock.sleep(Math.max(0, nextAtMs - clock.monotonicMs()));
    await underWay;
    queued = undefined;
    if (over) return undefined;
    nextAtMs = clock.monotonicMs() + everyMs;
    const written = write(latest);
    underWay = written;
    return written;
  };

  /** Never rejects. Counts from before the write, and from the sign itself where that is older. */
  async function write(sign: Mark): Promise<DurationMs | undefined> {
    const leaseUntil = leaseAt(sign.wallMs + spanMs(task.definition, sinceMs(sign, t0)));
    for (let tries = 1; tries <= WRITE_TRIES && !over; tries++) {
      try {
        const outcome = await deps.executions.update(seen, movedLease(seen, owner, leaseUntil));
        const now = outcome.ok ? outcome.record : outcome.existing;
        if (now?.status !== 'running' || now.owner !== owner || now.attempt !== seen.attempt) {
          if (!over) stop('the run was declared lost');
          return undefined;
        }
        seen = now;
        if (now.cancelRequested) stop('somebody asked this run to stop');
        if (now.leaseUntil === leaseUntil) return wholeSpanMs - elapsedMs(clock, sign);
      } catch (error) {
        const fields = { executionId: executionId(seen), error: String(error) };
        deps.log.warn('heartbeat not stored', fields);
        await clock.sleep(SECOND_MS);
      }
    }
    return undefined;
  }

  return {
    beat: () => {
      latest = mark(clock);
      queued ??= turn();
      return queued;
    },
    end: () => {
      over = true;
    },
  };
}

const sinceMs = (later: Mark, earlier: Mark): DurationMs =>
  Math.max(later.wallMs - earlier.wallMs, later.monotonicMs - earlier.monotonicMs);
