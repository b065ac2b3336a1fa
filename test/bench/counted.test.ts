import { describe, expect, it } from 'vitest';
import { type CountedRow, countIdleMinute, countScenario } from './counted.ts';
import { totalUnits, type Units } from './meter.ts';
import { recurring, SCENARIOS, type Scenario } from './scenarios.ts';

const RUNS = 20;
/** What a batch writes of what ended in it, as the share of one of its ten runs, and of one that is alone. */
const A_BATCH = 0.1;
const ALONE = 1;
function scenarioOf(id: string): Scenario {
  const scenario = SCENARIOS.find((candidate) => candidate.id === id);
  if (!scenario) throw new Error(`no scenario ${id}`);
  return scenario;
}
const count = (id: string, batchSize = 10): Promise<CountedRow> =>
  countScenario(scenarioOf(id), { runs: RUNS, batchSize });
const units = ({ table, index }: Units) => `${table}+${index}`;
/** `step: table+index` write units a run of the executor, and `step: n reads`. */
const executorSteps = ({ use }: CountedRow) =>
  Object.fromEntries(
    Object.entries(use.executor?.steps ?? {}).map(([step, { write, read }]) => [
      step,
      read.table > 0 ? `${read.table} read` : units(write),
    ]),
  );
const executorUnits = ({ use }: CountedRow, kind: 'read' | 'write') =>
  totalUnits(use.executor ? { executor: use.executor } : {}, kind);

describe('a recurring run', () => {
  it('takes 8 write units: claim 1+1, advance 1+2, finish 1+2; and its batch one, that counts what ended', async () => {
    const row = await count('recurring-hourly');
    expect(executorUnits(row, 'write')).toBeCloseTo(8 + A_BATCH);
    expect(executorSteps(row)).toEqual({
      'read the task': '4 read',
      'read a run': '1 read',
      'claim the run (W1)': '1+1',
      'advance the task (W2)': '1+2',
      'finish (FIN)': '1+2',
      'count what ended': '0.1+0',
    });
  });

  it('takes no more when it comes every minute and sends its own next hint', async () => {
    const row = await count('recurring-minutely');
    expect(executorUnits(row, 'write')).toBeCloseTo(8 + A_BATCH);
    expect(row.use.executor?.sqs.SendMessageBatch).toBe(1);
    expect(row.use.dispatch).toBeUndefined();
  });

  it('does not look at other runs when overlap is allowed', async () => {
    const row = await count('recurring-hourly-allow');
    expect(executorSteps(row)).toEqual({
      'read the task': '2 read',
      'claim the run (W1)': '1+1',
      'advance the task (W2)': '1+2',
      'finish (FIN)': '1+2',
      'count what ended': '0.1+0',
    });
  });

  it('shares its messages and invocations with the others of its batch', async () => {
    const row = await count('recurring-hourly');
    const { executor, dispatch } = row.use;
    expect(executor).toMatchObject({
      invocations: 0.1,
      messages: 1,
      handlerRuns: 1,
      sqs: { ReceiveMessage: 0.1, DeleteMessageBatch: 0.1 },
    });
    expect(dispatch?.sqs.SendMessageBatch).toBe(0.1);
    const alone = await count('recurring-hourly', 1);
    expect(alone.use.executor).toMatchObject({
      invocations: 1,
      sqs: { ReceiveMessage: 1, DeleteMessageBatch: 1 },
    });
  });

  it('leaves a record under 1 KB, so that each write is one unit', async () => {
    expect((await count('recurring-hourly')).storedBytes).toBeLessThan(1_024);
  });
});

describe('a one-time task', () => {
  it('takes 8 write units to create, all or nothing, and 7 to run', async () => {
    const row = await count('once');
    expect(totalUnits(row.use.api ? { api: row.use.api } : {}, 'write')).toBe(8);
    expect(executorSteps(row)).toMatchObject({
      'claim the run (W1)': '1+1',
      'advance the task (W2)': '1+1',
      'finish (FIN)': '1+2',
    });
    expect(executorUnits(row, 'write')).toBeCloseTo(7 + A_BATCH);
  });

  it('that is due at once is hinted by whoever creates it', async () => {
    const row = await count('now');
    expect(row.use.api?.sqs).toEqual({ SendMessageBatch: 1 });
    expect(executorUnits(row, 'write')).toBeCloseTo(7 + A_BATCH);
  });
});

