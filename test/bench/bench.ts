import { arch, availableParallelism, cpus, loadavg, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { costOfIdleMonth, costOfMillionRuns } from './cost.ts';
import { countIdleMinute, countScenario } from './counted.ts';
import { measureEndToEnd } from './end-to-end.ts';
import { ASSUMPTIONS, PRICES } from './prices.ts';
import { type Figures, reportText } from './report.ts';
import { SCENARIOS } from './scenarios.ts';
import { measureStack } from './stack.ts';
import { compareDispatcher, compareExecutor } from './throughput.ts';

const USAGE = `npm run bench [-- --json] [--quick]
  --json    figures as JSON on stdout, nothing else
  --quick   fewer of everything: to see that it works, not how fast`;

const FULL = {
  runs: 1_000,
  hints: 2_000,
  rounds: 5,
  endToEnd: { burst: 1_000, steady: 500, steadyPerSecond: 20, triggers: 50 },
};
const QUICK: typeof FULL = {
  runs: 50,
  hints: 200,
  rounds: 1,
  endToEnd: { burst: 50, steady: 60, steadyPerSecond: 20, triggers: 5 },
};
const SHARDS = 4;

const progress = (line: string) => console.error(`bench: ${line}`);

async function measure(isQuick: boolean): Promise<Figures> {
  const [loadBefore = 0] = loadavg();
  const sizes = isQuick ? QUICK : FULL;
  progress('counting what a run takes');
  const runs: Figures['runs'] = [];
  for (const scenario of SCENARIOS) {
    // Together with many others in full batches, and all by itself.
    for (const [count, batchSize] of [
      [sizes.runs, 10],
      [1, 1],
    ] as const) {
      const row = await countScenario(scenario, { runs: count, batchSize });
      runs.push({ ...row, costPerMillion: costOfMillionRuns(row) });
    }
  }
  progress('synthesizing the stack');
  const stack = await measureStack();
  const minute = await countIdleMinute({ shards: SHARDS, canary: true });
  progress('dispatcher beside a bare loop');
  const dispatcher = await compareDispatcher({ hints: sizes.hints, rounds: sizes.rounds });
  progress('executor beside a bare loop');
  const executor = await compareExecutor({ runs: sizes.runs, rounds: sizes.rounds });
  const endToEnd = await measureEndToEnd(sizes.endToEnd, progress);
  return {
    at: new Date().toISOString(),
    machine: {
      cpus: availableParallelism(),
      model: cpus()[0]?.model.trim() ?? 'unknown',
      arch: arch(),
      memoryGb: Math.round(totalmem() / 2 ** 30),
      node: process.version,
      loadBefore,
    },
    isQuick,
    prices: PRICES,
    assumptions: ASSUMPTIONS,
    runs,
    idle: {
      shards: SHARDS,
      minute,
      month: costOfIdleMonth(minute, stack.standing),
      withoutCanary: costOfIdleMonth(
        await countIdleMinute({ shards: SHARDS, canary: false }),
        stack.standing,
      ),
      standing: stack.standing,
    },
    dispatcher,
    executor,
    endToEnd,
    bundles: stack.bundles,
  };
}

const { values } = parseArgs({
  options: { json: { type: 'boolean' }, quick: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
});
if (values.help) console.log(USAGE);
else {
  const figures = await measure(values.quick ?? false);
  process.stdout.write(values.json ? `${JSON.stringify(figures, null, 2)}\n` : reportText(figures));
}
