import { isAtLeast, type Principal } from '../domain/principal.ts';

/** What stands in the place of a run's data for those who may not read it. */
export interface Masked {
  masked: true;
  /** Of its JSON in UTF-8. */
  bytes: number;
}

/** Viewers see that a run has data and how much, not what it is. */
export const maskedFor = ({ role }: Pick<Principal, 'role'>, value: unknown): unknown =>
  value === null || isAtLeast(role, 'operator')
    ? value
    : ({ masked: true, bytes: Buffer.byteLength(JSON.stringify(value)) } satisfies Masked);
