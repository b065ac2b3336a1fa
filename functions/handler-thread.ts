import { parentPort } from 'node:worker_threads';
import handlers from '#handlers';
import { makeRegistry } from '../shared/contract/handler.ts';
import { canary } from './canary.ts';
import { serveRuns } from './serve-runs.ts';

/** Entry of a worker thread; the pool starts it. Users' code runs here and nowhere else. */
if (!parentPort) throw new Error('handler-thread is started by the handler pool, as a worker thread');
serveRuns(parentPort, makeRegistry([canary, ...handlers]));
