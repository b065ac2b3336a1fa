import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Prng } from '../simulation/prng.ts';
import { eventually } from '../support/eventually.ts';
import { judge, type Verdict } from './checks.ts';
import { type KeptEngine, keepEngine } from './kept-engine.ts';
import { openWorkload, WORKLOAD_ENV } from './workload.ts';

export interface CrashOptions {
  /** Fault points, as the engine takes them. */
  faults: readonly string[];
  /** Kills at random moments after those. */
  kills: number;
  seed: number;
  say(line: string): void;
}
export interface CrashReport extends Verdict {
  struck: string[];
  /** Armed, and never met by the workload. */
  missed: string[];
  restarts: number;
  tookSeconds: number;
}

/** Tasks that are made at a time while the engine dies. */
const HANDFUL = 4;
const PAUSE_MS = 500;
const LONGEST_LIFE_MS = 2_500;
/** Two sweeps, for what only they do. */
const ALL_STRUCK_WITHIN_MS = 240_000;

/** One engine on one data folder: dies at every fault, then at random moments, while tasks of all kinds run. */
export async function crash(options: CrashOptions): Promise<CrashReport> {
  const startedMs = performance.now();
  const engine = await keepEngine(WORKLOAD_ENV);
  try {
    const workload = await openWorkload(engine, `crash-${randomUUID().slice(0, 8)}`);
    if (options.faults.length > 0) await workload.addLater();
    let isOver = false;
    const making = (async () => {
      for (; !isOver; await delay(PAUSE_MS)) await workload.add(HANDFUL);
    })();
    const killing = (async () => {
      await strikeAll(engine, options);
      await killAtRandom(engine, options);
    })().finally(() => {
      isOver = true;
    });
    await Promise.all([making, killing]);
    const struck = engine.struck();
    options.say(
      `${engine.restarts()} restarts and ${workload.made.size} tasks so far; waiting for all runs to end`,
    );
    const verdict = await judge(engine, workload);
    return {
      ...verdict,
      struck,
      missed: options.faults.filter((fault) => !struck.includes(fault)),
      restarts: engine.restarts(),
      tookSeconds: Math.round((performance.now() - startedMs) / 1_000),
    };
  } finally {
    await engine.dispose();
  }
}

async function strikeAll(engine: KeptEngine, { faults, say }: CrashOptions): Promise<void> {
  if (faults.length === 0) return;
  await engine.arm(faults);
  let told = 0;
  await eventually(
    () => {
      const struck = engine.struck();
      for (; told < struck.length; told++) say(`struck ${struck[told]}`);
      if (struck.length < faults.length) throw new Error('not all have struck');
    },
    { timeoutMs: ALL_STRUCK_WITHIN_MS + faults.length * 5_000 },
  ).catch(() => say('some fault points were never reached'));
  // Whatever is still armed would strike at a time of its own.
  await engine.arm([]);
}

async function killAtRandom(engine: KeptEngine, { kills, seed, say }: CrashOptions): Promise<void> {
  const prng = new Prng(seed);
  for (let kill = 1; kill <= kills; kill++) {
    await delay(prng.next() * LONGEST_LIFE_MS);
    await engine.kill();
    if (kill % 10 === 0) say(`${kill} kills`);
  }
}
