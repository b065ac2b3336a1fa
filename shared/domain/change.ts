/**
 * A conditional write as data: decided by a pure function, applied by a store, never improvised in between.
 */
export interface Change<T> {
  set: Partial<T>;
  remove?: readonly (keyof T & string)[];
  guard: Guard<T>;
}

/** What must still hold at the moment of the write. Everything named must hold. */
export interface Guard<T> {
  /** Each attribute equals the value. */
  equals?: Partial<T>;
  /** Each attribute is missing. */
  missing?: readonly (keyof T & string)[];
  /** Each attribute is missing or differs from the value. */
  not?: Partial<T>;
  /** One attribute is less than another. */
  below?: { field: keyof T & string; than: keyof T & string };
}

/** A refused write returns the record that refused it (ReturnValuesOnConditionCheckFailure = ALL_OLD). */
export type Outcome<T> = { ok: true; record: T } | { ok: false; existing: T | undefined };
