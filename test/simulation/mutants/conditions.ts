import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import type { Weakness } from '../aws/weakness.ts';
import { playHistory } from '../history.ts';
import type { Found } from './weaken.ts';

/**
 * npm run mutants:conditions -- [--histories M] [--only TEXT] [--threads T]
 * Every part of every condition expression that histories ask DynamoDB for is left out, one at a time, by the simulated
 * service itself: nobody chooses which. Tells which promise notices, and by which seed.
 */
const { values } = parseArgs({
  options: {
    histories: { type: 'string', default: '1000' },
    only: { type: 'string', default: '' },
    threads: { type: 'string', default: String(availableParallelism()) },
  },
});
/** So many histories show what conditions there are. */
const LOOKED_AT = 200;
/** Of a write that is rarer than that nothing can be said. */
const LEAST = 5;
/** Of every update: what is changed is there. */
const ALWAYS = 'attribute_exists(pk)';

const seen = new Map<string, { parts: readonly string[]; times: number }>();
for (let seed = 1; seed <= LOOKED_AT; seed++)
  await playHistory(seed, {
    onCondition(shape, parts) {
      const known = seen.get(shape);
      seen.set(shape, { parts, times: (known?.times ?? 0) + 1 });
    },
  });
const todo: Weakness[] = [...seen]
  .filter(([, { times }]) => times >= LEAST)
  .flatMap(([shape, { parts }]) => parts.map((part) => ({ shape, part })))
  .filter(({ part }) => part !== ALWAYS)
  .filter(({ shape, part }) => `${shape} ${part}`.includes(values.only));
console.log(
  `${todo.length} parts of ${seen.size} conditions\n\n| write | without | caught by | seed |\n|---|---|---|---|`,
);

let caught = 0;
await Promise.all(Array.from({ length: Number(values.threads) }, work));
console.log(`\n${caught} of ${todo.length} were caught`);

async function work(): Promise<void> {
  const worker = new Worker(new URL('./weaken.ts', import.meta.url));
  for (let next = todo.shift(); next !== undefined; next = todo.shift()) {
    const weakness = next;
    const found = await new Promise<Found>((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', reject);
      worker.postMessage({ weakness, histories: Number(values.histories) });
    });
    if (found.seed !== undefined) caught++;
    const { shape, part } = weakness;
    console.log(`| ${shape} | ${part} | ${found.invariant ?? '**nothing**'} | ${found.seed ?? ''} |`);
  }
  await worker.terminate();
}
