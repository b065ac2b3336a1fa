import { ATTEMPTS } from './attempts.ts';
import { CLAIMS } from './claims.ts';
import { ENDS } from './ends.ts';
import type { Mutant } from './mutant.ts';
import { SURROUNDINGS } from './surroundings.ts';

export const MUTANTS: Mutant[] = [...CLAIMS, ...ATTEMPTS, ...ENDS, ...SURROUNDINGS];
