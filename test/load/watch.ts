import { execFile } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import * as z from 'zod';
import { median } from '../bench/figures.ts';
import type { RunningEngine } from '../support/start-engine.ts';
import type { Figure } from './part.ts';

/** Looks at an engine each second while something else loads it. */
export interface Watch {
  stop(): Promise<Figure[]>;
}
interface Sample {
  /** Resident memory of the engine's own process, and with all its functions. */
  engineMb: number;
  allMb: number;
  processes: number;
  /** Messages that could be taken, in all queues. */
  waiting: number;
}

const EVERY_MS = 1_000;
const Queues = z.object({ items: z.array(z.looseObject({ depth: z.number().nullable() })) });
const ps = promisify(execFile);

export function watch(engine: RunningEngine): Watch {
  const samples: Sample[] = [];
  const over = new AbortController();
  const looking = (async () => {
    while (!over.signal.aborted) {
      const sample = await look(engine).catch(() => undefined); // between two lives there is nothing to see
      if (sample) samples.push(sample);
      await delay(EVERY_MS, undefined, { signal: over.signal }).catch(() => {});
    }
  })();
  return {
    async stop() {
      over.abort();
      await looking;
      return figuresOf(samples);
    },
  };
}

export async function look(engine: RunningEngine): Promise<Sample> {
  const [{ stdout }, { body }] = await Promise.all([
    ps('ps', ['-A', '-o', 'pid=,ppid=,rss=']),
    engine.api('GET', '/v1/queues'),
  ]);
  const rows = stdout
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number));
  const family = new Set([engine.pid]);
  // A parent may stand below its child in the list.
  for (let before = 0; before < family.size; ) {
    before = family.size;
    for (const [pid = 0, parent = 0] of rows) if (family.has(parent)) family.add(pid);
  }
  const megabytes = (pids: ReadonlySet<number>) =>
    rows.reduce((sum, [pid = 0, , kilobytes = 0]) => sum + (pids.has(pid) ? kilobytes / 1_024 : 0), 0);
  return {
    engineMb: megabytes(new Set([engine.pid])),
    allMb: megabytes(family),
    processes: family.size,
    waiting: Queues.parse(body).items.reduce((sum, { depth }) => sum + (depth ?? 0), 0),
  };
}

/** Flat memory: the last quarter is no larger than the second, when everything has warmed up. */
export function figuresOf(samples: readonly Sample[]): Figure[] {
  const quarter = Math.floor(samples.length / 4);
  const of = (key: keyof Sample, from: number, to: number) =>
    Math.round(median(samples.slice(from, to).map((sample) => sample[key])));
  const grown = (key: keyof Sample) =>
    `${of(key, quarter, 2 * quarter + 1)} → ${of(key, samples.length - quarter - 1, samples.length)} MB`;
  const most = (key: keyof Sample) => Math.round(Math.max(0, ...samples.map((sample) => sample[key])));
  return [
    ['memory of the engine, second → last quarter of the time', grown('engineMb')],
    ['memory with its functions, likewise', grown('allMb')],
    ['memory with its functions, at most', `${most('allMb')} MB in ${most('processes')} processes`],
    ['backlog, at most', `${most('waiting')} messages`],
  ];
}