describe('what else can happen to a run has its own price', () => {
  it.each([
    ['retried', 14, 2, 'a failed attempt and the next one: 3+3'],
    ['dead', 11, 1, 'the letter: 3'],
    ['skipped', 5, 1, 'the record 2, the advance 3'],
    ['triggered', 7, 1, 'pointer 1, start 3, finish 3, besides 2 where it is triggered'],
  ])('%s: %i write units in the executor, and %i for its batches (%s)', async (id, expected, batches) => {
    expect(executorUnits(await count(id), 'write')).toBeCloseTo(expected + batches * A_BATCH);
  });

  it('nothing is added where statistics are switched off', async () => {
    const row = await countScenario(scenarioOf('recurring-hourly'), {
      runs: RUNS,
      batchSize: 10,
      counts: false,
    });
    expect(executorUnits(row, 'write')).toBe(8);
  });

  it('a cap takes 2 write units and 2 reads, a limit on starts one of each', async () => {
    const concurrency = [{ key: 'tag:billing', limit: 5 }];
    const rateLimit = [{ key: 'api:crm', limit: 100, perSeconds: 1 }];
    const capped = await countScenario(recurring('capped', '', 3_600, { concurrency }), {
      runs: RUNS,
      batchSize: 1,
    });
    expect(executorSteps(capped)).toMatchObject({
      'look at a semaphore': '2 read',
      'take a slot': '1+0',
      'give a slot back': '1+0',
    });
    expect(executorUnits(capped, 'write')).toBe(8 + 2 + ALONE);
    const limited = await countScenario(recurring('limited', '', 3_600, { rateLimit }), {
      runs: RUNS,
      batchSize: 1,
    });
    expect(executorSteps(limited)).toMatchObject({
      'look at a rate limit': '1 read',
      'reserve a start': '1+0',
    });
    expect(executorUnits(limited, 'write')).toBe(8 + 1 + ALONE);
  });

  it('a feature that is not used costs nothing', async () => {
    const plain = await count('recurring-hourly');
    const steps = new Set(Object.keys(plain.use.executor?.steps ?? {}));
    for (const step of ['start an attempt', 'report progress', 'mark the letter sent', 'point to the run'])
      expect(steps).not.toContain(step);
    expect(Object.keys(plain.use.executor?.sqs ?? {}).sort()).toEqual([
      'DeleteMessageBatch',
      'ReceiveMessage',
    ]);
    expect(Object.keys(plain.use).sort()).toEqual(['dispatch', 'executor', 'tick']);
  });
});

describe('the counting', () => {
  it.each(SCENARIOS.map(({ id }) => id))('%s: what replies report is what the table bills', async (id) => {
    const row = await count(id);
    expect(row.refused).toEqual({ read: 0, write: 0 });
  });

  it('a minute with nothing due takes two heartbeats, half a read unit for each look, and one for what ended', async () => {
    const idle = await countIdleMinute({ shards: 4, canary: false });
    expect(totalUnits(idle, 'write')).toBe(2);
    // 4 shards: two clocks look at due and hot, the sweeper at open, and once for bulk jobs and for what ended.
    expect(totalUnits(idle, 'read')).toBe((4 * (2 * 2 + 1) + 1) / 2 + 1);
    expect(idle.tick?.sqs).toEqual({});
  });

  it('the canary adds a run a minute', async () => {
    const idle = await countIdleMinute({ shards: 1, canary: true });
    expect(idle.executor).toMatchObject({ invocations: 1, handlerRuns: 1, events: 0 });
    expect(totalUnits(idle.executor ? { executor: idle.executor } : {}, 'write')).toBe(8);
  });
});
