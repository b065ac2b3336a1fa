import fc from 'fast-check';
import * as z from 'zod';

/** Values of a JSON Schema, as far as the served description uses the language; mostly valid, often at the bounds. */

const Schema = z.looseObject({
  $ref: z.string().optional(),
  const: z.unknown().optional(),
  enum: z.array(z.unknown()).optional(),
  anyOf: z.array(z.unknown()).optional(),
  oneOf: z.array(z.unknown()).optional(),
  type: z.union([z.string(), z.array(z.string())]).optional(),
  format: z.string().optional(),
  pattern: z.string().optional(),
  minLength: z.number().optional(),
  maxLength: z.number().optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  minItems: z.number().optional(),
  maxItems: z.number().optional(),
  items: z.unknown().optional(),
  properties: z.record(z.string(), z.unknown()).optional(),
  required: z.array(z.string()).optional(),
  additionalProperties: z.unknown().optional(),
  examples: z.array(z.unknown()).optional(),
});
type Schema = z.infer<typeof Schema>;

const DAY_MS = 86_400_000;
const LONGEST_LIST = 4;
const LONGEST_TEXT = 300;

const instant = (nowMs: number): fc.Arbitrary<string> =>
  fc
    .oneof(
      fc.integer({ min: -40 * DAY_MS, max: 40 * DAY_MS }).map((ms) => nowMs + ms),
      fc.constantFrom(0, Date.UTC(2100, 11, 31, 23, 59, 59, 999), Date.UTC(2024, 1, 29)),
    )
    .map((at) => new Date(at).toISOString());

export function makeArbitraries(components: Readonly<Record<string, unknown>>, nowMs: number) {
  const known = new Map<string, fc.Arbitrary<unknown>>();

  function valuesOf(given: unknown): fc.Arbitrary<unknown> {
    if (given === false) return fc.constant(null);
    const schema = Schema.parse(given === true || given === undefined ? {} : given);
    const made = plainValues(schema);
    const { examples = [] } = schema;
    return examples.length === 0
      ? made
      : fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...examples) }, { weight: 1, arbitrary: made });
  }

  function plainValues(schema: Schema): fc.Arbitrary<unknown> {
    if (schema.$ref !== undefined) return referred(schema.$ref);
    if (Object.hasOwn(schema, 'const')) return fc.constant(schema.const);
    if (schema.enum) return fc.constantFrom(...schema.enum);
    if (schema.properties) return objects(schema);
    const choices = schema.anyOf ?? schema.oneOf;
    if (choices) return fc.oneof(...choices.map(valuesOf));
    const types = typeof schema.type === 'string' ? [schema.type] : (schema.type ?? ['any']);
    return fc.oneof(...types.map((type) => ofType(type, schema)));
  }

  function referred(reference: string): fc.Arbitrary<unknown> {
    const name = reference.replace('#/components/schemas/', '');
    const made = known.get(name) ?? valuesOf(components[name]);
    known.set(name, made);
    return made;
  }

  function ofType(type: string, schema: Schema): fc.Arbitrary<unknown> {
    switch (type) {
      case 'string':
        return texts(schema, nowMs);
      case 'integer':
        return integers(schema);
      case 'number':
        return fc.double({ min: schema.minimum ?? -1e9, max: schema.maximum ?? 1e9, noNaN: true });
      case 'boolean':
        return fc.boolean();
      case 'null':
        return fc.constant(null);
      case 'array': {
        const minLength = schema.minItems ?? 0;
        const maxLength = Math.max(minLength, Math.min(schema.maxItems ?? LONGEST_LIST, LONGEST_LIST));
        return fc.array(valuesOf(schema.items), { minLength, maxLength });
      }
      case 'object':
        return objects(schema);
      default:
        return fc.jsonValue({ maxDepth: 3 });
    }
  }

  /** Of alternatives that only say what is required, one is met and the others are not. */
  function objects(schema: Schema): fc.Arbitrary<unknown> {
    const { properties = {}, additionalProperties, oneOf = [] } = schema;
    const alternatives = z
      .array(z.strictObject({ required: z.array(z.string()) }))
      .catch([])
      .parse(oneOf);
    const records = (alternatives.length === 0 ? [{ required: [] }] : alternatives).map((chosen) => {
      const left = alternatives.filter((one) => one !== chosen).flatMap(({ required }) => required);
      const required = new Set<string>([...(schema.required ?? []), ...chosen.required]);
      const members = Object.entries(properties).filter(
        ([name]) => !left.includes(name) || required.has(name),
      );
      return fc.record(
        Object.fromEntries(
          members.map(([name, member]) => [name, required.has(name) ? valuesOf(member) : seldom(member)]),
        ),
      );
    });
    const whole = fc.oneof(...records).map(withoutAbsent);
    if (Object.keys(properties).length > 0 || additionalProperties === false) return whole;
    const values = typeof additionalProperties === 'object' ? valuesOf(additionalProperties) : fc.jsonValue();
    return fc.dictionary(fc.string({ minLength: 1, maxLength: 12 }), values, { maxKeys: 3 });
  }

  /** Fields that may be left out mostly are: each more is one more reason to refuse the whole. */
  const seldom = (schema: unknown) =>
    fc.oneof({ weight: 4, arbitrary: fc.constant(ABSENT) }, { weight: 1, arbitrary: valuesOf(schema) });

  return { valuesOf };
}

const ABSENT = Symbol('absent');
const withoutAbsent = (record: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(record).filter(([, value]) => value !== ABSENT));

function texts({ pattern, format, minLength = 0, maxLength }: Schema, nowMs: number): fc.Arbitrary<string> {
  if (format === 'date-time') return instant(nowMs);
  if (format === 'date') return instant(nowMs).map((text) => text.slice(0, 10));
  if (pattern !== undefined && /T/.test(pattern) && /\\d\{4\}/.test(pattern)) return instant(nowMs);
  if (pattern !== undefined) return fc.stringMatching(new RegExp(pattern));
  const most = Math.max(minLength, Math.min(maxLength ?? LONGEST_TEXT, LONGEST_TEXT));
  const unit = fc.constantFrom('grapheme' as const, 'binary' as const, 'grapheme-ascii' as const);
  const some = unit.chain((kind) => fc.string({ minLength, maxLength: most, unit: kind }));
  return maxLength === undefined || maxLength > 4_096
    ? some
    : fc.oneof(
        { weight: 8, arbitrary: some },
        { weight: 1, arbitrary: fc.constantFrom('x'.repeat(maxLength), '🕰'.repeat(maxLength)) },
      );
}

function integers({ minimum = -(2 ** 31), maximum = 2 ** 31 }: Schema): fc.Arbitrary<number> {
  const [min, max] = [Math.max(minimum, Number.MIN_SAFE_INTEGER), Math.min(maximum, Number.MAX_SAFE_INTEGER)];
  const small = fc.integer({ min, max: Math.min(max, min + 100) });
  return fc.oneof(small, fc.integer({ min, max }), fc.constantFrom(min, max));
}
