import { arch, availableParallelism, cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { startDemo } from '../../demo/start.ts';
import { storeTasks } from '../../load/stored.ts';
import { launchBrowser } from '../../support/chromium.ts';
import { eventually } from '../../support/eventually.ts';
import { type Interactions, measureInteractions } from './interactions.ts';
import { type Load, measureLoads } from './load.ts';
import type { Site } from './visit.ts';

const USAGE = `npm run bench:console [-- --tasks 5000] [--stored 0] [--rounds 7] [-- --url … --token …]
  How long the console's pages and what is done on them take in Chromium, as Markdown: medians of the rounds.
  --tasks    of a demo company, put by the API
  --stored   besides, put into the table by the store's own adapter: for many
  --url      of an engine that is full already`;

const { values } = parseArgs({
  options: {
    tasks: { type: 'string', default: '5000' },
    stored: { type: 'string', default: '0' },
    rounds: { type: 'string', default: '7' },
    url: { type: 'string' },
    token: { type: 'string' },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
const [tasks, stored, rounds] = [values.tasks, values.stored, values.rounds].map(Number);
const PATIENCE_MS = 120_000;
/** Of the past that the demo makes good for: until then it is busier than it will be. */
const OPEN_RUNS = 20;
const say = (line: string) => console.error(`bench console: ${line}`);

async function main(): Promise<void> {
  if (values.help) return console.log(USAGE);
  if (values.url !== undefined) return measure({ url: values.url, token: values.token ?? '' });
  const { engine, client } = await startDemo({ tasks: tasks ?? 0, say });
  try {
    if (stored) await storeTasks(engine, stored);
    say('waiting for what the demo makes good for');
    await eventually(
      async () => {
        const open = client.executions.list({ status: ['queued', 'running', 'retrying'], limit: 200 });
        if ((await open.page()).items.length > OPEN_RUNS) throw new Error('still busy');
      },
      { timeoutMs: PATIENCE_MS },
    );
    await measure(engine);
  } finally {
    await engine.dispose();
  }
}

async function measure(site: Site): Promise<void> {
  const [loadBefore = 0] = loadavg();
  const browser = await launchBrowser();
  try {
    // The first visit of all finds nothing warm, neither the browser nor the engine's functions.
    await measureLoads(browser, site, 1);
    say('loading each page');
    const loads = await measureLoads(browser, site, rounds ?? 1);
    say('doing things');
    const interactions = await measureInteractions(browser, site, rounds ?? 1);
    console.log(
      `${cpus()[0]?.model.trim()}, ${availableParallelism()} cores, ${arch()}, Node ${process.version}, ` +
        `Chromium ${browser.version()}, load before ${loadBefore.toFixed(1)}; medians of ${rounds}` +
        (values.url === undefined ? `, ${Number(tasks) + Number(stored)} tasks` : ''),
    );
    console.log(`\n${loadTable(loads)}\n\n${interactionTable(interactions)}`);
  } finally {
    await browser.close();
  }
}

const ms = (value: number | undefined): string => (value === undefined ? '' : `${Math.round(value)} ms`);

const loadTable = (loads: readonly Load[]): string =>
  [
    '| page | gzipped | files | calls | first visit | again | from another page |',
    '|---|---|---|---|---|---|---|',
    ...loads.map(
      ({ place, bytes, files, calls, coldMs, againMs, clickedMs }) =>
        `| ${place} | ${Math.round(bytes / 1_000)} kB | ${files} | ${calls} | ${ms(coldMs)} | ${ms(againMs)} | ${ms(clickedMs)} |`,
    ),
  ].join('\n');

const interactionTable = ({ rows, slowestInputMs }: Interactions): string =>
  [
    '| what somebody does | median | slowest |',
    '|---|---|---|',
    ...rows.map(({ what, medianMs, slowestMs }) => `| ${what} | ${ms(medianMs)} | ${ms(slowestMs)} |`),
    `| slowest answer to a key or a click (Event Timing) | ${ms(slowestInputMs)} | |`,
  ].join('\n');

await main();
