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
  total: number;
}

const MILLION = 1_000_000;
const MINUTES_A_MONTH = 30 * 24 * 60;
/** Lambda keeps five long polls of 20 s open on a queue that it reads. */
const IDLE_RECEIVES_A_MINUTE = 5 * 3;

export const costOfMillionRuns = (row: CountedRow): Cost => costOf(row.use, MILLION, row);

const NOTHING_MORE = { refused: { read: 0, write: 0 }, storedBytes: 0 };

/** Nothing due, all month: ticks, sweeper, the second clock, the pollers' empty receives, the administrator's secret. */
export function costOfIdleMonth(minute: Use, pollers: number): Cost & { secret: number; clock: number } {
  const perMinute = costOf(minute, MINUTES_A_MONTH, NOTHING_MORE);
  const polling = pollers * IDLE_RECEIVES_A_MINUTE * MINUTES_A_MONTH * PRICES.sqsRequest;
  const clock = MINUTES_A_MONTH * PRICES.schedulerInvocation;
  const secret = PRICES.secretMonth;
  const total = perMinute.total + polling + clock + secret;
  return { ...perMinute, queues: perMinute.queues + polling, clock, secret, total };
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
