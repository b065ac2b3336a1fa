import type { Random } from '../../ports.ts';

/** For jitter; nothing secret is drawn from it. */
export const systemRandom: Random = { next: () => Math.random() };
