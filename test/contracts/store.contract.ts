import { describe, expect, it, onTestFinished } from 'vitest';
import type { AuditStore, TenantStore, TokenStore } from '../../shared/access-ports.ts';
import { manualOccurrence } from '../../shared/domain/occurrence.ts';
import type { QueueControls, RateLogs, Semaphores } from '../../shared/flow-ports.ts';
import type {
  CursorStore,
  ExecutionStore,
  Heartbeat,
  IdempotencyStore,
  Listings,
  ShardIndex,
  TaskStore,
} from '../../shared/ports.ts';
import type { StatsStore } from '../../shared/stats-ports.ts';
import type { BulkJobs, CalendarStore, DeadLetterStore, VariableStore } from '../../shared/tenant-ports.ts';
import { pages } from './index-reading.ts';
import { aDefinition, aRun, aState, aTask, T0 } from './samples.ts';

/** Every store on one empty database. Shards 0 to 3 exist. */
export interface StoreWorld {
  tasks: TaskStore;
  executions: ExecutionStore;
  shardIndex: ShardIndex;
  listings: Listings;
  cursors: CursorStore;
  heartbeat: Heartbeat;
  idempotency: IdempotencyStore;
  variables: VariableStore;
  tokens: TokenStore;
  tenants: TenantStore;
  semaphores: Semaphores;
  rates: RateLogs;
  queueControls: QueueControls;
  calendars: CalendarStore;
  bulkJobs: BulkJobs;
  audit: AuditStore;
  stats: StatsStore;
  deadLetters: DeadLetterStore;
  /** The clock that decides what has expired. */
  nowMs(): number;
  close?(): Promise<void>;
}
export type OpenStoreWorld = () => Promise<StoreWorld>;

export async function open(openWorld: OpenStoreWorld): Promise<StoreWorld> {
  const world = await openWorld();
  onTestFinished(() => world.close?.());
  return world;
}

const RACERS = 20;
const race = <T>(run: (racer: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: RACERS }, (_, racer) => run(racer)));

