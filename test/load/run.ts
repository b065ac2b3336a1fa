import { arch, availableParallelism, cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { due } from './due.ts';
import { flood } from './flood.ts';
import { markdown, type Part, seconds } from './part.ts';
import { stall } from './stall.ts';
import { stored } from './stored.ts';

const PARTS: readonly Part[] = [due, stored, stall, flood];
const USAGE = `npm run load -- [part …] [--scale F]
${PARTS.map(({ name, what, sizes }) => `  ${name.padEnd(8)} ${what} (${sizesText(sizes)})`).join('\n')}
  --scale  times as much: 0.01 to see that it works
Without a part: all of them, one after the other, each on an engine of its own. Figures as Markdown.`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { scale: { type: 'string', default: '1' }, help: { type: 'boolean', default: false } },
});

async function main(): Promise<void> {
  if (values.help) return console.log(USAGE);
  const scale = Number(values.scale);
  const chosen = positionals.length === 0 ? PARTS : positionals.map(partOf);
  console.log(
    `${cpus()[0]?.model.trim()}, ${availableParallelism()} cores, ${arch()}, Node ${process.version}`,
  );
  for (const { name, what, sizes, run } of chosen) {
    const scaled = Object.fromEntries(
      Object.entries(sizes).map(([size, count]) => [size, Math.max(1, Math.round(count * scale))]),
    );
    const startedMs = performance.now();
    const figures = await run(scaled, (line) => console.error(`load ${name}: ${line}`));
    const took = ['took', seconds(performance.now() - startedMs)] as const;
    console.log(`\n${markdown(`${name}: ${what} (${sizesText(scaled)})`, [...figures, took])}`);
  }
}

function partOf(name: string): Part {
  const part = PARTS.find((one) => one.name === name);
  if (!part) throw new Error(`there is no part ${name}\n${USAGE}`);
  return part;
}

function sizesText(sizes: Readonly<Record<string, number>>): string {
  return Object.entries(sizes)
    .map(([name, count]) => `${count} ${name}`)
    .join(', ');
}

await main();
