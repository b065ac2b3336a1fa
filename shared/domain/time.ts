/** Instants are epoch milliseconds everywhere inside; only the edges speak ISO 8601 (RFC 3339, UTC). */
export type EpochMs = number;
export type DurationMs = number;
/** Only for DynamoDB TTL attributes, which AWS defines in seconds. */
export type EpochSeconds = number;

export const SECOND_MS = 1_000;
export const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;
export const DAY_MS = 86_400_000;

/** `2026-11-21T09:00:00.000Z`: ISO 8601, UTC, always with milliseconds. */
export const toIso = (at: EpochMs): string => new Date(at).toISOString();

/** Parses an ISO 8601 instant; NaN when it is none. Callers validate first (contract/schemas). */
export const fromIso = (iso: string): EpochMs => Date.parse(iso);
