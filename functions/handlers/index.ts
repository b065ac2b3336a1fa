import type { HandlerDefinition } from '../../shared/contract/handler.ts';
import { batch } from './batch.ts';
import { count } from './count.ts';
import { crash } from './crash.ts';
import { echo } from './echo.ts';
import { fail } from './fail.ts';
import { handOff } from './hand-off.ts';
import { memory } from './memory.ts';
import { sendEmail } from './send-email.ts';
import { sleep } from './sleep.ts';

/**
 * The handlers that tasks can name. To add your own:
 *
 * 1. Write `functions/handlers/<name>.ts`; `send-email.ts` is the shortest complete example:
 *
 *      export const invoice = defineHandler({
 *        name: 'billing.invoice',
 *        description: 'Makes the monthly invoice of a customer.',
 *        payload: z.object({ customerId: z.string() }),
 *        async run({ payload, execution, signal, log, progress }) {
 *          await fetch(url, { signal, headers: { 'idempotency-key': execution.idempotencyKey } });
 *          return { sent: true };
 *        },
 *      });
 *
 * 2. Put it into the array below. Tasks name it as `"handler": "billing.invoice"`; `GET /v1/handlers` lists it.
 *
 * What to know: a run may be tried more than once, so hand `execution.idempotencyKey` on to whatever you call.
 * Throw anything to be retried by the task's policy, `NonRetryableError` to give up at once,
 * `RetryAfterError(seconds)` to choose the delay. Hand `signal` on too: it aborts at the task's timeout and on
 * cancel, and a handler that does not end within a few seconds of that is terminated. Await everything you
 * start: work left behind when `run` returns goes on in a thread that the next run shares.
 * `runInBatches` helps to work through many items, `handOff` with work that outlasts a function. To keep your
 * handlers outside this folder, name a file with the same kind of default export in ESCAPEMENT_HANDLERS.
 */
const handlers: HandlerDefinition[] = [echo, sendEmail, fail, sleep, count, crash, batch, handOff, memory];

export default handlers;
