import type {
  CanaryWire,
  CloseInput,
  DeadLetterGroupWire,
  IgnoredFingerprintWire,
  LetterOutcomes,
  RedriveInput,
  RedriveWire,
  ReopenInput,
} from '../contract/dead-letters.ts';
import type { ExecutionWire } from '../contract/execution.ts';
import { type Listing, listing } from './listing.ts';
import type { CallOptions, Transport } from './transport.ts';

export type Redrive = RedriveWire;
export type DeadLetterGroup = DeadLetterGroupWire;
export type IgnoredFingerprint = IgnoredFingerprintWire;
export type DeadLetterOutcomes = LetterOutcomes;
export type Canary = CanaryWire;

export interface DeadLetterGroupFilter {
  /** Of one page, 1 to 200. */
  limit?: number | undefined;
  /** Those that wait for somebody, unless it says otherwise. */
  resolution?: 'open' | 'resolved' | 'ignored' | undefined;
}
export interface DeadLetterFilter extends DeadLetterGroupFilter {
  fingerprint?: string | undefined;
}

/** What can be done with the dead letters of a queue. */
export function deadLetterCalls(send: Transport) {
  const path = (queue: string, more = '') => `/v1/queues/${encodeURIComponent(queue)}/dead-letters${more}`;
  const post = <T>(queue: string, action: string, body: unknown, call: CallOptions = {}) =>
    send<T>({ method: 'POST', path: path(queue, `/${action}`), body, ...call });
  return {
    deadLetters: (queue: string, filter: DeadLetterFilter = {}, call?: CallOptions): Listing<ExecutionWire> =>
      listing(send, path(queue), { ...filter }, call),
    /** By what they died of. */
    deadLetterGroups: (
      queue: string,
      filter: DeadLetterGroupFilter = {},
      call?: CallOptions,
    ): Listing<DeadLetterGroup> => listing(send, path(queue, '/groups'), { ...filter }, call),
    /** What is ignored at birth. */
    ignored: (
      queue: string,
      page: Pick<DeadLetterGroupFilter, 'limit'> = {},
      call?: CallOptions,
    ): Listing<IgnoredFingerprint> => listing(send, path(queue, '/ignored'), { ...page }, call),
    /** Those named, those of a fingerprint, or all; at most 1,000 a call, `remaining` says how many are left. */
    redrive: (queue: string, which: readonly string[] | RedriveInput = {}, call?: CallOptions) =>
      post<Redrive>(queue, 'redrive', isList(which) ? { ids: which } : which, call),
    /** How a redrive with one run first is going. */
    canary: (queue: string, id: string, call: CallOptions = {}) =>
      send<Canary>({ method: 'GET', path: path(queue, `/canaries/${encodeURIComponent(id)}`), ...call }),
    resolve: (queue: string, input: CloseInput, call?: CallOptions) =>
      post<DeadLetterOutcomes>(queue, 'resolve', input, call),
    /** With a fingerprint, whatever dies of the same later is ignored as well. */
    ignore: (queue: string, input: CloseInput, call?: CallOptions) =>
      post<DeadLetterOutcomes>(queue, 'ignore', input, call),
    reopen: (queue: string, input: ReopenInput, call?: CallOptions) =>
      post<DeadLetterOutcomes>(queue, 'reopen', input, call),
  };
}

const isList = (which: readonly string[] | RedriveInput): which is readonly string[] => Array.isArray(which);
