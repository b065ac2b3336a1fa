import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Fifo } from '../../../../infra/local/sqs/fifo.ts';
import { type Timed, TimerHeap } from '../../../../infra/local/sqs/timer-heap.ts';

const drained = (heap: TimerHeap<Timed>): number[] => {
  const times: number[] = [];
  for (let next = heap.peek(); next !== undefined; next = heap.peek()) {
    times.push(next.visibleAt);
    heap.remove(next);
  }
  return times;
};

test('a heap gives back in order of time whatever was not taken out of its middle', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.integer({ min: 0, max: 50 }), fc.boolean())), (entries) => {
      const heap = new TimerHeap<Timed>();
      const items = entries.map(([visibleAt, kept]) => ({ visibleAt, kept, heapIndex: -1 }));
      for (const item of items) heap.add(item);
      for (const item of items) if (!item.kept) heap.remove(item);
      const expected = items.filter((item) => item.kept).map((item) => item.visibleAt);
      expect(drained(heap)).toEqual(expected.sort((a, b) => a - b));
      expect(items.every((item) => item.heapIndex === -1)).toBe(true);
    }),
  );
});

test('taking an item out twice, or one that was never in, changes nothing', () => {
  const heap = new TimerHeap<Timed>();
  const [a, b, stranger] = [1, 2, 3].map((visibleAt) => ({ visibleAt, heapIndex: -1 }));
  if (a === undefined || b === undefined || stranger === undefined) throw new Error('three items');
  heap.add(a);
  heap.add(b);
  heap.remove(a);
  heap.remove(a);
  heap.remove(stranger);
  expect(drained(heap)).toEqual([2]);
});

test('a list gives first what came first, however pushes and shifts mingle', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -700, max: 700 }), { maxLength: 40 }), (steps) => {
      const fifo = new Fifo<number>();
      let pushed = 0;
      let shifted = 0;
      for (const step of steps) {
        for (let count = 0; count < step; count += 1) fifo.push(pushed++);
        for (let count = 0; count < -step; count += 1) {
          expect(fifo.shift()).toBe(shifted < pushed ? shifted++ : undefined);
        }
      }
      expect([...fifo.values()]).toEqual(
        Array.from({ length: pushed - shifted }, (_, index) => shifted + index),
      );
    }),
  );
});
