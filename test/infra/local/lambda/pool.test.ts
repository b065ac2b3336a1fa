import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type EnvironmentSpec, startEnvironment } from '../../../../infra/local/lambda/environment.ts';
import { createPool, type PoolOptions } from '../../../../infra/local/lambda/pool.ts';
import type { FunctionError, InvocationResult } from '../../../../infra/local/lambda/protocol.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { until } from '../support/until.ts';

/** A pool over a real function; `started` counts its processes. */
function poolOf(code: string, options: Partial<PoolOptions> & Partial<EnvironmentSpec> = {}) {
  const codeDirectory = temporaryFolder();
  const modulePath = join(codeDirectory, 'index.mjs');
  writeFileSync(modulePath, code);
  let started = 0;
  let output = '';
  const initErrors: FunctionError[] = [];
  const pool = createPool({
    start() {
      started++;
      return startEnvironment({
        modulePath,
        exportName: 'handler',
        codeDirectory,
        memoryMb: 128,
        variables: {},
        onOutput: (chunk) => {
          output += chunk.toString();
        },
        ...options,
      });
    },
    limit: 3,
    timeoutSeconds: 10,
    fn: { name: 'tiny', arn: 'arn:aws:lambda:us-east-1:000000000000:function:tiny', memoryMb: 128 },
    onInitFailed: (error) => initErrors.push(error),
    ...options,
  });
  onTestFinished(() => pool.close());
  return { pool, codeDirectory, initErrors, started: () => started, output: () => output };
}
const value = (result: InvocationResult): unknown => {
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  return JSON.parse(result.payload);
};
const PID = 'export const handler = async () => process.pid;';
/** Handlers that end when the test says so, through a file. */
const HELD = `import { existsSync, appendFileSync } from 'node:fs';
export const handler = async ({ name }) => {
  appendFileSync('begun', name + '\\n');
  while (!existsSync('go')) await new Promise((resolve) => setTimeout(resolve, 10));
  return process.pid;
};`;

