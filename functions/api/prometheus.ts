import type { QueueWire } from '../../shared/contract/queue.ts';
import { countUpTo, type Histogram } from '../../shared/domain/histogram.ts';
import type { Summary } from '../../shared/domain/summary.ts';
import { SECOND_MS } from '../../shared/domain/time.ts';

/** github.com/prometheus/docs/blob/main/docs/instrumenting/exposition_formats.md */
export const PROMETHEUS_TEXT = 'text/plain; version=0.0.4; charset=utf-8';

interface Sample {
  /** `_bucket`, `_sum`, `_count` of a histogram. */
  suffix?: string;
  labels?: Readonly<Record<string, string>>;
  value: number;
}
interface Family {
  name: string;
  help: string;
  type: 'counter' | 'gauge' | 'histogram';
  samples: Sample[];
}

/** Seconds. */
const BOUNDS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 900];

export interface Measured {
  version: string;
  /** Absent where nothing is counted. */
  total: Summary | undefined;
  queues: readonly QueueWire[];
  /** undefined: there was no tick yet. */
  tickLagMs: number | undefined;
}

/** Everything that is measured, as Prometheus reads it. Counters are those of one tenant since its beginning. */
export const toPrometheus = (measured: Measured): string => families(measured).map(textOf).join('');

function families({ version, total, queues, tickLagMs }: Measured): Family[] {
  return [
    gauge('build_info', 'The version that runs here.', [{ labels: { version }, value: 1 }]),
    gauge(
      'tick_lag_seconds',
      'Since the last tick; a minute and little more while all is well.',
      tickLagMs === undefined ? [] : [{ value: tickLagMs / SECOND_MS }],
    ),
    ...(total ? countersOf(total) : []),
    ...queuesOf(queues),
  ];
}

function countersOf({ counts, duration, lateness }: Summary): Family[] {
  const { success, dead, cancelled, skipped, failed, late } = counts;
  const runs = Object.entries({ success, dead, cancelled, skipped });
  return [
    counter(
      'runs_total',
      'Runs that ended, by how.',
      runs.map(([status, value]) => ({ labels: { status }, value })),
    ),
    counter('failed_attempts_total', 'Attempts that failed, retried or not.', [{ value: failed + dead }]),
    counter('late_runs_total', 'Runs that missed their deadline.', [{ value: late }]),
    histogram('attempt_duration_seconds', 'How long attempts took that ended.', duration),
    histogram('run_lateness_seconds', 'From the due instant to the first start of a run.', lateness),
  ];
}

function queuesOf(queues: readonly QueueWire[]): Family[] {
  const of = (value: (queue: QueueWire) => number | null): Sample[] =>
    queues.flatMap((queue) => {
      const measured = value(queue);
      return measured === null ? [] : [{ labels: { queue: queue.name }, value: measured }];
    });
  return [
    gauge(
      'queue_depth',
      'Messages ready to be taken.',
      of(({ depth }) => depth),
    ),
    gauge(
      'queue_delayed',
      'Messages that wait for their second.',
      of(({ delayed }) => delayed),
    ),
    gauge(
      'queue_in_flight',
      'Messages in the hands of workers.',
      of(({ inFlight }) => inFlight),
    ),
    gauge(
      'queue_oldest_age_seconds',
      'Since the oldest run that has not started became due; 0 when there is none.',
      of(({ depth, oldestAgeSeconds }) => (depth === null ? null : (oldestAgeSeconds ?? 0))),
    ),
    gauge(
      'queue_dead_letters',
      'Dead runs that nobody has dealt with; counted up to 1,000.',
      of(({ deadLetters }) => deadLetters),
    ),
    gauge(
      'queue_workers',
      'Executors at the same time, at most.',
      of(({ workers }) => workers),
    ),
    gauge(
      'queue_paused',
      '1 while it is paused and its messages wait.',
      of(({ paused }) => (paused ? 1 : 0)),
    ),
  ];
}

const family = (type: Family['type'], name: string, help: string, samples: Sample[]): Family => ({
  name: `escapement_${name}`,
  help,
  type,
  samples,
});
const gauge = (name: string, help: string, samples: Sample[]) => family('gauge', name, help, samples);
const counter = (name: string, help: string, samples: Sample[]) => family('counter', name, help, samples);

function histogram(name: string, help: string, of: Histogram): Family {
  const buckets = BOUNDS.map((bound) => ({
    suffix: '_bucket',
    labels: { le: String(bound) },
    value: countUpTo(of, bound * SECOND_MS),
  }));
  return family('histogram', name, help, [
    ...buckets,
    { suffix: '_bucket', labels: { le: '+Inf' }, value: of.count },
    { suffix: '_sum', value: of.sumMs / SECOND_MS },
    { suffix: '_count', value: of.count },
  ]);
}

function textOf({ name, help, type, samples }: Family): string {
  if (samples.length === 0) return '';
  const lines = samples.map(({ suffix = '', labels = {}, value }) => {
    const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escaped(text)}"`);
    return `${name}${suffix}${pairs.length === 0 ? '' : `{${pairs.join(',')}}`} ${value}\n`;
  });
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join('')}`;
}

const escaped = (text: string): string =>
  text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
