import { randomBytes } from 'node:crypto';
import { ulid } from 'ulid';
import type { Ids } from '../../ports.ts';

const NONCE_BYTES = 16;

export const systemIds: Ids = {
  ulid: (nowMs) => ulid(nowMs),
  /** 22 characters: it is written with every run. */
  nonce: () => randomBytes(NONCE_BYTES).toString('base64url'),
};
