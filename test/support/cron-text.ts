import fc from 'fast-check';

/** Expressions of many forms that all match something within a year or so. */
const list = (min: number, max: number) =>
  fc
    .uniqueArray(fc.integer({ min, max }), { minLength: 1, maxLength: 4 })
    .map((values) => values.sort((a, b) => a - b).join(','));
const range = (min: number, max: number) =>
  fc
    .tuple(fc.integer({ min, max }), fc.integer({ min, max }), fc.integer({ min: 1, max: 5 }))
    .map(([a, b, step]) => `${Math.min(a, b)}-${Math.max(a, b)}${step > 1 ? `/${step}` : ''}`);
const step = (max: number) => fc.integer({ min: 1, max }).map((n) => `*/${n}`);
const star = fc.constant('*');

export const minuteField = fc.oneof(star, list(0, 59), range(0, 59), step(30));
export const hourField = fc.oneof(star, list(0, 23), range(0, 23), step(12));
const dayField = fc.oneof(
  { arbitrary: star, weight: 3 },
  list(1, 28),
  range(1, 28),
  fc.constantFrom('L', '?', '15,L'),
);
const monthField = fc.oneof(
  { arbitrary: star, weight: 3 },
  list(1, 12),
  fc.constantFrom('JAN,jul', '3-11/2'),
);
const weekdayField = fc.oneof(
  { arbitrary: star, weight: 3 },
  list(0, 6),
  fc.constantFrom('7', 'MON-FRI', '1-7/2', '5L', '1L', '2#1', 'fri#3', '0#2', '?'),
);

/** Five fields, or six with seconds. */
export const cronText: fc.Arbitrary<string> = fc
  .tuple(fc.option(minuteField), minuteField, hourField, dayField, monthField, weekdayField)
  .map((fields) => fields.filter((field) => field !== null).join(' '));

/** Zones with every kind of clock change since 2000: whole and half hours, at midnight, a lost day, Ramadan. */
export const zone: fc.Arbitrary<string> = fc.constantFrom(
  'UTC',
  'Europe/Paris',
  'Europe/London',
  'America/New_York',
  'America/Santiago',
  'America/Sao_Paulo',
  'America/St_Johns',
  'America/Caracas',
  'Asia/Kolkata',
  'Asia/Tehran',
  'Asia/Gaza',
  'Asia/Pyongyang',
  'Africa/Casablanca',
  'Africa/Cairo',
  'Australia/Sydney',
  'Australia/Lord_Howe',
  'Antarctica/Troll',
  'Pacific/Apia',
  'Pacific/Chatham',
);
