import { ATTEMPTS } from './attempts.ts';
import { CLAIMS } from './claims.ts';
import { ENDS } from './ends.ts';
import type { Mutant } from './mutant.ts';

export const MUTANTS: Mutant[] = [...CLAIMS, ...ATTEMPTS, ...ENDS];
