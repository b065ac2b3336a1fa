import { describe, expect, it } from 'vitest';
import { aDefinition, aRun, aState, aTask, T0 } from './samples.ts';
import { type OpenStoreWorld, open } from './store.contract.ts';

/** Conditional writes: each kind of guard, met and not met. */
export function guardsContract(name: string, openWorld: OpenStoreWorld): void {
  describe(`${name}: guards`, () => {
    const { run: _, ...idle } = aState();
    const claimed = aState({ run: '000000000000001@0' });
    it.each([
      ['equal values', claimed, { equals: { status: 'active', run: '000000000000001@0' } }, true],
      ['one differing value', claimed, { equals: { status: 'active', generation: 2 } }, false],
      ['a value where there is none', idle, { equals: { run: '000000000000001@0' } }, false],
      ['the very index entry', idle, { equals: { index: { ...due(T0 + 600_000) } } }, true],
      ['another time in the index', idle, { equals: { index: due(T0 + 600_001) } }, false],
      [
        'another queue in the index',
        idle,
        { equals: { index: { ...due(T0 + 600_000), queue: 'low' } } },
        false,
      ],
      ['another set in the index', idle, { equals: { index: { ...due(T0 + 600_000), set: 'hot' } } }, false],
      ['a missing attribute', idle, { missing: ['run'] }, true],
      ['an attribute that is there', claimed, { missing: ['run'] }, false],
      ['an index entry that is there', idle, { missing: ['index'] }, false],
      ['a different value', claimed, { not: { status: 'deleted' } }, true],
      ['no value at all', idle, { not: { run: '000000000000001@0' } }, true],
      ['the value that must not be', claimed, { not: { run: '000000000000001@0' } }, false],
      ['a different index entry', idle, { not: { index: due(T0) } }, true],
      ['the index entry that must not be', idle, { not: { index: due(T0 + 600_000) } }, false],
      [
        'one attribute below another',
        aState({ missed: 0, version: 1 }),
        { below: { field: 'missed', than: 'version' } },
        true,
      ],
      [
        'equal attributes',
        aState({ missed: 1, version: 1 }),
        { below: { field: 'missed', than: 'version' } },
        false,
      ],
      ['nothing to compare', idle, { below: { field: 'missed', than: 'ttl' } }, false],
    ] as const)('meets %s', async (_what, state, guard, holds) => {
      const { tasks } = await open(openWorld);
      await tasks.create({ state, definition: aDefinition() });
      const outcome = await tasks.update(state, { set: { missed: 7 }, guard });
      expect(outcome).toEqual(
        holds ? { ok: true, record: { ...state, missed: 7 } } : { ok: false, existing: state },
      );
      expect(await tasks.readState(state)).toEqual(holds ? { ...state, missed: 7 } : state);
    });

    it('never creates by an update', async () => {
      const { tasks, executions } = await open(openWorld);
      const missing = { ok: false, existing: undefined };
      expect(await tasks.update(aState(), { set: { missed: 1 }, guard: {} })).toEqual(missing);
      expect(await tasks.update(aState(), { set: {}, guard: { not: { status: 'deleted' } } })).toEqual(
        missing,
      );
      expect(await executions.update(aRun(), { set: { attempt: 1 }, guard: { missing: ['owner'] } })).toEqual(
        missing,
      );
      expect(await tasks.readState(aState())).toBeUndefined();
      expect(await executions.read(aRun())).toBeUndefined();
    });

    it('sets, removes and answers with the whole record', async () => {
      const { tasks } = await open(openWorld);
      await tasks.create(aTask());
      const { nextRunAt: _n, index: _i, ...rest } = aState({ status: 'paused', version: 2 });
      const outcome = await tasks.update(aState(), {
        set: { status: 'paused', version: 2 },
        remove: ['nextRunAt', 'index', 'run'],
        guard: { equals: { version: 1 } },
      });
      expect(outcome).toEqual({ ok: true, record: rest });
    });
  });
}

const due = (at: number) => ({ set: 'due', shard: 0, at, queue: 'default' }) as const;
