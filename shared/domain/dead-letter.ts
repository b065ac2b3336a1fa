import type { EpochMs } from './time.ts';

/** What people do with dead letters besides running them again. */

/** Said of a dead run: it leaves the list of those that wait for somebody. */
export interface Resolution {
  kind: 'resolved' | 'ignored';
  at: EpochMs;
  by: string;
  note?: string;
}

/** What of a queue and with this fingerprint dies from now on is ignored at birth. */
export interface IgnoredFingerprint {
  tenant: string;
  queue: string;
  fingerprint: string;
  at: EpochMs;
  by: string;
  note?: string;
}

/** One run goes first, and the others follow when it succeeds; who succeeds is asked of the run itself. */
export interface Canary {
  tenant: string;
  id: string;
  queue: string;
  /** The id of the first run. */
  executionId: string;
  /** The runs that wait for it, each with the death of which it is to come back. */
  waiting: { executionId: string; epoch: number }[];
  /** Serialized JSON merge patch of the payload of each. */
  payloadPatch?: string;
  at: EpochMs;
  by: string;
}
