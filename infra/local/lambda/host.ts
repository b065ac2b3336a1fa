import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { EventSourcePlan, FunctionPlan } from '../template/plan-functions.ts';
import { ACCOUNT_ID, REGION } from '../template/resource-types.ts';
import { type Environment, startEnvironment } from './environment.ts';
import { type FunctionLog, openFunctionLog } from './function-log.ts';
import { createPool, type Pool } from './pool.ts';
import type { InvocationResult } from './protocol.ts';

/** Runs the template's functions in processes of their own. */
export interface LambdaHost {
  invoke(functionId: string, event: unknown, signal?: AbortSignal): Promise<InvocationResult>;
  warm(functionId: string): void;
  /** So many environments at once, unless the template reserves a number of its own. */
  resize(functionId: string, limit: number): void;
  /** Into the function's log. */
  note(functionId: string, line: string): void;
  /** Ends the process of a function that has this session, or all of them, at once and in the midst of their work. */
  kill(session?: string): void;
  /** Resolves when nothing runs any more. */
  idle(): Promise<void>;
  close(): Promise<void>;
}
export interface LambdaHostOptions {
  functions: FunctionPlan[];
  eventSources: EventSourcePlan[];
  endpointUrl: string;
  dataDirectory: string;
  /** Given to every function besides its own environment. */
  passedOn: Record<string, string>;
  warn(line: string): void;
}

/** Folder in the data folder: functions start faster from what others have compiled. */
export const COMPILE_CACHE = 'compile-cache';
/** Environments of a function that no event source drives. */
const DEFAULT_LIMIT = 10;

export function createLambdaHost(options: LambdaHostOptions): LambdaHost {
  const pools = new Map<string, Pool>();
  const logs = new Map<string, FunctionLog>();
  const living = new Map<string, Environment>();
  for (const fn of options.functions) {
    const log = openFunctionLog({
      directory: join(options.dataDirectory, 'logs'),
      functionName: shortName(fn),
      warn: options.warn,
    });
    logs.set(fn.logicalId, log);
    const variables = { ...environmentOf(fn, options), ...options.passedOn };
    pools.set(
      fn.logicalId,
      createPool({
        start() {
          const session = randomUUID();
          const environment = startEnvironment({
            ...fn,
            variables: { ...variables, AWS_SESSION_TOKEN: session },
            onOutput: log.write,
          });
          living.set(session, environment);
          void environment.exited.then(() => living.delete(session));
          return environment;
        },
        limit: limitOf(fn, options.eventSources),
        timeoutSeconds: fn.timeoutSeconds,
        fn: { name: fn.name, arn: fn.arn, memoryMb: fn.memoryMb },
        onInitFailed: (error) =>
          options.warn(`${shortName(fn)} cannot be loaded: ${error.errorType} ${error.errorMessage}`),
      }),
    );
  }
  const poolOf = (functionId: string): Pool => {
    const pool = pools.get(functionId);
    if (!pool) throw new Error(`no function ${functionId}`);
    return pool;
  };
  return {
    invoke: (functionId, event, signal) => poolOf(functionId).invoke(event, signal),
    warm: (functionId) => poolOf(functionId).warm(),
    resize(functionId, limit) {
      const reserved = options.functions.find((fn) => fn.logicalId === functionId)?.reservedConcurrency;
      if (reserved === undefined) poolOf(functionId).resize(limit);
    },
    note: (functionId, line) => logs.get(functionId)?.note(line),
    kill(session) {
      for (const [own, environment] of living)
        if (session === undefined || session === own) environment.kill();
    },
    async idle() {
      await Promise.all([...pools.values()].map((pool) => pool.idle()));
    },
    async close() {
      await Promise.all([...pools.values()].map((pool) => pool.close()));
      for (const log of logs.values()) log.close();
      logs.clear();
    },
  };
}

function limitOf(fn: FunctionPlan, eventSources: EventSourcePlan[]): number {
  if (fn.reservedConcurrency !== undefined) return fn.reservedConcurrency;
  const driving = eventSources.filter((source) => source.functionId === fn.logicalId);
  if (driving.length === 0) return DEFAULT_LIMIT;
  return driving.reduce((sum, source) => sum + source.maximumConcurrency, 0);
}

/** Only what the template gives, and what Lambda's runtime adds: whatever else is in our own environment stays here. */
function environmentOf(fn: FunctionPlan, options: LambdaHostOptions): Record<string, string> {
  return {
    ...fn.environment,
    AWS_REGION: REGION,
    AWS_DEFAULT_REGION: REGION,
    // The access key tells the loopback endpoint who calls.
    AWS_ACCESS_KEY_ID: fn.logicalId,
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_ACCOUNT_ID: ACCOUNT_ID,
    AWS_ENDPOINT_URL: options.endpointUrl,
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    AWS_LAMBDA_FUNCTION_NAME: fn.name,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(fn.memoryMb),
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${fn.name}`,
    AWS_LAMBDA_LOG_STREAM_NAME: 'local',
    ...(fn.logLevel !== undefined && { AWS_LAMBDA_LOG_FORMAT: 'JSON', AWS_LAMBDA_LOG_LEVEL: fn.logLevel }),
    LAMBDA_TASK_ROOT: fn.codeDirectory,
    LANG: 'en_US.UTF-8',
    TZ: ':UTC',
    NODE_COMPILE_CACHE: join(options.dataDirectory, COMPILE_CACHE),
  };
}

/** The logical id without the hash that CDK appends, and without what every function's id ends in. */
export function shortName(fn: { logicalId: string }): string {
  return fn.logicalId.replace(/[0-9A-F]{8}$/, '').replace(/(?<=.)Function$/, '') || fn.logicalId;
}
