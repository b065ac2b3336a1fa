import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import * as z from 'zod';

/** The served description, as a judge of answers. It knows nothing of the code that makes them. */

const JsonSchema = z.record(z.string(), z.unknown());
const Media = z.looseObject({
  schema: JsonSchema.optional(),
  example: z.unknown().optional(),
  examples: z.record(z.string(), z.looseObject({ value: z.unknown() })).optional(),
});
const Content = z.record(z.string(), Media);
const Reference = z.strictObject({ $ref: z.string() });
const Header = z.looseObject({ required: z.boolean().optional(), schema: JsonSchema, example: z.unknown() });
const Response = z.strictObject({
  description: z.string().min(1),
  headers: z.record(z.string(), z.union([Reference, Header])).optional(),
  content: Content.optional(),
});
const Parameter = z.looseObject({
  name: z.string(),
  in: z.enum(['path', 'query', 'header']),
  required: z.boolean(),
  description: z.string().min(1),
  schema: JsonSchema,
  example: z.unknown().optional(),
});
const Operation = z.looseObject({
  operationId: z.string(),
  summary: z.string().min(1),
  description: z.string().min(1),
  tags: z.array(z.string()),
  parameters: z.array(Parameter),
  requestBody: z.looseObject({ required: z.boolean(), content: Content }).optional(),
  responses: z.record(z.string(), z.union([Reference, Response])),
  security: z.array(z.record(z.string(), z.array(z.string()))),
});
export const OpenApiDocument = z.looseObject({
  openapi: z.literal('3.1.0'),
  tags: z.array(z.object({ name: z.string(), description: z.string() })),
  paths: z.record(z.string(), z.record(z.string(), Operation)),
  components: z.looseObject({
    schemas: z.record(z.string(), JsonSchema),
    responses: z.record(z.string(), Response),
    headers: z.record(z.string(), Header),
  }),
});
export type OpenApiDocument = z.infer<typeof OpenApiDocument>;
export type DocumentedParameter = z.infer<typeof Parameter>;

export interface DocumentedOperation extends z.infer<typeof Operation> {
  /** In capitals. */
  method: string;
  /** With `{names}`. */
  path: string;
}
export interface GivenAnswer {
  status: number;
  /** Names in lower case. */
  headers: Readonly<Record<string, string>>;
  /** As it was sent; empty when there was none. */
  text: string;
}

/** Headers that say something about an answer: each is documented where it is sent. */
const TELLING = ['allow', 'etag', 'location', 'retry-after', 'www-authenticate'];

export function makeContract(served: unknown) {
  const document = OpenApiDocument.parse(served);
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  formats.default(ajv);
  ajv.addSchema(document, 'openapi');
  const compiled = new Map<string, ValidateFunction>();

  const operations: DocumentedOperation[] = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      ...operation,
      method: method.toUpperCase(),
      path,
    })),
  );

  /** What is wrong with a value, seen from the schema at a place of the document; nothing when it is as described. */
  function problemsAt(place: readonly string[], value: unknown): string[] {
    const pointer = `openapi#/${place.map(escaped).join('/')}`;
    const validate = compiled.get(pointer) ?? ajv.compile({ $ref: pointer });
    compiled.set(pointer, validate);
    if (validate(value)) return [];
    return (validate.errors ?? []).map(
      ({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`,
    );
  }

  function responseOf(operation: DocumentedOperation, status: number | string) {
    const response = operation.responses[status];
    if (!response) return undefined;
    if (!('$ref' in response)) {
      const place = ['paths', operation.path, operation.method.toLowerCase(), 'responses', String(status)];
      return { place, response: Response.parse(response) };
    }
    const name = String(response.$ref).replace('#/components/responses/', '');
    const shared = document.components.responses[name];
    return shared && { place: ['components', 'responses', name], response: shared };
  }

  /** Everything in which an answer is not what the description says of this operation. */
  function faultsOf(operation: DocumentedOperation, answer: GivenAnswer): string[] {
    const found = responseOf(operation, answer.status);
    if (!found) return [`status ${answer.status} is not documented`];
    const { place, response } = found;
    const faults = headerFaults(place, response.headers, answer);
    const type = answer.headers['content-type'];
    const { content } = response;
    if (!content || operation.method === 'HEAD')
      return answer.text === '' ? faults : [...faults, 'a body that is not documented'];
    const media = Object.keys(content).find((one) => one === type || one === type?.split(';')[0]);
    if (media === undefined)
      return [...faults, `content type ${type} is none of ${Object.keys(content).join(', ')}`];
    if (!media.includes('json')) return faults;
    return [...faults, ...problemsAt([...place, 'content', media, 'schema'], parsed(answer.text))];
  }

  function headerFaults(
    place: readonly string[],
    documented: z.infer<typeof Response>['headers'] = {},
    { headers }: GivenAnswer,
  ): string[] {
    const told = Object.keys(documented).map((name) => name.toLowerCase());
    const unknown = TELLING.filter((name) => headers[name] !== undefined && !told.includes(name));
    const wrong = Object.entries(documented).flatMap(([name, header]) => {
      const component =
        '$ref' in header ? String(header.$ref).replace('#/components/headers/', '') : undefined;
      const at = component ? ['components', 'headers', component] : [...place, 'headers', name];
      const value = headers[name.toLowerCase()];
      if (value !== undefined)
        return problemsAt([...at, 'schema'], value).map((problem) => `${name}: ${problem}`);
      const { required } = component ? (document.components.headers[component] ?? {}) : Header.parse(header);
      return required ? [`header ${name} is missing`] : [];
    });
    return [...unknown.map((name) => `header ${name} is not documented`), ...wrong];
  }

  /** Whether the API itself can answer so: what only the gateway says is not ours to bring about. */
  function isOurs(operation: DocumentedOperation, status: number): boolean {
    const found = responseOf(operation, status);
    return found !== undefined && !found.response.description.startsWith('By the gateway:');
  }

  const patterns = operations.map(
    (operation) =>
      [
        operation,
        new RegExp(`^${operation.path.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}$`),
      ] as const,
  );
  /** What is documented at a path, by its method. */
  const operationAt = (method: string, path: string): DocumentedOperation | undefined =>
    patterns.find(([operation, pattern]) => operation.method === method && pattern.test(path))?.[0];

  return { document, operations, operationAt, isOurs, responseOf, problemsAt, faultsOf };
}
export type Contract = ReturnType<typeof makeContract>;

const escaped = (step: string): string =>
  encodeURIComponent(step.replaceAll('~', '~0').replaceAll('/', '~1'));

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return Symbol('no JSON');
  }
}
