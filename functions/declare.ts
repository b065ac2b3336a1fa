import middy from '@middy/core';
import handlers from '#handlers';
import { makeRegistry } from '../shared/contract/handler.ts';
import { makeDeclareHandler } from './declaration.ts';
import { declareRuntime } from './declare-runtime.ts';

export const handler = middy(makeDeclareHandler({ ...declareRuntime(), handlers: makeRegistry(handlers) }));
