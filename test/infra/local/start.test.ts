import { execFileSync, spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { type RunningEngine, startEngine } from '../../support/start-engine.ts';
import { temporaryFolder } from './support/temporary-folder.ts';
import { until } from './support/until.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const START = join(ROOT, 'infra/local/start.ts');
const ANSWERS_WITHIN_MS = 20_000;

/** Processes of functions whose engine keeps its data there. */
function functionsOf(dataDir: string): string[] {
  const processes = execFileSync('ps', ['-eo', 'pid,args'], { encoding: 'utf8' });
  return processes.split('\n').filter((line) => line.includes('bootstrap.ts') && line.includes(dataDir));
}

/** Stands for all that the running stack was synthesized from; somebody may be at work on it. */
function inputsOf({ dataDir }: RunningEngine): string {
  return readFileSync(join(dataDir, 'cdk.out', 'inputs.sha256'), 'utf8');
}

describe('npm start', { timeout: 60_000 }, () => {
  let engine: RunningEngine;
  beforeAll(async () => {
    engine = await startEngine();
  }, 120_000);
  afterAll(() => engine.dispose());

  const runOf = async (taskId: string) => {
    const { body } = await engine.api('GET', `/v1/tasks/${taskId}/executions`);
    const [run] = (body as { items: { status: string }[] }).items;
    return run;
  };
  const succeeded = (taskId: string) =>
    until(async () => (await runOf(taskId))?.status === 'success', `${taskId} succeeded`, ANSWERS_WITHIN_MS);

  it('says at once that it starts, and then what one needs to know', () => {
    const [first, ...rest] = engine.output().split('\n');
    expect(first).toBe('Escapement is starting …');
    expect(rest.join('\n')).toMatch(/synthesizing the stack.*ready after .* at http.*curl .*next tick at/s);
  });

  it('runs a task', async () => {
    const task = {
      name: 'Hello',
      handler: 'demo.echo',
      payload: { hello: 'world' },
      schedule: { kind: 'now' },
    };
    expect((await engine.api('PUT', '/v1/tasks/hello', task)).status).toBe(201);
    await succeeded('hello');
  });

  it('knows after kill -9 what it was told before, and needs no synthesis again', async () => {
    const before = engine.output().length;
    const inputs = inputsOf(engine);
    const at = new Date(Date.now() + 2_000).toISOString();
    const task = {
      name: 'Later',
      handler: 'demo.count',
      payload: { key: 'later' },
      schedule: { kind: 'once', at },
    };
    expect((await engine.api('PUT', '/v1/tasks/later', task)).status).toBe(201);
    await engine.kill9();
    await until(() => functionsOf(engine.dataDir).length === 0, 'no function left');
    await engine.restart();
    await succeeded('later');
    expect(engine.counted()).toHaveLength(1);
    expect(engine.output().slice(before).includes('synthesizing')).toBe(inputsOf(engine) !== inputs);
  });

  it('lets running work finish on SIGTERM, and leaves nothing behind', async () => {
    const task = { name: 'Nap', handler: 'demo.sleep', payload: { seconds: 2 }, schedule: { kind: 'now' } };
    await engine.api('PUT', '/v1/tasks/nap', task);
    await until(async () => (await runOf('nap'))?.status === 'running', 'the nap begun', ANSWERS_WITHIN_MS);
    const asked = performance.now();
    expect(await engine.stop()).toBe(0);
    expect(performance.now() - asked).toBeLessThan(10_000);
    expect(functionsOf(engine.dataDir)).toEqual([]);
    await engine.restart();
    expect(await runOf('nap')).toMatchObject({ status: 'success', attempt: 1 });
  });
});

it('bundles handlers of one’s own, and bundles them again when they changed', {
  timeout: 180_000,
}, async () => {
  const folder = temporaryFolder();
  const handlersFile = join(folder, 'mine.ts');
  const describeAs = (text: string) =>
    writeFileSync(join(folder, 'text.ts'), `export const text = '${text}';`);
  writeFileSync(
    handlersFile,
    `import * as z from ${JSON.stringify(join(ROOT, 'node_modules/zod/index.js'))};
    import { defineHandler } from ${JSON.stringify(join(ROOT, 'shared/contract/handler.ts'))};
    import { text } from './text.ts';
    export default [defineHandler({ name: 'mine', description: text, payload: z.object({}), run: async () => text })];`,
  );
  describeAs('first');
  const engine = await startEngine({ env: { ESCAPEMENT_HANDLERS: handlersFile } });
  onTestFinished(() => engine.dispose());
  const listed = async () => (await engine.api('GET', '/v1/handlers')).body;
  const synthesized = () => engine.output().split('synthesizing').length - 1;
  expect(await listed()).toMatchObject({ items: [{ name: 'mine', description: 'first' }] });
  const [inputs, before] = [inputsOf(engine), synthesized()];
  await engine.restart();
  expect(synthesized() > before).toBe(inputsOf(engine) !== inputs);
  describeAs('second');
  await engine.restart();
  expect(await listed()).toMatchObject({ items: [{ name: 'mine', description: 'second' }] });
});

describe('npm start that cannot', () => {
  it('says what is wrong with the settings', async () => {
    const { code, output } = await failedStart({ ESCAPEMENT_PORT: 'ninety', ESCAPEMENT_TOKEN: 'a b' });
    expect(code).toBe(1);
    expect(output).toMatch(/ESCAPEMENT_PORT: expected a port.*ESCAPEMENT_TOKEN: expected/s);
  });

  it('says that its port is taken, after a while of patience', async () => {
    const server = createServer();
    const port = await new Promise<number>((resolve) => {
      server.listen(0, '127.0.0.1', () => {
        const address = server.address();
        resolve(typeof address === 'object' && address ? address.port : 0);
      });
    });
    const { code, output } = await failedStart({ ESCAPEMENT_PORT: String(port) });
    server.close();
    expect(code).toBe(1);
    expect(output).toContain(`port ${port} is in use; set ESCAPEMENT_PORT to another one`);
  });
});

it('an engine ends when npm, which started it, is killed hard', { timeout: 120_000 }, async () => {
  const folder = temporaryFolder();
  // As npm does: a process that starts a shell that starts us.
  const npm = spawn(
    process.execPath,
    ['-e', `require('child_process').spawn('sh', ['-c', '"$NODE" "$START"'], { stdio: 'inherit' })`],
    {
      env: {
        ...process.env,
        npm_lifecycle_event: 'start',
        NODE: process.execPath,
        START,
        ESCAPEMENT_PORT: '0',
        ESCAPEMENT_DATA: join(folder, 'data'),
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  let output = '';
  npm.stdout.on('data', (chunk) => {
    output += chunk;
  });
  await until(() => output.includes('next tick'), 'the engine ready', 90_000);
  const token = readFileSync(join(folder, 'data', 'admin-token'), 'utf8').trim();
  expect(output).toContain(token);
  npm.kill('SIGKILL');
  await until(() => output.includes('Stopped.'), 'the engine stopped');
  await until(() => functionsOf(folder).length === 0, 'no function left');
});

async function failedStart(env: Record<string, string>): Promise<{ code: number | null; output: string }> {
  const folder = temporaryFolder();
  const child = spawn(process.execPath, [START], {
    env: { ...process.env, ESCAPEMENT_DATA: join(folder, 'data'), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      output += chunk;
    });
  }
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { code, output };
}
