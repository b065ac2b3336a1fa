import type { EpochMs, EpochSeconds } from '../../domain/time.ts';

/** DynamoDB's TTL attribute counts seconds; rounded up, so that nothing expires early. */
export const toEpochSeconds = (at: EpochMs): EpochSeconds => Math.ceil(at / 1_000);
