import fc from 'fast-check';
import * as z from 'zod';
import { makeArbitraries } from '../fuzz/schema-arbitrary.ts';
import { spoiled, WRONG_VALUES } from '../fuzz/wrong.ts';

/** What comes in from people, programs and attackers: as text, as bytes, as JSON, and nearly as it should be. */

export const NOW_MS = Date.UTC(2026, 10, 21, 9);

const ODD_TEXTS = [
  '',
  ' ',
  '\u0000',
  '\u0000\u0000',
  '\n',
  '\r\nX-Injected: 1',
  '\u2028\u2029',
  '\u202e\ufeff\u200b',
  '\ud800',
  '\udc00\ud800',
  'e\u0301',
  'ＡＢＣ',
  '💥'.repeat(200),
  '\u001b[2J\u001b]0;owned\u0007',
  '"}\n{"level":"ERROR","message":"forged"}',
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  'valueOf',
  'then',
  'undefined',
  'null',
  'NaN',
  'Infinity',
  '-0',
  '1e308',
  '1e400',
  '9007199254740993',
  '0x10',
  '١٢٣',
  '../../etc/passwd',
  '%00',
  '%c0%ae',
  '%',
  '{{',
  '}}',
  '{{ }}',
  "' OR 1=1 --",
  '$(id)',
  '#',
  'a#b',
  '~',
  'x'.repeat(10_000),
  '\\'.repeat(1_000),
] as const;

export const text: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(...ODD_TEXTS),
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.string({ maxLength: 60 }),
  fc.stringMatching(/^[0-9A-Za-z *,/#LW?@:;=+.{}()[\]"'$_-]{0,60}$/),
);

const NUMBERS = [0, -0, -1, 0.1, 1e21, 1e308, -1e308, 2 ** 53, -(2 ** 53), Number.MIN_VALUE];

/** As JSON.parse gives it: names of prototypes are fields of their own. */
export const json: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom(...WRONG_VALUES).map((value): unknown => JSON.parse(value)),
  fc.constantFrom(...NUMBERS),
  text,
  fc.array(fc.oneof(text, fc.double()), { maxLength: 4 }),
  fc.dictionary(text, fc.oneof(text, fc.double(), fc.constant(null)), { maxKeys: 4 }),
  fc.jsonValue({ maxDepth: 4 }),
  fc.constantFrom(100, 500).map((depth): unknown => JSON.parse(nest(depth))),
);

export const nest = (depth: number): string => `${'['.repeat(depth)}${']'.repeat(depth)}`;

/** Also what no JSON is: cut off, with something behind it, or never closed. */
export const jsonText: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(...WRONG_VALUES),
  text,
  json.map((value) => JSON.stringify(value)),
  json.map((value) => JSON.stringify(value).slice(0, -1)),
  json.map((value) => `${JSON.stringify(value)}\u0000`),
  fc.constantFrom('['.repeat(200_000), '{"a":'.repeat(100_000), nest(200_000), `[${'1,'.repeat(50_000)}1]`),
);

/** Nothing but JSON can hold some of these; code that is called directly gets them all the same. */
export const anything: fc.Arbitrary<unknown> = fc.oneof(
  json,
  fc.constantFrom<unknown>(undefined, Number.NaN, Number.POSITIVE_INFINITY, -1n, Symbol('s'), () => 1),
  fc.anything({ withNullPrototype: true, withDate: true, withMap: true, maxDepth: 2 }),
);

/** Values that a schema takes, and the same with one place of it changed. */
export function near(schema: z.ZodType): fc.Arbitrary<unknown> {
  const described = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  const { valuesOf } = makeArbitraries(definitionsIn(described), NOW_MS);
  const sound = valuesOf(forMaker(described));
  const wrong = sound.chain((value) => spoiled(value)).map(parsedOr);
  return fc.oneof(
    { weight: 2, arbitrary: wrong },
    { weight: 1, arbitrary: sound },
    { weight: 1, arbitrary: json },
  );
}

const definitionsIn = ({ $defs }: { $defs?: unknown }): Record<string, unknown> =>
  z
    .record(z.string(), z.unknown())
    .catch({})
    .parse(forMaker($defs ?? {}));

/** The maker of values knows references as the API's description writes them, and no pattern that looks around. */
const forMaker = (part: unknown): unknown =>
  JSON.parse(JSON.stringify(part).replaceAll('#/$defs/', '#/components/schemas/'), (name, value: unknown) =>
    name === 'pattern' && typeof value === 'string' && /\(\?[=!<]/.test(value) ? undefined : value,
  );

const parsedOr = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};
