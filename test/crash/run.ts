import { parseArgs } from 'node:util';
import { parseFaults } from '../../infra/local/faults/fault.ts';
import { type CrashReport, crash } from './crash.ts';
import { FAULT_POINTS } from './fault-points.ts';

const USAGE = `npm run crash -- [--at NAME …] [--kills N] [--seed N]
  --at NAME   a fault point of test/crash/fault-points.ts, or one as ESCAPEMENT_FAULT takes it; may be repeated
  --kills N   kill -9 at so many random moments
  --seed N    which moments
Without --at and --kills: every fault point, and 15 kills. Ends with 1 when anything was found.`;

const { values } = parseArgs({
  options: {
    at: { type: 'string', multiple: true },
    kills: { type: 'string' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 31)) },
    help: { type: 'boolean', default: false },
  },
});
const DEFAULT_KILLS = 15;

async function main(): Promise<void> {
  if (values.help) return console.log(USAGE);
  const named = values.at ?? (values.kills === undefined ? Object.keys(FAULT_POINTS) : []);
  const faults = named.map((name) => FAULT_POINTS[name] ?? name);
  for (const fault of faults) parseFaults(fault);
  const kills = Number(values.kills ?? (values.at === undefined ? DEFAULT_KILLS : 0));
  const seed = Number(values.seed);
  console.log(`${faults.length} fault points, ${kills} kills, seed ${seed}`);
  const report = await crash({ faults, kills, seed, say: (line) => console.log(line) });
  console.log(told(report));
  if (report.faults.length > 0 || report.missed.length > 0) process.exitCode = 1;
}

const told = ({ faults, missed, ...report }: CrashReport): string =>
  [
    '',
    '| what | count |',
    '|---|---|',
    `| fault points struck | ${report.struck.length} |`,
    `| starts of the engine | ${report.restarts + 1} |`,
    `| tasks acknowledged, all there | ${report.tasks} |`,
    `| runs, all ended | ${report.runs} |`,
    `| starts counted by the handlers, none twice | ${report.starts} |`,
    `| dead letters | ${report.letters} |`,
    `| faults found | ${faults.length} |`,
    '',
    ...missed.map((fault) => `never reached: ${fault}`),
    ...faults.map((fault) => `FAULT: ${fault}`),
    `took ${report.tookSeconds} s`,
  ].join('\n');

await main();
