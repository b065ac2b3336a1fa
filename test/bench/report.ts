import type { Cost, IdleMonth, Standing } from './cost.ts';
import type { CountedRow } from './counted.ts';
import type { EndToEnd } from './end-to-end.ts';
import type { Spread } from './figures.ts';
import { queueRequests, totalUnits, type Use } from './meter.ts';
import type { ASSUMPTIONS, PRICES } from './prices.ts';
import type { BundleSize } from './stack.ts';
import { type Cell, dollars, ms, short, textTable } from './text-table.ts';
import type { Comparison } from './throughput.ts';

export interface Figures {
  at: string;
  machine: { cpus: number; model: string; arch: string; memoryGb: number; node: string; loadBefore: number };
  isQuick: boolean;
  prices: typeof PRICES;
  assumptions: typeof ASSUMPTIONS;
  runs: (CountedRow & { costPerMillion: Cost })[];
  idle: {
    shards: number;
    minute: Use;
    month: IdleMonth;
    withoutCanary: IdleMonth;
    standing: Standing;
  };
  dispatcher: Comparison;
  executor: Comparison;
  endToEnd: EndToEnd;
  bundles: BundleSize[];
}

export function reportText(figures: Figures): string {
  const { machine, isQuick } = figures;
  const sections = [
    `Escapement, ${figures.at}, ${machine.cpus} × ${machine.model} (${machine.arch}), Node ${machine.node}, load before ${machine.loadBefore.toFixed(1)}${isQuick ? ', quick: rates mean nothing' : ''}`,
    section('What a run takes (per run)', runsTable(figures)),
    section('Table units of a run, by step: table + index', stepsTable(figures)),
    section(`A million runs in ${figures.prices.region}, US dollars`, costTable(figures)),
    section('A month in which nothing is due', idleText(figures)),
    section('Embedded engine in one process, beside a bare loop of the same SDK calls', rates(figures)),
    section('Embedded engine as npm start runs it, over HTTP', endToEnd(figures.endToEnd)),
    section('Bundles', bundlesTable(figures.bundles)),
  ];
  return `${sections.join('\n\n')}\n`;
}

const section = (title: string, text: string): string => `${title}\n\n${text.replace(/^(?=.)/gm, '  ')}`;

const together = ({ batchSize, runs }: CountedRow): string => (batchSize === 1 ? 'alone' : `${runs} at once`);

function runsTable({ runs }: Figures): string {
  const header = ['run', 'due', 'write units', 'read units', 'SQS', 'Lambda', 'of it executor', 'stored'];
  const rows = runs.map((row): Cell[] => {
    const functions = Object.values(row.use);
    return [
      row.title,
      together(row),
      totalUnits(row.use, 'write') + row.refused.write,
      totalUnits(row.use, 'read') + row.refused.read,
      functions.reduce((sum, fn) => sum + queueRequests(fn), 0),
      functions.reduce((sum, { invocations }) => sum + invocations, 0),
      row.use.executor?.invocations ?? 0,
      `${Math.round(row.storedBytes)} B`,
    ];
  });
  const note =
    'Ticks, heartbeat and sweeper run each minute, due or not: see the idle month. SQS and Lambda calls: requests\n' +
    'and invocations; empty receives belong to the idle month too. "alone": the only task of its shard and minute,\n' +
    'so that it bears that minute’s dispatching by itself.';
  return `${textTable(header, rows)}\n\n${note}`;
}

function stepsTable({ runs }: Figures): string {
  const rows = runs
    .filter(({ batchSize }) => batchSize > 1)
    .flatMap((row) => {
      const steps = Object.entries(row.use).flatMap(([fn, { steps: ofFunction }]) =>
        Object.entries(ofFunction).map(([step, use]) => ({ fn, step, use })),
      );
      return steps.map(({ fn, step, use }, at): Cell[] => [
        at === 0 ? row.title : '',
        fn,
        step,
        use.requests,
        pair(use.write),
        pair(use.read),
      ]);
    });
  return textTable(['run', 'function', 'step', 'requests', 'write', 'read'], rows);
}

