/** What a run may look at besides itself. */

/** The task that a run belongs to, as it stands when the run starts. */
export interface TaskContext {
  id: string;
  name: string;
  handler: string;
  queue: string;
  tags: readonly string[];
  timeoutSeconds: number;
}

/** Instants are ISO 8601 UTC; `result` is null unless it succeeded. */
export interface PreviousRun {
  executionId: string;
  status: string;
  scheduledAt: string;
  finishedAt: string | null;
  result: unknown;
  errorType: string | null;
  errorMessage: string | null;
}

export interface UpstreamRun extends PreviousRun {
  taskId: string;
  /** What triggered this run: success, failure (an attempt failed) or dead. */
  outcome: string;
}
