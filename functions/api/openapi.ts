import * as z from 'zod';
import { ProblemSchema } from '../../shared/contract/problem.ts';
import { needed, type Route } from './route.ts';

type JsonSchema = Record<string, unknown>;
interface Parameter {
  name: string;
  in: 'path' | 'query' | 'header';
  required: boolean;
  description?: string;
  schema: unknown;
}
export interface Operation {
  operationId: string;
  summary: string;
  description: string;
  tags: string[];
  parameters: Parameter[];
  requestBody?: unknown;
  responses: Record<string, unknown>;
  security: unknown[];
}
export interface OpenApiDocument {
  openapi: '3.1.0';
  info: {
    title: string;
    version: string;
    description: string;
    license: { name: string; identifier: string };
  };
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, JsonSchema>; securitySchemes: unknown };
}

/** The table of routes and the schemas that validate, written down as OpenAPI 3.1. */
export function openApiDocument(routes: readonly Route[], version: string): OpenApiDocument {
  const schemas: Record<string, JsonSchema> = {};
  const paths: OpenApiDocument['paths'] = {};
  for (const route of routes) {
    const path = paths[route.path] ?? {};
    paths[route.path] = path;
    path[route.method.toLowerCase()] = operationOf(route, schemas);
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Escapement admin API',
      version,
      description:
        'Tasks, their executions and their queues. Instants are ISO 8601 UTC, durations whole seconds. ' +
        'Unknown fields and query parameters are refused.',
      license: { name: 'Apache License 2.0', identifier: 'Apache-2.0' },
    },
    paths,
    components: {
      schemas,
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer', description: 'An API token, esc_<id>_<secret>' },
      },
    },
  };
}

function operationOf(route: Route, schemas: Record<string, JsonSchema>): Operation {
  const operation: Operation = {
    operationId: route.operationId,
    summary: route.summary,
    description: needs(route),
    tags: [route.path.split('/')[2] ?? 'docs'],
    parameters: parametersOf(route),
    responses: responsesOf(route, schemas),
    security: route.role === 'none' || route.role === 'token' ? [] : [{ token: [] }],
  };
  if (route.body) {
    const { schema, required, contentTypes } = route.body;
    const json = schemaOf(schema, 'input', schemas);
    const content = Object.fromEntries(contentTypes.map((type) => [type, { schema: json }]));
    operation.requestBody = { required, content };
  }
  return operation;
}

function needs({ role }: Route): string {
  if (role === 'none') return 'Needs no credential.';
  if (role === 'token') return 'Needs the token of a hand-off in the body, and no other credential.';
  return `${needed(role).replace('n', 'N')}.`;
}

function parametersOf(route: Route): Parameter[] {
  const inPath = [...route.path.matchAll(/\{([a-z]+)\}/gi)].map(
    ([, name = '']): Parameter => ({ name, in: 'path', required: true, schema: { type: 'string' } }),
  );
  const inHeader = Object.entries(route.headers ?? {}).map(
    ([name, description]): Parameter => ({
      name,
      in: 'header',
      required: false,
      description,
      schema: { type: 'string' },
    }),
  );
  return [...inPath, ...inQuery(route.query), ...inHeader];
}

function inQuery(query: z.ZodType | undefined): Parameter[] {
  if (!query) return [];
  const { properties = {} } = z.toJSONSchema(query, { io: 'input', unrepresentable: 'any' });
  return Object.entries(properties).map(([name, schema]) => {
    const { description, ...rest } = typeof schema === 'object' ? schema : {};
    return {
      name,
      in: 'query',
      required: false,
      ...(description === undefined ? {} : { description }),
      schema: rest,
    };
  });
}

function responsesOf(route: Route, schemas: Record<string, JsonSchema>): Record<string, unknown> {
  const problem = {
    description: 'What is wrong, as RFC 9457 has it',
    content: { 'application/problem+json': { schema: schemaOf(ProblemSchema, 'output', schemas) } },
  };
  const replies = Object.entries(route.replies).map(([status, { description, schema, contentType }]) => {
    if (schema) {
      const content = { 'application/json': { schema: schemaOf(schema, 'output', schemas) } };
      return [status, { description, content }];
    }
    return [status, contentType ? { description, content: { [contentType]: {} } } : { description }];
  });
  return { ...Object.fromEntries(replies), default: problem };
}

/** Named schemas become components; everything else stands where it is used. */
function schemaOf(schema: z.ZodType, io: 'input' | 'output', schemas: Record<string, JsonSchema>): unknown {
  const json = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  const lifted: JsonSchema & { $defs?: Record<string, JsonSchema> } = JSON.parse(
    JSON.stringify(json).replaceAll('"#/$defs/', '"#/components/schemas/'),
  );
  const { $schema: _dialect, $defs = {}, ...rest } = lifted;
  for (const [name, definition] of Object.entries($defs)) schemas[name] ??= definition;
  return rest;
}
