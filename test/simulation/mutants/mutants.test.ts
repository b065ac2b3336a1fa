import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isStale } from './mutant.ts';
import { MUTANTS } from './mutants.ts';

const ROOT = join(import.meta.dirname, '../../..');

describe('the mutants', () => {
  it.each(MUTANTS)('$name: takes out what stands in $file, once', (mutant) => {
    expect(isStale(readFileSync(join(ROOT, mutant.file), 'utf8'), mutant)).toBe(false);
  });

  it('all have names of their own', () => {
    expect(new Set(MUTANTS.map(({ name }) => name)).size).toBe(MUTANTS.length);
  });
});
