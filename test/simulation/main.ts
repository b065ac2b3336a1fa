import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { type History, playHistory } from './history.ts';
import { type Result, resultOf, type Share } from './play.ts';
import { shrink } from './shrink.ts';

/**
 * npm run simulate -- [--seed N] [--histories M] [--threads T] [--trace] [--all] [--no-shrink]
 * Plays M histories from seed N on, up to the first that breaks a promise (--all: all of them); that one is made as
 * short as possible and told.
 */
const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    histories: { type: 'string', default: '1' },
    threads: { type: 'string', default: String(availableParallelism()) },
    trace: { type: 'boolean', default: false },
    all: { type: 'boolean', default: false },
    'no-shrink': { type: 'boolean', default: false },
  },
});
const [seed, histories, threads] = [values.seed, values.histories, values.threads].map((text) => {
  const number = Number(text);
  if (Number.isSafeInteger(number) && number >= 0) return number;
  throw new RangeError(`not a number of histories, threads, or a seed: ${text}`);
}) as [number, number, number];

const SHRINK_MS = 60_000;
const SHOWN = 150;
const startedMs = performance.now();
const results = histories === 1 ? [await playOne()] : await playMany();
const broken = results.filter(({ violation }) => violation !== undefined).sort((a, b) => a.seed - b.seed);
const runs = results.reduce((sum, result) => sum + result.runs, 0);
const faults = results.reduce((sum, result) => sum + result.faults, 0);
const seconds = ((performance.now() - startedMs) / 1_000).toFixed(1);
for (const { seed: at, violation } of broken) console.log(`seed ${at}: ${violation?.message}`);
if (broken[0] && !values['no-shrink']) await tell(broken[0]);
console.log(
  `${results.length} histories, ${runs} runs, ${faults} faults in ${seconds} s: ${broken.length} broke a promise`,
);
process.exitCode = broken.length > 0 ? 1 : 0;

async function playOne(): Promise<Result> {
  const played = await playHistory(seed, { keepTrace: values.trace });
  if (values.trace) console.log(played.trace.join('\n'));
  console.log(
    `seed ${seed}: ${played.runs} runs, ${played.fired.length} faults, hash ${played.hash.toString(16)}`,
  );
  return resultOf(played);
}

async function playMany(): Promise<Result[]> {
  const all: Result[] = [];
  const workers: Worker[] = [];
  const count = Math.max(1, Math.min(threads, histories));
  await Promise.all(
    Array.from({ length: count }, (_, n) => {
      const share: Share = { from: seed + n, until: seed + histories, step: count };
      return new Promise<void>((resolve, reject) => {
        const worker = new Worker(new URL('./play.ts', import.meta.url), { workerData: share });
        workers.push(worker);
        worker.on('message', (result: Result) => {
          all.push(result);
          if (result.violation && !values.all) for (const one of workers) void one.terminate();
        });
        worker.on('error', reject);
        worker.on('exit', () => resolve());
      });
    }),
  );
  return all;
}

async function tell({ seed: at }: Result): Promise<void> {
  const found = await playHistory(at);
  const shortest: History = await shrink(found, { untilMs: performance.now() + SHRINK_MS });
  const { plan, fired, trace, violation } = shortest;
  console.log(`\n${violation?.message}\n`);
  console.log(
    `The shortest way there, ${plan.tasks.length} tasks, ${plan.operations.length} operations of people, faults: ${fired.join(', ') || 'none'}`,
  );
  for (const { id, input } of plan.tasks) console.log(`  ${id}: ${JSON.stringify(input)}`);
  const about = violation?.message.match(/T#root#[\w-]+|shared|rate/g) ?? [];
  const told = trace.filter(
    (line) =>
      !/ (debug|info): /.test(line) &&
      (/died|stands still|somebody/.test(line) ||
        about.some((name) => line.includes(name.replace('T#root#', '')))),
  );
  if (told.length > SHOWN) console.log(`  … ${told.length - SHOWN} lines before`);
  for (const line of told.slice(-SHOWN)) console.log(`  ${line.slice(0, 600)}`);
  console.log(`\nAgain: npm run simulate -- --seed ${at}\n`);
}
