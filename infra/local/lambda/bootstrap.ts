import { flushCompileCache } from 'node:module';
import { pathToFileURL } from 'node:url';
import { describeError, type InvokeMessage, type ReplyMessage } from './protocol.ts';

/**
 * First module of a function's process: loads the bundled handler and answers one invocation at a time.
 * Arguments: path of the module, name of the export.
 */
const MAX_RESPONSE_BYTES = 6_291_556; // docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html

const CACHE_AFTER_MS = 2_000;

// An engine that is gone must leave nothing running: not even the finally blocks of a handler.
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
// Ctrl-C reaches the whole process group; the engine decides when a function ends, so that work can finish.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => {});

const [modulePath = '', exportName = ''] = process.argv.slice(2);
const reply = (message: ReplyMessage) => process.send?.(message);

type Handler = (event: unknown, context: object) => unknown;
const isHandler = (value: unknown): value is Handler => typeof value === 'function';

function contextOf({ requestId, deadlineAt, fn }: InvokeMessage): object {
  return {
    awsRequestId: requestId,
    functionName: fn.name,
    functionVersion: '$LATEST',
    invokedFunctionArn: fn.arn,
    memoryLimitInMB: String(fn.memoryMb),
    logGroupName: `/aws/lambda/${fn.name}`,
    logStreamName: 'local',
    callbackWaitsForEmptyEventLoop: true,
    getRemainingTimeInMillis: () => Math.max(0, deadlineAt - Date.now()),
  };
}

async function answer(handler: Handler, message: InvokeMessage): Promise<void> {
  const { requestId } = message;
  try {
    const payload = JSON.stringify(await handler(message.event, contextOf(message))) ?? 'null';
    if (Buffer.byteLength(payload) > MAX_RESPONSE_BYTES) {
      const errorMessage = `Response payload size exceeded maximum allowed payload size (${MAX_RESPONSE_BYTES} bytes).`;
      reply({
        type: 'failed',
        requestId,
        error: { errorType: 'Function.ResponseSizeTooLarge', errorMessage },
      });
    } else reply({ type: 'done', requestId, payload });
  } catch (thrown) {
    reply({ type: 'failed', requestId, error: describeError(thrown) });
  }
}

try {
  const loaded: Record<string, unknown> = await import(pathToFileURL(modulePath).href);
  const handler = loaded[exportName];
  if (!isHandler(handler)) throw new Error(`${exportName} is not exported by ${modulePath}`);
  process.on('message', (message: InvokeMessage) => void answer(handler, message));
  // Our end is a SIGKILL, which would never write the cache: it is written once the first work is likely done.
  setTimeout(flushCompileCache, CACHE_AFTER_MS).unref();
  reply({ type: 'ready' });
} catch (thrown) {
  reply({ type: 'initFailed', error: describeError(thrown) });
}
