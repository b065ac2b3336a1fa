import * as z from 'zod';

export type JsonSchema = Record<string, unknown>;
type Io = 'input' | 'output';
type Definitions = Map<string, JsonSchema>;

const REFERENCE = '#/components/schemas/';
const INPUT_SUFFIX = 'Input';

/**
 * The zod schemas as JSON Schema 2020-12: named ones become components, everything else stands where it is used. What
 * a field may be left out of in a request (defaults) is there in answers, so a name that means both gets a second
 * component for requests.
 */
export class Schemas {
  readonly #definitions: Record<Io, Definitions> = { input: new Map(), output: new Map() };

  of(schema: z.ZodType, io: Io): JsonSchema {
    const json = z.toJSONSchema(schema, { io, unrepresentable: 'any', override: standardWords });
    const { $schema: _dialect, $defs = {}, ...rest } = json;
    for (const [name, definition] of Object.entries($defs)) {
      if (typeof definition === 'object' && definition !== null)
        this.#definitions[io].set(name, withReferences({ ...definition }, mark(io)));
    }
    return withReferences(rest, mark(io));
  }

  /** The whole document with its components, once all of it is known. */
  complete<T extends object>(document: T): { document: T; schemas: Record<string, JsonSchema> } {
    const { input, output } = this.#definitions;
    const twofold = this.#twofold();
    const rename = (reference: string): string => {
      const [, io, name] = /^#\/(input|output)\/(.+)$/.exec(reference) ?? [];
      if (name === undefined) return reference;
      return REFERENCE + name + (io === 'input' && twofold.has(name) ? INPUT_SUFFIX : '');
    };
    const schemas = new Map([...input].filter(([name]) => !twofold.has(name)));
    for (const name of twofold) {
      if (schemas.has(name + INPUT_SUFFIX)) throw new Error(`two schemas are named ${name}${INPUT_SUFFIX}`);
      schemas.set(name + INPUT_SUFFIX, input.get(name) ?? {});
    }
    for (const [name, definition] of output) schemas.set(name, definition);
    const named = [...schemas].map(([name, schema]) => [name, withReferences(schema, rename)] as const);
    return {
      document: withReferences(document, rename),
      schemas: Object.fromEntries(named.sort(([a], [b]) => (a < b ? -1 : 1))),
    };
  }

  /** Names that stand for one thing in requests and for another in answers, or lead to such a name. */
  #twofold(): Set<string> {
    const { input, output } = this.#definitions;
    const found = new Set<string>();
    const text = (definition: unknown) => JSON.stringify(definition).replaceAll(/#\/(input|output)\//g, '#/');
    for (let before = -1; before < found.size; ) {
      before = found.size;
      for (const [name, definition] of input) {
        const other = output.get(name);
        const leadsThere = [...found].some((one) => text(definition).includes(`"#/${one}"`));
        if (other && (leadsThere || text(definition) !== text(other))) found.add(name);
      }
    }
    return found;
  }
}

const mark = (io: Io) => (reference: string) => reference.replace('#/$defs/', `#/${io}/`);

/** OpenAPI 3.1 has examples in the plural, as JSON Schema has. */
function standardWords({ jsonSchema }: { jsonSchema: z.core.JSONSchema.BaseSchema }): void {
  const { example } = jsonSchema;
  if (example === undefined) return;
  delete jsonSchema.example;
  jsonSchema.examples = [example];
}

function withReferences<T>(value: T, rename: (reference: string) => string): T {
  if (Array.isArray(value)) return value.map((one) => withReferences(one, rename)) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [
      key,
      key === '$ref' && typeof member === 'string' ? rename(member) : withReferences(member, rename),
    ]),
  ) as T;
}