describe('the processes of a function', () => {
  it('answers with what the handler returns, and keeps its process for the next', async () => {
    const { pool, started } = poolOf(PID);
    const first = value(await pool.invoke({}));
    expect(first).not.toBe(process.pid);
    expect(value(await pool.invoke({}))).toBe(first);
    expect(started()).toBe(1);
  });

  it('hands over event and context', async () => {
    const { pool } = poolOf(`export const handler = async (event, context) => ({
      event, id: context.awsRequestId, left: context.getRemainingTimeInMillis(),
      name: context.functionName, arn: context.invokedFunctionArn, memory: context.memoryLimitInMB });`);
    const answer = value(await pool.invoke({ a: [1, 'ü', null] }));
    expect(answer).toMatchObject({
      event: { a: [1, 'ü', null] },
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      name: 'tiny',
      arn: 'arn:aws:lambda:us-east-1:000000000000:function:tiny',
      memory: '128',
    });
    expect(answer).toHaveProperty(
      'left',
      expect.toSatisfy((left: number) => left > 5_000 && left <= 10_000),
    );
  });

  it('answers null for a handler that returns nothing', async () => {
    expect(await poolOf('export const handler = async () => {};').pool.invoke({})).toEqual({
      ok: true,
      payload: 'null',
    });
  });

  it('gives a function only the environment made for it', async () => {
    const { pool } = poolOf('export const handler = async () => Object.keys(process.env);', {
      variables: { OWN: '1' },
    });
    expect(value(await pool.invoke({}))).toEqual(expect.arrayContaining(['OWN']));
    expect(value(await pool.invoke({}))).not.toEqual(expect.arrayContaining(['PATH']));
  });

  it('passes on what the handler throws', async () => {
    const { pool, started } = poolOf(`export const handler = async () => {
      throw Object.assign(new TypeError('no such thing'), {}); };`);
    expect(await pool.invoke({})).toMatchObject({
      ok: false,
      error: { errorType: 'TypeError', errorMessage: 'no such thing', trace: expect.any(Array) },
    });
    await pool.invoke({});
    expect(started()).toBe(1);
  });

  it('runs one request at a time in each process, and as many processes as the limit allows', async () => {
    const { pool, codeDirectory, started } = poolOf(HELD, { limit: 2, patienceMs: 1 });
    const all = ['a', 'b', 'c'].map((name) => pool.invoke({ name }));
    const begun = () => readFileSync(join(codeDirectory, 'begun'), 'utf8').trim().split('\n');
    await until(() => existsSync(join(codeDirectory, 'begun')) && begun().length === 2, 'two at work');
    expect(started()).toBe(2);
    writeFileSync(join(codeDirectory, 'go'), '');
    const pids = (await Promise.all(all)).map(value);
    expect(new Set(pids).size).toBe(2);
    expect(begun().sort()).toEqual(['a', 'b', 'c']);
  });

  it('waits a moment for a busy process before it starts another', async () => {
    const { pool, started } = poolOf(PID, { patienceMs: 60_000 });
    await pool.invoke({});
    await Promise.all([pool.invoke({}), pool.invoke({}), pool.invoke({})]);
    expect(started()).toBe(1);
  });

  it('does not start a process for each of many short requests', async () => {
    const { pool, started } = poolOf(PID, { limit: 50 });
    await Promise.all(Array.from({ length: 50 }, () => pool.invoke({})));
    expect(started()).toBeLessThanOrEqual(Math.max(4, 2 * availableParallelism()));
  });

  it('starts as many as there are long ones, up to the limit', async () => {
    const { pool, codeDirectory, started } = poolOf(HELD, { limit: 6 });
    const all = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => pool.invoke({ name }));
    const begun = join(codeDirectory, 'begun');
    await until(() => existsSync(begun) && readFileSync(begun, 'utf8').length === 12, 'all at work');
    expect(started()).toBe(6);
    writeFileSync(join(codeDirectory, 'go'), '');
    await Promise.all(all);
  });

  it('ends a process that takes longer than the timeout, and serves the next request in a new one', async () => {
    const { pool, started } = poolOf(
      'export const handler = async ({ stuck }) => { while (stuck) {} return "fine"; };',
      { timeoutSeconds: 0.5 },
    );
    expect(await pool.invoke({ stuck: true })).toEqual({
      ok: false,
      error: { errorType: 'Sandbox.Timedout', errorMessage: 'Task timed out after 0.50 seconds' },
    });
    expect(value(await pool.invoke({}))).toBe('fine');
    expect(started()).toBe(2);
  });

  it('tells a crash apart, and goes on', async () => {
    const { pool } = poolOf(
      'export const handler = async ({ code }) => { if (code) process.exit(code); return "fine"; };',
    );
    expect(await pool.invoke({ code: 7 })).toMatchObject({
      ok: false,
      error: { errorType: 'Runtime.ExitError', errorMessage: 'Runtime exited with error: exit status 7' },
    });
    expect(value(await pool.invoke({}))).toBe('fine');
  });

  it('survives a process killed while it is idle', async () => {
    const { pool } = poolOf(PID);
    const pid = value(await pool.invoke({}));
    process.kill(Number(pid), 'SIGKILL');
    await until(async () => {
      const result = await pool.invoke({});
      return result.ok && value(result) !== pid;
    }, 'a new process');
  });

  it('reports a module that cannot be loaded, and fails the request that wanted it', async () => {
    const { pool, initErrors } = poolOf('throw new RangeError("bad start");');
    expect(await pool.invoke({})).toMatchObject({
      ok: false,
      error: { errorType: 'RangeError', errorMessage: 'bad start' },
    });
    expect(initErrors).toHaveLength(1);
  });

  it('reports a missing export', async () => {
    expect(await poolOf('export const other = 1;').pool.invoke({})).toMatchObject({
      error: { errorMessage: expect.stringContaining('handler is not exported') },
    });
  });

  it('refuses an answer beyond six megabytes', async () => {
    const { pool } = poolOf('export const handler = async () => "x".repeat(7_000_000);');
    expect(await pool.invoke({})).toMatchObject({ error: { errorType: 'Function.ResponseSizeTooLarge' } });
  });

  it('retires idle processes but one', async () => {
    const { pool, codeDirectory } = poolOf(HELD, { patienceMs: 1, retireAfterMs: 200 });
    const held = [pool.invoke({ name: 'a' }), pool.invoke({ name: 'b' })];
    await until(
      () =>
        existsSync(join(codeDirectory, 'begun')) &&
        readFileSync(join(codeDirectory, 'begun'), 'utf8').length === 4,
      'both at work',
    );
    writeFileSync(join(codeDirectory, 'go'), '');
    const pids = (await Promise.all(held)).map((result) => Number(value(result)));
    await until(() => pids.filter(isAlive).length === 1, 'one process left');
    expect(pids).toContain(value(await pool.invoke({ name: 'c' })));
  });

  it('refuses more waiting requests than it can hold', async () => {
    const { pool } = poolOf(PID, { maxWaiting: 1, limit: 1 });
    const first = pool.invoke({});
    expect(await pool.invoke({})).toMatchObject({ error: { errorType: 'TooManyRequestsException' } });
    expect(await first).toMatchObject({ ok: true });
  });

  it('forgets a waiting request that its caller gave up', async () => {
    const { pool, codeDirectory } = poolOf(HELD, { limit: 1 });
    const first = pool.invoke({ name: 'a' });
    await until(() => existsSync(join(codeDirectory, 'begun')), 'the first at work');
    const abort = new AbortController();
    const second = pool.invoke({ name: 'b' }, abort.signal);
    abort.abort();
    expect(await second).toMatchObject({ error: { errorType: 'AbortError' } });
    writeFileSync(join(codeDirectory, 'go'), '');
    await first;
    await pool.idle();
    expect(readFileSync(join(codeDirectory, 'begun'), 'utf8')).toBe('a\n');
  });

  it('keeps what a function prints', async () => {
    const { pool, output } = poolOf('export const handler = async () => { console.log("hello"); };');
    await pool.invoke({});
    await until(() => output().includes('hello'), 'output');
  });

  it('lets Ctrl-C pass by: only the engine ends a function', async () => {
    const { pool } = poolOf(
      'export const handler = async () => { process.kill(process.pid, "SIGINT"); await new Promise((r) => setTimeout(r, 50)); return "alive"; };',
    );
    expect(value(await pool.invoke({}))).toBe('alive');
  });
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
