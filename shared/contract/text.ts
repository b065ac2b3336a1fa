import * as z from 'zod';

/** Characters as people and JSON Schema count them: code points, not UTF-16 units. */
const characters = (text: string): number => [...text].length;

/** Free text. Half a surrogate pair cannot be stored as UTF-8, so it is refused rather than altered. */
export const text = (min: number, max: number) =>
  z
    .string()
    .refine((value) => value.isWellFormed(), 'must be well-formed Unicode')
    .refine(
      (value) => value.length >= min && (value.length <= max || characters(value) <= max),
      `must have ${min} to ${max} characters`,
    )
    .meta({ minLength: min, maxLength: max });

export const TASK_ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;
export const TaskIdSchema = z
  .string()
  .regex(TASK_ID, 'must be 1 to 128 of A-Z a-z 0-9 . _ - and begin with a letter or digit');

/** What a name of the IANA time zone database looks like; whether it is one is checked besides. */
export const ZONE_FOR_READERS = {
  pattern: '^[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+)*$',
  example: 'Europe/Paris',
};

export const TagSchema = z.string().regex(/^[a-z0-9:._-]{1,64}$/, 'must be 1 to 64 of a-z 0-9 : . _ -');

/** Instants as the API writes them. The pattern is the plain part of what is checked, for readers. */
export const InstantSchema = z.iso.datetime({ precision: 3 }).meta({
  id: 'Instant',
  description: 'ISO 8601, UTC, with milliseconds',
  pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}\\.\\d{3}Z$',
  example: '2026-11-21T09:00:00.000Z',
});