/** What every store must do, whatever it is made of. */
export function storeContract(name: string, openWorld: OpenStoreWorld): void {
  describe(`${name}: executions`, () => {
    it('inserts a run once, and shows the one that stands to whoever comes later', async () => {
      const { executions } = await open(openWorld);
      const first = aRun({ owner: 'first' });
      expect(await executions.insert(first)).toEqual({ ok: true, record: first });
      expect(await executions.insert(aRun({ owner: 'second' }))).toEqual({ ok: false, existing: first });
      expect(await executions.read(first)).toEqual(first);
    });

    it('lets exactly one of many writers insert a run, and shows the winner to the others', async () => {
      const { executions } = await open(openWorld);
      const outcomes = await race((racer) => executions.insert(aRun({ owner: `racer-${racer}` })));
      const won = outcomes.flatMap((outcome) => (outcome.ok ? [outcome.record] : []));
      const seen = outcomes.flatMap((outcome) => (outcome.ok ? [] : [outcome.existing]));
      expect(won).toHaveLength(1);
      expect(seen).toEqual(Array.from({ length: RACERS - 1 }, () => won[0]));
    });

    it('lets exactly one of many writers start the next attempt', async () => {
      const { executions } = await open(openWorld);
      const { owner: _, leaseUntil: __, ...waiting } = aRun({ status: 'retrying' });
      await executions.insert(waiting);
      const outcomes = await race((racer) =>
        executions.update(waiting, {
          set: { status: 'running', attempt: 2, owner: `racer-${racer}` },
          guard: {
            equals: { status: 'retrying', attempt: 1 },
            below: { field: 'attempt', than: 'maxAttempts' },
          },
        }),
      );
      expect(outcomes.filter((outcome) => outcome.ok)).toHaveLength(1);
      expect((await executions.read(waiting))?.attempt).toBe(2);
    });

    it('keeps every field of a run, also the rare ones', async () => {
      const { executions } = await open(openWorld);
      const run = aRun({
        occurrence: manualOccurrence(T0, '01JD0000000000000000000000'),
        status: 'dead',
        trigger: 'redrive',
        reason: 'exhausted',
        tags: [],
        finishedAt: T0 + 900,
        nextAttemptAt: T0 + 5_000,
        cancelRequested: false,
        letter: 'pending',
        diedAt: T0 + 900,
        errorType: 'HttpError',
        errorMessage: 'grüße \u0000 😀',
        attempts: [{ attempt: 1, status: 'failed', startedAt: T0, finishedAt: T0 + 900, errorMessage: '' }],
        result: '{"total":12}',
        resultStored: true,
        payload: '""',
        payloadStored: false,
        progress: '{"percent":40}',
        missed: 3,
        collidedWith: '001763715600000@0',
        ttl: 1_763_715_600,
        index: { set: 'dead', shard: 3, at: T0 + 900, queue: 'high' },
      });
      await executions.insert(run);
      expect(await executions.read(run)).toEqual(run);
    });

    it('removes a run only while its guard holds', async () => {
      const { executions } = await open(openWorld);
      const run = aRun();
      await executions.insert(run);
      const wrong = await executions.remove(run, { equals: { owner: 'somebody else' } });
      expect(wrong).toEqual({ ok: false, existing: run });
      expect(
        await executions.remove(run, { equals: { owner: 'nonce-a' }, missing: ['cancelRequested'] }),
      ).toEqual({
        ok: true,
        record: run,
      });
      expect(await executions.read(run)).toBeUndefined();
      expect(await executions.remove(run, {})).toEqual({ ok: false, existing: undefined });
    });

    it('keeps large documents beside the run, the last one written', async () => {
      const { executions } = await open(openWorld);
      const json = JSON.stringify({ text: 'é'.repeat(60_000) });
      await executions.putDocument(aRun(), 'payload', '"first"');
      await executions.putDocument(aRun(), 'payload', json, T0 + 1);
      await executions.putDocument(aRun(), 'result', '{"ok":true}');
      expect(await executions.readDocument(aRun(), 'payload')).toBe(json);
      expect(await executions.readDocument(aRun(), 'result')).toBe('{"ok":true}');
      expect(
        await executions.readDocument(aRun({ occurrence: '000000000000001' }), 'result'),
      ).toBeUndefined();
      expect(await executions.read(aRun())).toBeUndefined();
    });
  });

  describe(`${name}: tasks`, () => {
    it('creates state and definition together, once', async () => {
      const { tasks } = await open(openWorld);
      const task = aTask();
      expect(await tasks.create(task)).toEqual({ ok: true, record: task.state });
      expect(await tasks.read(task.state)).toEqual(task);
      const again = await tasks.create(aTask({ definition: { name: 'Other' } }));
      expect(again).toEqual({ ok: false, existing: task.state });
      expect(await tasks.read(task.state)).toEqual(task);
    });

    it('lets exactly one of many writers create a task, and keeps its two halves together', async () => {
      const { tasks } = await open(openWorld);
      const outcomes = await race((racer) =>
        tasks.create(
          aTask({ state: { createdBy: `racer-${racer}` }, definition: { name: `racer-${racer}` } }),
        ),
      );
      expect(outcomes.filter((outcome) => outcome.ok)).toHaveLength(1);
      const task = await tasks.read(aState());
      expect(task?.definition.name).toBe(task?.state.createdBy);
    });

    it('creates over the deleted task that was read, and over no other', async () => {
      const { tasks } = await open(openWorld);
      const {
        nextRunAt: _n,
        index: _i,
        ...deleted
      } = aState({ status: 'deleted', version: 5, ttl: 1_900_000_000 });
      await tasks.create({ state: deleted, definition: aDefinition() });
      const next = aTask({ state: { version: 6 } });
      expect(await tasks.create(next)).toEqual({ ok: false, existing: deleted });
      expect(await tasks.create(next, { ...deleted, version: 4 })).toEqual({ ok: false, existing: deleted });
      expect(await tasks.create(next, deleted)).toEqual({ ok: true, record: next.state });
      expect(await tasks.create(aTask(), next.state)).toEqual({ ok: false, existing: next.state });
    });

    it('replaces state and definition, both or none', async () => {
      const { tasks } = await open(openWorld);
      await tasks.create(aTask());
      const edit = { set: { version: 2, definitionVersion: 2 }, guard: { equals: { version: 1 } } };
      const second = aDefinition({ definitionVersion: 2, name: 'Second' });
      const state = aState({ version: 2, definitionVersion: 2 });
      expect(await tasks.replace(state, edit, second)).toEqual({ ok: true, record: state });
      const third = aDefinition({ definitionVersion: 2, name: 'Third' });
      expect(await tasks.replace(state, edit, third)).toEqual({ ok: false, existing: state });
      expect(await tasks.read(state)).toEqual({ state, definition: second });
    });

    it('keeps the definition that a replacement takes the place of, unless it is refused', async () => {
      const { tasks, listings } = await open(openWorld);
      const task = aTask({ definition: { written: { by: 'token:a', at: T0 } } });
      await tasks.create(task);
      await tasks.create(aTask({ state: { taskId: 'nightly2' }, definition: { taskId: 'nightly2' } }));
      let before = task.definition;
      for (let version = 2; version <= 12; version++) {
        const edit = {
          set: { version, definitionVersion: version },
          guard: { equals: { version: version - 1 } },
        };
        const next = aDefinition({ definitionVersion: version, name: `v${version}` });
        const { index: _, ...kept } = before;
        const superseded = { ...kept, ttl: 1_900_000_000 };
        expect(await tasks.replace(task.state, edit, next, undefined, superseded)).toMatchObject({
          ok: true,
        });
        const late = aDefinition({ definitionVersion: 99 });
        expect((await tasks.replace(task.state, edit, next, undefined, late)).ok).toBe(false);
        before = next;
      }
      const read = await pages((from) =>
        listings.versions({ key: task.state, limit: 4, ...(from && { from }) }),
      );
      expect(read.map((page) => page.length)).toEqual([4, 4, 3]);
      const versions = read.flat();
      expect(versions.map(({ definitionVersion }) => definitionVersion)).toEqual([
        11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1,
      ]);
      const { index: _, ...first } = task.definition;
      expect(versions.at(-1)).toEqual({ ...first, ttl: 1_900_000_000 });
      const other = { tenant: 'root', taskId: 'nightly2' };
      expect((await listings.versions({ key: other, limit: 4 })).entries).toEqual([]);
      expect((await listings.tasks({ tenant: 'root', limit: 10 })).entries.length).toBeLessThanOrEqual(2);
    });

    it('changes a task and one of its runs, both or none', async () => {
      const { tasks, executions } = await open(openWorld);
      await tasks.create(aTask());
      const run = aRun({ status: 'success', tally: 'pending' });
      await executions.insert(run);
      const tally = { runs: 1, successes: 1, failures: 0 };
      const task = { set: { tally }, guard: { equals: { version: 1 }, missing: ['tally'] } } as const;
      const mark = {
        set: { counted: true },
        remove: ['tally'],
        guard: { equals: { tally: 'pending' } },
      } as const;
      expect(await tasks.updateWithRun(run, { ...task, guard: { equals: { version: 2 } } }, mark)).toBe(
        false,
      );
      expect(await executions.read(run)).toEqual(run);
      const outcomes = await race(() => tasks.updateWithRun(run, task, mark));
      expect(outcomes.filter(Boolean)).toHaveLength(1);
      expect((await tasks.readState(run))?.tally).toEqual(tally);
      const { tally: _, ...counted } = run;
      expect(await executions.read(run)).toEqual({ ...counted, counted: true });
      const next = { set: { tally: { ...tally, runs: 2 } }, guard: { equals: { tally } } };
      expect(await tasks.updateWithRun(run, next, mark)).toBe(false);
      expect((await tasks.readState(run))?.tally).toEqual(tally);
    });

    it('never shows a reader the halves of two versions', async () => {
      const { tasks } = await open(openWorld);
      await tasks.create(aTask());
      const writer = async () => {
        for (let version = 1; version <= 30; version++) {
          const next = { version: version + 1, definitionVersion: version + 1 };
          await tasks.replace(
            aState(),
            { set: next, guard: { equals: { version } } },
            aDefinition({ definitionVersion: version + 1, name: `v${version + 1}` }),
          );
        }
      };
      let writing = true;
      const done = writer().finally(() => {
        writing = false;
      });
      while (writing) {
        const task = await tasks.read(aState());
        expect(task?.definition.definitionVersion).toBe(task?.state.definitionVersion);
      }
      await done;
      expect((await tasks.read(aState()))?.definition.name).toBe('v31');
    });
  });
}
