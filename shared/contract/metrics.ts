/** The custom metrics. Each name costs by the month, so there are five, without a dimension but the deployment. */
export const METRIC_NAMESPACE = 'Escapement';

/** Its value is the name of the deployment. */
export const METRIC_DIMENSION = 'service';

export const METRICS = {
  /** Runs that ended well. */
  runsSucceeded: { name: 'RunsSucceeded', unit: 'Count' },
  /** Attempts that threw, ran out of time, crashed or vanished; retried or not. */
  attemptsFailed: { name: 'AttemptsFailed', unit: 'Count' },
  /** Runs that gave up: each is a dead letter. */
  runsDead: { name: 'RunsDead', unit: 'Count' },
  /** Due instant to start of a scheduled run's first attempt. */
  lateness: { name: 'LatenessMs', unit: 'Milliseconds' },
  /** Runs of the canary that ended well: one a minute while all is well. */
  canaryRuns: { name: 'CanaryRuns', unit: 'Count' },
} as const;
