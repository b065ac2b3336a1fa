import type { Prng } from './prng.ts';

/** What only some histories have, so that what all of them may have stays as frequent, and as it was for its seed. */
export const EXTRAS = {
  keys: ['triggerOnce', 'triggerOnce', 'createOnce'],
  inbox: ['sendTrigger', 'sendTrigger', 'sendCreation', 'sendEvent', 'sendNonsense', 'redriveInbox'],
  letters: [
    'redriveSome',
    'redriveSome',
    'redriveCanary',
    'redriveCanary',
    'resolve',
    'resolve',
    'ignore',
    'reopen',
  ],
  bulk: ['bulkTrigger', 'bulkTrigger', 'bulkTasks', 'bulkRuns', 'bulkRuns', 'bulkNow', 'abortBulk'],
  stats: ['lookAtStats'],
  catalogue: ['declare', 'declare', 'withdraw', 'setVariable', 'dropVariable', 'setQueue'],
  calendars: ['calendar'],
  // One slot for all, and holders of runs that were handed off who say nothing, or too late.
  quietHolders: ['trigger'],
  expressions: ['editPayload', 'trigger'],
} as const satisfies Record<string, readonly string[]>;
export type Extra = keyof typeof EXTRAS;
export type ExtraKind = (typeof EXTRAS)[Extra][number];

const SHARE = 0.15;
const MOST_OF_EACH = 8;

export function extrasOf(random: Prng): Map<Extra, ExtraKind[]> {
  const found = new Map<Extra, ExtraKind[]>();
  for (const [extra, kinds] of Object.entries(EXTRAS)) {
    if (!random.chance(SHARE)) continue;
    const some = Array.from({ length: random.int(1, MOST_OF_EACH) }, () => random.pick<ExtraKind>(kinds));
    // Its own keys.
    found.set(extra as Extra, some);
  }
  return found;
}
