import fc from 'fast-check';

/** What goes wrong with values and bytes in the hands of people, programs and attackers. */

const nested = (depth: number, open: string, close: string) => open.repeat(depth) + close.repeat(depth);

/** As JSON text, because some of it no object can hold. */
export const WRONG_VALUES = [
  'null',
  'true',
  '0',
  '-1',
  '-0',
  '1.5',
  '1e308',
  '-1e308',
  '1e400',
  '9007199254740993',
  '123456789012345678901234567890',
  '""',
  '" "',
  '"\\u0000"',
  '"\\ud800"',
  '"\\udc00\\ud800"',
  '"\\u202e\\ufeff"',
  '"__proto__"',
  '"constructor"',
  '"../../etc/passwd"',
  `"${'x'.repeat(5_000)}"`,
  '"{{ }}"',
  '"{{ upstream.result }}"',
  '"2026-02-30T00:00:00.000Z"',
  '"9999-12-31T23:59:59.999Z"',
  '"-000001-01-01T00:00:00.000Z"',
  '[]',
  '{}',
  '[null]',
  '[[],{}]',
  '{"__proto__":{"admin":true}}',
  '{"constructor":{"prototype":{"admin":true}}}',
  '{"toString":1,"hasOwnProperty":2,"valueOf":null}',
  nested(60, '[', ']'),
  nested(80, '[', ']'),
  `${'{"a":'.repeat(50)}1${'}'.repeat(50)}`,
] as const;

const EXTRA_NAMES = [
  '__proto__',
  'constructor',
  'toString',
  'unknown',
  '',
  ' ',
  '\u0000',
  'id',
  'tenant',
  'version',
];

/** JSON text with one place of it changed: a value replaced, a member dropped or added. */
export const spoiled = (value: unknown): fc.Arbitrary<string> =>
  fc
    .record({
      at: fc.nat(),
      how: fc.constantFrom('replace' as const, 'drop' as const, 'add' as const, 'twice' as const),
      wrong: fc.constantFrom(...WRONG_VALUES),
      name: fc.constantFrom(...EXTRA_NAMES),
    })
    .map(({ at, how, wrong, name }) => {
      const places = placesIn(value);
      const place = places[at % places.length] ?? [];
      if (how === 'add')
        return JSON.stringify(value)
          .replace('{', `{${JSON.stringify(name)}:${wrong},`)
          .replace(',}', '}');
      if (how === 'twice')
        return JSON.stringify(value).replace('{', '{"name":"one","name":"two",').replace(',}', '}');
      const mark = '\u0001wrong\u0001';
      const text = JSON.stringify(changedAt(value, place, how === 'drop' ? undefined : mark)) ?? wrong;
      return text.replace(JSON.stringify(mark), () => wrong);
    });

type Place = readonly (string | number)[];

function placesIn(value: unknown, place: Place = []): Place[] {
  if (typeof value !== 'object' || value === null) return [place];
  return [place, ...Object.entries(value).flatMap(([name, member]) => placesIn(member, [...place, name]))];
}

function changedAt(value: unknown, [step, ...rest]: Place, to: unknown): unknown {
  if (step === undefined) return to;
  if (Array.isArray(value))
    return value.map((one, index) => (String(index) === step ? changedAt(one, rest, to) : one));
  const members = Object.entries(Object(value)).map(([name, one]) => [
    name,
    name === step ? changedAt(one, rest, to) : one,
  ]);
  return Object.fromEntries(members);
}

/** Bodies that are not what the API reads at all. */
export const noBody: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    '',
    '{',
    '[]',
    'null',
    '1',
    '"text"',
    '{"a":}',
    '<xml/>',
    'a=b&c=d',
    '\u0000',
    '{"name":"x"}x',
  ),
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.constantFrom(...WRONG_VALUES),
  fc.constant(`{"name":"${'x'.repeat(262_144)}"}`),
);

/** Parts of paths, percent-encoded or not even that. */
export const wrongSegment: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    '%',
    '%zz',
    '%00',
    '%2e%2e',
    '..',
    '.',
    '%2F',
    '%c0%af',
    '%ed%a0%80',
    '__proto__',
    'constructor',
  ),
  fc.constantFrom(
    'a%20b',
    '%E2%82%AC',
    '~',
    '-',
    'x'.repeat(600),
    '1~2~3',
    'nothing~001795312800000',
    '%25',
    '*',
  ),
  fc
    .string({ maxLength: 20, unit: 'grapheme' })
    .map((text) => encodeURIComponent(text.toWellFormed()) || '-'),
);

export const wrongHeader: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    '',
    '*',
    '"',
    '""',
    'W/"1"',
    '"1", "2"',
    '1',
    '"99999999999999999"',
    '\u00ff',
    'a b',
    ',',
    '"1"x',
  ),
  fc.string({ unit: 'grapheme-ascii', maxLength: 40 }),
);

export const wrongType = fc.constantFrom(
  'text/plain',
  'application/xml',
  'application/json; charset=latin1',
  'application/json;charset="utf-8"',
  'APPLICATION/JSON',
  'multipart/form-data; boundary=x',
  'application/x-www-form-urlencoded',
  '',
  'json',
);
