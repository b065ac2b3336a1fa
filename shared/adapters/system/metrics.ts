import { Metrics as PowertoolsMetrics } from '@aws-lambda-powertools/metrics';
import { METRIC_NAMESPACE, METRICS } from '../../contract/metrics.ts';
import type { Metrics } from '../../ports.ts';

type Output = Pick<PowertoolsMetrics, 'addMetric' | 'addMetadata' | 'publishStoredMetrics'>;
type Counter = Exclude<keyof typeof METRICS, 'lateness'>;

/** Counts in memory, and at the end of a batch writes one line in CloudWatch's embedded metric format. */
export function makeMetrics(
  output: Output,
  q: {
    nowMs(): number;
    /** Of the function: Lambda drops lines below it, and takes a line without a level for INFO. */
    logLevel?: string | undefined;
  },
): Metrics {
  const counted = new Map<Counter, number>();
  let lateness: number[] = [];
  const count = (counter: Counter) => () => {
    counted.set(counter, (counted.get(counter) ?? 0) + 1);
  };
  const add = (key: keyof typeof METRICS, value: number) => {
    const { name, unit } = METRICS[key];
    output.addMetric(name, unit, value);
  };
  return {
    runSucceeded: count('runsSucceeded'),
    attemptFailed: count('attemptsFailed'),
    runDead: count('runsDead'),
    canaryRan: count('canaryRuns'),
    startedLate: (latenessMs) => {
      lateness.push(latenessMs);
    },
    flush() {
      if (counted.size === 0 && lateness.length === 0) return;
      for (const [counter, value] of counted) add(counter, value);
      for (const latenessMs of lateness) add('lateness', latenessMs);
      counted.clear();
      lateness = [];
      if (q.logLevel !== undefined) {
        output.addMetadata('level', q.logLevel);
        output.addMetadata('timestamp', new Date(q.nowMs()).toISOString());
      }
      output.publishStoredMetrics();
    },
  };
}

/** `deployment` is the value of the only dimension. */
export const metricsOutput = (deployment: string): Output =>
  new PowertoolsMetrics({ namespace: METRIC_NAMESPACE, serviceName: deployment });