const pair = ({ table, index }: { table: number; index: number }): string =>
  table + index === 0 ? '' : `${short(table)}+${short(index)}`;

function costTable({ runs, prices, assumptions }: Figures): string {
  const header = [
    'run',
    'due',
    'writes',
    'reads',
    'storage',
    'SQS',
    'Lambda',
    'logs',
    'API',
    'events',
    'total',
  ];
  const rows = runs.map((row): Cell[] => {
    const { writes, reads, storage, queues, lambda, logs, api, events, total } = row.costPerMillion;
    const parts = [writes, reads, storage, queues, lambda, logs, api, events];
    return [row.title, together(row), ...parts.map((part) => part.toFixed(2)), dollars(total)];
  });
  const { handlerMs, dynamoDbMs, sqsMs, memoryMb, retentionDays, logBytesPerInvocation } = assumptions;
  const note =
    `Prices of ${prices.asOf}, without free tiers (test/bench/prices.ts). Counted: units, requests, invocations, bytes.\n` +
    `Assumed: a handler of ${handlerMs} ms, ${dynamoDbMs} ms a table request, ${sqsMs} ms a queue request, ${memoryMb} MB arm64,\n` +
    `${logBytesPerInvocation} B of log an invocation, runs kept ${retentionDays} days.`;
  return `${textTable(header, rows)}\n\n${note}`;
}

function idleText({ idle }: Figures): string {
  const { total, ...parts } = idle.month;
  const rows = Object.entries(parts)
    .filter(([, cost]) => cost > 0.005)
    .map(([name, cost]): Cell[] => [name, dollars(cost)]);
  const { pollers, secrets, keys, alarmedMetrics, dashboards, customMetrics } = idle.standing;
  const note = `${idle.shards} shards, ${pollers} queues polled, the canary, ${secrets} secret, ${keys} key (of the topic of the alarms); watched by ${alarmedMetrics} alarmed metrics, ${customMetrics} custom ones, ${dashboards} dashboard.\n  Without the canary: ${dollars(idle.withoutCanary.total)}.`;
  return `${textTable(['what', 'a month'], [...rows, ['total', dollars(total)]])}\n\n${note}`;
}

function rates({ dispatcher, executor }: Figures): string {
  const row = (name: string, { operations, product, bare, share, rounds }: Comparison): Cell[] => [
    name,
    operations,
    rounds.length,
    Math.round(product),
    Math.round(bare),
    `${Math.round(share * 100)} %`,
  ];
  const header = ['what', 'operations', 'rounds', 'a second', 'bare loop', 'share'];
  return textTable(header, [row('dispatcher, hints', dispatcher), row('executor, runs', executor)]);
}

function endToEnd({ burst, steady, triggers }: EndToEnd): string {
  const spread = (name: string, { count, p50, p99, max }: Spread): Cell[] => [
    name,
    count,
    ms(p50),
    ms(p99),
    ms(max),
  ];
  const times = textTable(
    ['what', 'runs', 'p50', 'p99', 'max'],
    [
      spread(`lateness: due to claimed, ${steady.perSecond} due each second`, steady.latenessMs),
      spread('  due to finished', steady.dueToFinishedMs),
      spread(`lateness: ${burst.runs} due in the same second`, burst.latenessMs),
      spread('  due to finished', burst.dueToFinishedMs),
      spread('idle: trigger sent to run finished', triggers.toFinishedMs),
      spread('  to seen by a client that polls', triggers.toSeenMs),
    ],
  );
  const rate = `Runs a second, first claim to last result of those ${burst.runs}: ${short(burst.perSecond)}; a bare loop of the same calls over HTTP: ${short(burst.barePerSecond)} (${Math.round(burst.share * 100)} %).`;
  return `${times}\n\n${rate}`;
}

function bundlesTable(bundles: BundleSize[]): string {
  const kb = (bytes: number) => `${Math.round(bytes / 1_000)} kB`;
  const rows = bundles.flatMap(({ functions, files }) =>
    files.map(({ name, bytes, gzipBytes }): Cell[] => [functions.join(', '), name, kb(bytes), kb(gzipBytes)]),
  );
  return textTable(['function', 'file', 'raw', 'gzip'], rows);
}
