import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Mutant, mutated } from './mutant.ts';
import { MUTANTS } from './mutants.ts';

/**
 * npm run mutants -- [--seed N] [--histories M] [--only TEXT]…
 * Takes one rule after the other out of a copy of the sources and simulates up to M histories, until one breaks a
 * promise. Fails when a mutant survives that no other rule implies, when one is stale, and when the sources break.
 */
const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    histories: { type: 'string', default: '5000' },
    only: { type: 'string', multiple: true, default: [] },
  },
});

const ROOT = join(import.meta.dirname, '../../..');
const SOURCES = ['shared', 'functions', 'infra/local', 'test/simulation', 'package.json'];
const UNMUTATED_HISTORIES = '200';

const copy = mkdtempSync(join(tmpdir(), 'mutants-'));
let survivors = 0;
try {
  for (const path of SOURCES) cpSync(join(ROOT, path), join(copy, path), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
  const sound = simulate(UNMUTATED_HISTORIES);
  if (sound.kind !== 'survived') throw new Error(`without any mutant: ${sound.words}`);
  console.log('| mutant | rule | caught by | seed |\n|---|---|---|---|');
  const chosen = ({ name }: Mutant) =>
    values.only.length === 0 || values.only.some((text) => name.includes(text));
  for (const mutant of MUTANTS.filter(chosen)) console.log(row(mutant));
} finally {
  rmSync(copy, { recursive: true, force: true });
}
process.exitCode = survivors > 0 ? 1 : 0;

function row(mutant: Mutant): string {
  const path = join(copy, mutant.file);
  const source = readFileSync(path, 'utf8');
  writeFileSync(path, mutated(source, mutant));
  const found = simulate(values.histories);
  writeFileSync(path, source);
  const cells = { caught: '', seed: '' };
  if (found.kind === 'caught') Object.assign(cells, { caught: found.words, seed: found.seed });
  else if (mutant.impliedBy !== undefined) cells.caught = `nothing: implied by ${mutant.impliedBy}`;
  else {
    survivors++;
    cells.caught = `**survived** ${values.histories} histories`;
  }
  return `| ${mutant.name} | ${mutant.rule} | ${cells.caught} | ${cells.seed} |`;
}

/** Stops at the first history that breaks a promise, and says which one. */
function simulate(histories: string): { kind: 'survived' } | { kind: 'caught'; seed: string; words: string } {
  const args = ['test/simulation/main.ts', '--no-shrink', '--seed', values.seed, '--histories', histories];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: copy, encoding: 'utf8' });
  const broken = /^seed (\d+): (.+?)(?:: |$)/m.exec(stdout);
  if (status !== 0 && broken?.[1] && broken[2]) return { kind: 'caught', seed: broken[1], words: broken[2] };
  if (status !== 0) throw new Error(`the simulation itself failed:\n${stdout}\n${stderr}`);
  return { kind: 'survived' };
}
