import type { Role } from './principal.ts';
import type { EpochMs } from './time.ts';

/** What is kept of an API token; its secret is not. */
export interface ApiToken {
  /** A ULID, unique over all tenants: a credential names nothing else. */
  id: string;
  tenant: string;
  role: Role;
  name?: string;
  /** SHA-256 of the secret, in hex. The secret is random and long, so that a faster hash helps nobody to guess it. */
  hash: string;
  createdAt: EpochMs;
  createdBy: string;
  /** From then on it is worth nothing; absent: until it is revoked. */
  expiresAt?: EpochMs;
  /** To within TOKEN_USE_STEP_MS. */
  lastUsedAt?: EpochMs;
}

export const tokenText = (id: string, secret: string): string => `esc_${id}_${secret}`;

const TOKEN = /^esc_([0-9A-HJKMNP-TV-Z]{26})_([\x21-\x7e]+)$/;

/** undefined for what is no token of this form, such as the administrator's. */
export function parseToken(text: string): { id: string; secret: string } | undefined {
  const [, id, secret] = TOKEN.exec(text) ?? [];
  return id !== undefined && secret !== undefined ? { id, secret } : undefined;
}
