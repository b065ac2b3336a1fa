import * as z from 'zod';
import { defineHandler, pending } from '../../shared/contract/handler.ts';
import { MAX_HAND_OFF_SECONDS } from '../../shared/domain/limits.ts';

export const handOff = defineHandler({
  name: 'demo.hand-off',
  description:
    'Hands its run off and shows the token as its progress, where everybody can read it: for trying out only.',
  payload: z.object({ timeoutSeconds: z.int().min(1).max(MAX_HAND_OFF_SECONDS).default(3_600) }),
  async run({ payload, progress, handOff }) {
    // A real one would send the token along with the work, to nobody but who does it.
    await progress({ message: await handOff() });
    return pending({ timeoutSeconds: payload.timeoutSeconds });
  },
});
