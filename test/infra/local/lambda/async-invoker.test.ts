import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createAsyncInvoker } from '../../../../infra/local/lambda/async-invoker.ts';
import type { InvocationResult } from '../../../../infra/local/lambda/protocol.ts';
import type { FunctionPlan } from '../../../../infra/local/template/plan-functions.ts';

const OK: InvocationResult = { ok: true, payload: 'null' };
const FAILED: InvocationResult = { ok: false, error: { errorType: 'Error', errorMessage: 'no luck' } };
const FN: FunctionPlan = {
  logicalId: 'Fn',
  name: 'fn',
  arn: 'arn',
  codeDirectory: '/',
  modulePath: '/index.mjs',
  exportName: 'handler',
  timeoutSeconds: 3,
  memoryMb: 128,
  environment: {},
  logLevel: undefined,
  reservedConcurrency: undefined,
  asyncRetries: 2,
  asyncMaxAgeSeconds: 21_600,
  roleArn: 'role',
};

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function invoker(fn: Partial<FunctionPlan>, results: InvocationResult[]) {
  let calls = 0;
  const warnings: string[] = [];
  const background = createAsyncInvoker({
    functions: [{ ...FN, ...fn }],
    invoke: async () => results[calls++] ?? OK,
    warn: (line) => warnings.push(line),
  });
  return { ...background, warnings, calls: () => calls };
}

describe('an asynchronous invocation', () => {
  it('that fails is made again after one minute and after two more, then given up', async () => {
    const { invoke, calls, warnings } = invoker({}, [FAILED, FAILED, FAILED, FAILED]);
    invoke('Fn', {});
    await vi.advanceTimersByTimeAsync(59_000);
    expect(calls()).toBe(1);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(calls()).toBe(2);
    await vi.advanceTimersByTimeAsync(120_000);
    expect(calls()).toBe(3);
    await vi.advanceTimersByTimeAsync(3_600_000);
    expect(calls()).toBe(3);
    expect(warnings).toEqual(Array(3).fill('fn failed: Error no luck'));
  });

  it('is not made again where the function says so, nor when it would be too old', async () => {
    for (const fn of [{ asyncRetries: 0 }, { asyncMaxAgeSeconds: 59 }]) {
      const { invoke, calls } = invoker(fn, [FAILED]);
      invoke('Fn', {});
      await vi.advanceTimersByTimeAsync(3_600_000);
      expect(calls()).toBe(1);
    }
  });

  it('is forgotten when the engine stops', async () => {
    const { invoke, stop, calls } = invoker({}, [FAILED]);
    invoke('Fn', {});
    await vi.advanceTimersByTimeAsync(1_000);
    stop();
    await vi.advanceTimersByTimeAsync(3_600_000);
    invoke('Fn', {});
    expect(calls()).toBe(1);
  });
});
