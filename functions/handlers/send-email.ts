import * as z from 'zod';
import { defineHandler } from '../../shared/contract/handler.ts';

export const sendEmail = defineHandler({
  name: 'demo.send-email',
  description: 'Pretends to send an e-mail: writes a log line instead.',
  // As browsers check e-mail fields: short domains such as a@b.c are addresses too.
  payload: z.object({ to: z.email({ pattern: z.regexes.html5Email }) }),
  run({ payload, execution, log }) {
    // A real one would hand the key to its provider, so that a second attempt sends nothing twice.
    log.info('E-mail sent', { to: payload.to, idempotencyKey: execution.idempotencyKey });
    return { sent: true, to: payload.to };
  },
});
