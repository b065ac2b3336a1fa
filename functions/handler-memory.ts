import { getHeapStatistics } from 'node:v8';
import type { HandlerPoolOptions } from './handler-pool.ts';

const MB = 2 ** 20;
/** A thread that has loaded handlers and done nothing yet takes about 25 MB. */
const LEAST_MB = 64;
/** What is left is for the executor itself, its neighbours and what lies outside the heap. */
const HEAP_SHARE = 1 / 2;
const RECYCLE_SHARE = 1 / 4;

/** How much of a function's memory one handler thread gets, and above how much it is not used again. */
export function memoryOfThreads(
  functionMb = 512,
  recycleAboveMb = Math.max(LEAST_MB, Math.floor(functionMb * RECYCLE_SHARE)),
): Required<Pick<HandlerPoolOptions, 'resourceLimits' | 'recycleAboveMb'>> {
  const maxOldGenerationSizeMb = Math.max(LEAST_MB, Math.floor(functionMb * HEAP_SHARE));
  return { resourceLimits: { maxOldGenerationSizeMb }, recycleAboveMb };
}

/** Of the thread that asks: heap, and the buffers that belong to it. Takes a microsecond. */
export function memoryInUseMb(): number {
  const { used_heap_size: heap, external_memory: external } = getHeapStatistics();
  return Math.round((heap + external) / MB);
}
