import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  decodeEnds,
  decodeSummary,
  encodeEnds,
  encodeSummary,
} from '../../../../shared/adapters/dynamodb/stats-codec.ts';
import { STATS_ENDS_IN_BATCH } from '../../../../shared/domain/limits.ts';
import { END_KINDS, type RunEnd } from '../../../../shared/domain/run-end.ts';
import { summarize } from '../../../../shared/domain/summary.ts';

const KB = 1_024;
/** Of an item besides its text: keys, nonce and expiry. */
const REST = 110;
const MAX_ITEM = 400 * KB;
const ended = (taskId: string, n: number, tenant = 'root'): RunEnd => ({
  tenant,
  taskId,
  kind: END_KINDS[n % END_KINDS.length] ?? 'success',
  durationMs: 800 + n * 97,
  latenessMs: 100 + n * 13,
});
const ids = (count: number, length: number) =>
  Array.from({ length: count }, (_, n) => String(n).padStart(length, '0'));

describe('what statistics write', () => {
  it('of ten runs is one write unit, with ids as POST makes them', () => {
    const batch = ids(10, 26).map((id, n) => ended(id, n));
    expect(Buffer.byteLength(encodeEnds(batch)) + REST).toBeLessThan(KB);
  });

  it('of a minute of one task is one write unit, of a hundred tasks a few', () => {
    const minute = (tasks: number, runs: number) => {
      const names = ids(tasks, 26);
      const ends = Array.from({ length: runs }, (_, n) => ended(names[n % tasks] ?? '', n));
      return Buffer.byteLength(encodeSummary(summarize(ends))) + REST;
    };
    expect(minute(1, 10)).toBeLessThan(KB);
    expect(minute(100, 600)).toBeLessThan(8 * KB);
    expect(minute(10_000, 30_000)).toBeLessThan(12 * KB);
  });

  it('fits into an item, however long ids are and however many runs ended', () => {
    const longest = ids(STATS_ENDS_IN_BATCH, 128).map((id, n) => ended(id, n, 't'.repeat(63)));
    expect(Buffer.byteLength(encodeEnds(longest))).toBeLessThan(MAX_ITEM);
    const wide = Array.from(
      { length: 200_000 },
      (_, n): RunEnd => ({
        ...ended(`${n}`.padStart(128, '0'), n),
        durationMs: n * n,
        latenessMs: n * n,
      }),
    );
    expect(Buffer.byteLength(encodeSummary(summarize(wide)))).toBeLessThan(64 * KB);
  });

  it('is read as it was', () => {
    const ends = fc.array(
      fc.record(
        {
          tenant: fc.constantFrom('root', 'acme', '__proto__x'),
          taskId: fc.constantFrom('a', 'constructor', '42', 'x.y-z_1'),
          kind: fc.constantFrom(...END_KINDS),
          durationMs: fc.integer({ min: 0, max: 2 ** 40 }),
          latenessMs: fc.integer({ min: 0, max: 2 ** 40 }),
        },
        { requiredKeys: ['tenant', 'taskId', 'kind'] },
      ),
      { maxLength: 30 },
    );
    const sorted = (list: RunEnd[]) => list.map((end) => JSON.stringify(Object.entries(end).sort())).sort();
    fc.assert(
      fc.property(ends, (list) => {
        expect(sorted(decodeEnds(encodeEnds(list)))).toEqual(sorted(list));
        const summary = summarize(list);
        expect(decodeSummary(encodeSummary(summary))).toEqual(summary);
      }),
    );
  });
});
