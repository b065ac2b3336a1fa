import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { judge } from '../crash/checks.ts';
import { keepEngine } from '../crash/kept-engine.ts';
import { openWorkload, WORKLOAD_ENV } from '../crash/workload.ts';
import { type Figure, markdown, SPREAD, seconds, spread } from './part.ts';
import { look, watch } from './watch.ts';

const USAGE = `npm run soak -- [--minutes 30] [--rate 120]
  --minutes  how long tasks of all kinds are made
  --rate     tasks a minute
Ends with 1 when anything is wrong at the end. Figures as Markdown.`;

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '30' },
    rate: { type: 'string', default: '120' },
    help: { type: 'boolean', default: false },
  },
});
const MINUTE_MS = 60_000;
const HANDFUL = 4;

async function main(): Promise<void> {
  if (values.help) return console.log(USAGE);
  const minutes = Number(values.minutes);
  const everyMs = (MINUTE_MS / Number(values.rate)) * HANDFUL;
  const startedMs = performance.now();
  const engine = await keepEngine(WORKLOAD_ENV);
  try {
    const workload = await openWorkload(engine, `soak-${randomUUID().slice(0, 8)}`);
    const watching = watch(engine.process);
    const from = performance.now();
    for (let handful = 1, told = 0; performance.now() - from < minutes * MINUTE_MS; handful++) {
      await workload.add(HANDFUL);
      await delay(Math.max(0, from + handful * everyMs - performance.now()));
      const minute = Math.floor((performance.now() - from) / MINUTE_MS);
      if (minute === told) continue;
      told = minute;
      const { engineMb, allMb, waiting } = await look(engine.process);
      console.error(
        `soak: ${minute} min, ${workload.made.size} tasks, engine ${Math.round(engineMb)} MB, all ${Math.round(allMb)} MB, ${waiting} waiting`,
      );
    }
    const watched = await watching.stop();
    const verdict = await judge(engine, workload);
    const figures: Figure[] = [
      ['tasks', String(verdict.tasks)],
      ['runs, all ended', String(verdict.runs)],
      ['starts counted by handlers, none twice', String(verdict.starts)],
      ['restarts of the engine', String(engine.restarts())],
      [`lateness of first attempts, ${SPREAD}`, spread(verdict.latenessMs)],
      ...watched,
      ['wrong at the end', String(verdict.faults.length)],
      ['took', seconds(performance.now() - startedMs)],
    ];
    console.log(markdown(`soak: ${minutes} minutes, ${values.rate} tasks a minute of all kinds`, figures));
    for (const fault of verdict.faults) console.log(`FAULT: ${fault}`);
    if (verdict.faults.length > 0) process.exitCode = 1;
  } finally {
    await engine.dispose();
  }
}

await main();
