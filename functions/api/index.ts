import handlers from '#handlers';
import { makeRegistry } from '../../shared/contract/handler.ts';
import { makeApiHandler } from './app.ts';
import { apiRuntime } from './runtime.ts';

/** The registry is imported here, so that only functions which need the handlers carry them. */
export const handler = makeApiHandler({ ...apiRuntime(), handlers: makeRegistry(handlers) });
