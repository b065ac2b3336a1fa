import middy from '@middy/core';
import { executorRuntime } from './runtime.ts';
import { makeExecutor } from './work-batch.ts';

export const handler = middy(makeExecutor(executorRuntime()));
