import { expect, it } from 'vitest';
import { memoryInUseMb, memoryOfThreads } from '../../functions/handler-memory.ts';

it.each([
  [128, 64, 64],
  [512, 256, 128],
  [2_048, 1_024, 512],
])(
  'a function of %i MB gives a thread %i MB of heap and recycles it above %i MB',
  (functionMb, heap, above) => {
    expect(memoryOfThreads(functionMb)).toEqual({
      resourceLimits: { maxOldGenerationSizeMb: heap },
      recycleAboveMb: above,
    });
  },
);

it('the settings have the last word on recycling', () => {
  expect(memoryOfThreads(512, 40)).toMatchObject({ recycleAboveMb: 40 });
});

it('buffers count, though they lie outside the heap', () => {
  const before = memoryInUseMb();
  const held = Buffer.alloc(100 * 2 ** 20, 1);
  expect(memoryInUseMb() - before).toBeGreaterThan(80);
  expect(held.length).toBe(100 * 2 ** 20);
});
