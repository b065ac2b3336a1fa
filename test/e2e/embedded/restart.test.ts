import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { readAll } from '../../support/api-world.ts';
import { RunDocument, TaskDocument } from '../../support/documents.ts';
import { eventually } from '../../support/eventually.ts';
import { inSeconds } from '../target.ts';
import { type OwnEngine, ownDataFolder, removeFolder, startOwnEngine } from './own-engine.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const MAX_STOP_MS = 10_000;

const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanups.splice(0)) await cleanUp();
});

async function ownEngine(): Promise<OwnEngine> {
  const engine = await startOwnEngine();
  cleanups.push(engine.dispose);
  return engine;
}

it('an engine that starts again leaves a paused queue paused, and loses nothing that waits in it', async () => {
  const { process: engine, world } = await ownEngine();
  await world.must(200, 'PATCH', '/v1/queues/low', { json: { paused: true } });
  const task = await world.task({ queue: 'low', schedule: { kind: 'now' } });
  const { id } = await world.trigger(task.id);
  await engine.kill9();
  await engine.restart();
  const elsewhere = await world.task({ schedule: { kind: 'now' } });
  await world.ended(elsewhere.id);
  expect(await world.runs(task.id)).toMatchObject([{ id, status: 'queued' }]);
  await world.must(200, 'PATCH', '/v1/queues/low', { json: { paused: null } });
  expect(await world.ended(task.id, 2, 60_000)).toMatchObject([{ status: 'success' }, { status: 'success' }]);
});

describe('an engine that is asked to stop', () => {
  it('lets running work finish and is gone within 10 s', async () => {
    const { process: engine, world } = await ownEngine();
    const task = await world.task({
      handler: 'demo.sleep',
      payload: { seconds: 3 },
      schedule: { kind: 'now' },
    });
    await eventually(async () => expect((await world.runs(task.id))[0]?.status).toBe('running'));
    const askedMs = performance.now();
    expect(await engine.stop()).toBe(0);
    expect(performance.now() - askedMs).toBeLessThan(MAX_STOP_MS);

    await engine.restart();
    expect(await world.runs(task.id)).toMatchObject([{ status: 'success', attempt: 1 }]);
  });

  it('is gone within 10 s though work goes on, and that work is not forgotten', async () => {
    const { process: engine, world } = await ownEngine();
    const task = await world.task({
      handler: 'demo.sleep',
      payload: { seconds: 60 },
      timeoutSeconds: 70,
      schedule: { kind: 'now' },
    });
    await eventually(async () => expect((await world.runs(task.id))[0]?.status).toBe('running'));
    const askedMs = performance.now();
    await engine.stop();
    expect(performance.now() - askedMs).toBeLessThan(MAX_STOP_MS);

    await engine.restart();
    // Its lease says when it will be tried again; somebody may stop it before.
    const [run] = await world.runs(task.id);
    expect(run?.status).toMatch(/running|retrying|queued/);
    await world.must(202, 'POST', `/v1/executions/${run?.id}/cancel`);
  });

  it('is gone within 10 s when it was started by npm', async () => {
    const dataDir = ownDataFolder();
    const npm = spawn('npm', ['start'], {
      cwd: ROOT,
      env: { ...process.env, ESCAPEMENT_PORT: '0', ESCAPEMENT_DATA: dataDir },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    cleanups.push(async () => {
      if (isRunning(npm)) npm.kill('SIGKILL');
      removeFolder(dataDir);
    });
    let output = '';
    npm.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
    npm.stderr.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
    const url = await eventually(
      () => {
        const announced = /ready after .* at (http:\S+)/.exec(output)?.[1];
        if (announced === undefined) throw new Error(`not ready:\n${output}`);
        return announced;
      },
      { timeoutMs: 90_000 },
    );
    expect((await fetch(`${url}/v1/health`)).status).toBe(200);
    // A first start names the token, once.
    expect(output).toMatch(/esc_\w+/);

    const askedMs = performance.now();
    npm.kill('SIGTERM');
    if (isRunning(npm)) await once(npm, 'exit');
    await eventually(async () => {
      const answer = await fetch(`${url}/v1/health`).catch(() => undefined);
      expect(answer).toBeUndefined();
    });
    expect(performance.now() - askedMs).toBeLessThan(MAX_STOP_MS);
  });
});

describe('an engine that starts again', () => {
  it('has every task, run and letter it had, and goes on with them', async () => {
    const { process: engine, world } = await ownEngine();
    const done = await world.task({ schedule: { kind: 'now' }, tags: ['kept'] });
    const daily = await world.task({ schedule: { kind: 'cron', expressions: ['@daily'] }, tags: ['kept'] });
    const paused = await world.task({ schedule: { kind: 'interval', seconds: 60 }, tags: ['kept'] });
    await world.must(200, 'POST', `/v1/tasks/${paused.id}/pause`);
    const failing = await world.task({
      handler: 'demo.fail',
      payload: { times: 1 },
      retry: { limit: 0 },
      schedule: { kind: 'now' },
      tags: ['kept'],
    });
    await world.ended(done.id);
    const [dead] = await world.ended(failing.id);
    const soon = await world.task({ schedule: { kind: 'once', at: inSeconds(8) }, tags: ['kept'] });
    const waiting = await world.trigger(daily.id, { delaySeconds: 8 });
    const allTasks = () => readAll(world, '/v1/tasks?limit=200&tag=kept', TaskDocument);
    const allLetters = () => readAll(world, '/v1/queues/default/dead-letters?limit=200', RunDocument);
    await eventually(async () => expect((await allLetters()).map(({ id }) => id)).toEqual([dead?.id]));
    const before = { tasks: await allTasks(), letters: await allLetters() };
    expect(before.tasks).toHaveLength(5);

    await engine.kill9();
    await engine.restart();
    const after = { tasks: await allTasks(), letters: await allLetters() };
    const settled = (tasks: typeof after.tasks) => tasks.filter(({ id }) => id !== soon.id);
    expect(settled(after.tasks)).toEqual(settled(before.tasks));
    expect(after.tasks.map(({ id }) => id)).toContain(soon.id);
    expect(after.letters).toEqual(before.letters);

    expect(await world.ended(soon.id)).toMatchObject([{ status: 'success', attempt: 1 }]);
    expect(await world.reached(waiting.id, 'success')).toMatchObject({ attempt: 1 });
    await world.must(202, 'POST', `/v1/executions/${dead?.id}/retry`);
    await world.reached(dead?.id ?? '', 'success');
  });
});

const isRunning = (child: ChildProcess): boolean => child.exitCode === null && child.signalCode === null;
