import type { CountedRow } from './counted.ts';
import { type FunctionUse, queueRequests, tableRequests, totalUnits, type Use } from './meter.ts';
import { ASSUMPTIONS, PRICES } from './prices.ts';

/** US dollars. */
export interface Cost {
  writes: number;
  reads: number;
  storage: number;
  queues: number;
  lambda: number;
  logs: number;
  api: number;
  events: number;
  total: number;
}

const MILLION = 1_000_000;
const MINUTES_A_MONTH = 30 * 24 * 60;
/** Lambda keeps five long polls of 20 s open on a queue that it reads. */
const IDLE_RECEIVES_A_MINUTE = 5 * 3;

export const costOfMillionRuns = (row: CountedRow): Cost => costOf(row.use, MILLION, row);

const NOTHING_MORE = { refused: { read: 0, write: 0 }, storedBytes: 0 };

/** What stands there whether it is used or not. */
export interface Standing {
  pollers: number;
  secrets: number;
  keys: number;
  alarmedMetrics: number;
  dashboards: number;
  customMetrics: number;
}
export interface IdleMonth extends Cost {
  clock: number;
  secrets: number;
  keys: number;
  watching: number;
}

/** Nothing of the users' is due, all month. */
export function costOfIdleMonth(minute: Use, standing: Standing): IdleMonth {
  const used = costOf(minute, MINUTES_A_MONTH, NOTHING_MORE);
  const polling = standing.pollers * IDLE_RECEIVES_A_MINUTE * MINUTES_A_MONTH * PRICES.sqsRequest;
  const parts = {
    clock: MINUTES_A_MONTH * PRICES.schedulerInvocation,
    secrets: standing.secrets * PRICES.secretMonth,
    keys: standing.keys * PRICES.keyMonth,
    watching:
      standing.alarmedMetrics * PRICES.alarmedMetricMonth +
      standing.customMetrics * PRICES.metricMonth +
      standing.dashboards * PRICES.dashboardMonth,
  };
  const total = used.total + polling + parts.clock + parts.secrets + parts.keys + parts.watching;
  return { ...used, queues: used.queues + polling, ...parts, total };
}

function costOf(
  use: Use,
  times: number,
  { refused, storedBytes }: Pick<CountedRow, 'refused' | 'storedBytes'>,
): Cost {
  const functions = Object.entries(use);
  const sum = (price: (fn: FunctionUse, name: string) => number) =>
    times * functions.reduce((total, [name, fn]) => total + price(fn, name), 0);
  const parts = {
    writes: times * (totalUnits(use, 'write') + refused.write) * PRICES.dynamoDbWriteUnit,
    reads: times * (totalUnits(use, 'read') + refused.read) * PRICES.dynamoDbReadUnit,
    storage: times * gbMonths(storedBytes) * PRICES.dynamoDbGbMonth,
    queues: sum((fn) => queueRequests(fn) * (PRICES.sqsRequest + PRICES.sqsFairRequest)),
    lambda: sum(
      (fn, name) =>
        fn.invocations * PRICES.lambdaRequest + gbSeconds(fn, name === 'executor') * PRICES.lambdaGbSecond,
    ),
    logs: sum((fn) => ((fn.invocations * ASSUMPTIONS.logBytesPerInvocation) / 1e9) * PRICES.logsGb),
    events: sum((fn) => fn.events * PRICES.customEvent),
    api: sum((fn, name) => (name === 'api' ? fn.invocations * PRICES.httpApiRequest : 0)),
  };
  return { ...parts, total: Object.values(parts).reduce((total, part) => total + part, 0) };
}

const gbMonths = (bytes: number): number => (bytes / 1e9) * (ASSUMPTIONS.retentionDays / 30);

/** The runs of a batch go on side by side, and each makes its requests one after the other. */
function gbSeconds(fn: FunctionUse, isExecutor: boolean): number {
  const { dynamoDbMs, sqsMs, handlerMs, overheadMs, memoryMb } = ASSUMPTIONS;
  if (fn.invocations === 0) return 0;
  // Receiving and deleting is the poller's work, not the function's.
  const own = queueRequests(fn) - (fn.sqs.ReceiveMessage ?? 0) - (fn.sqs.DeleteMessageBatch ?? 0);
  const oneAfterTheOther = tableRequests(fn) * dynamoDbMs + own * sqsMs + fn.handlerRuns * handlerMs;
  const sideBySide = isExecutor ? fn.messages / fn.invocations : 1;
  const ms = oneAfterTheOther / sideBySide + fn.invocations * overheadMs;
  return (ms / 1_000) * (memoryMb / 1_024);
}
