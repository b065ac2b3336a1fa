/** What one task sets in motion when a run of it comes to something. */
export interface ChainLink {
  taskId: string;
  /** Serialized JSON instead of the other task's own payload; may hold templates. */
  payload?: string;
}
/** `success` and `dead` end a run; `failure` is each attempt that failed, retried or not. */
export type ChainOutcome = 'success' | 'failure' | 'dead';
export const CHAIN_FIELDS = { success: 'onSuccess', failure: 'onFailure', dead: 'onDead' } as const;

/** Where a chained run comes from. */
export interface Upstream {
  taskId: string;
  occurrence: string;
  outcome: ChainOutcome;
  attempt: number;
  /** Links since the run that nobody chained: a guard against circles that two edits at once could close. */
  depth: number;
}
