import { type Parameter, parametersOf } from './openapi/parameters.ts';
import { answerHeaders, mediaOf, responsesOf, withoutContent } from './openapi/responses.ts';
import { type JsonSchema, Schemas } from './openapi/schemas.ts';
import { TAGS } from './openapi/tags.ts';
import { needed, type Route } from './route.ts';

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
  servers: { url: string; description: string }[];
  tags: { name: string; description: string }[];
  paths: Record<string, Record<string, Operation>>;
  components: {
    schemas: Record<string, JsonSchema>;
    responses: Record<string, unknown>;
    headers: typeof answerHeaders;
    securitySchemes: unknown;
  };
}

const DESCRIPTION = `Tasks, their executions and their queues.

Instants are ISO 8601 in UTC with milliseconds; durations are whole seconds in fields that end in \`Seconds\`. Unknown
fields and query parameters are refused. Lists come in pages: pass \`nextCursor\` as \`cursor\` until it is null.
Whatever is refused is answered with a problem document (RFC 9457) whose \`code\` is stable. A path answers HEAD wherever
it answers GET.`;

/** The table of routes and the schemas that validate, written down as OpenAPI 3.1. */
export function openApiDocument(routes: readonly Route[], version: string): OpenApiDocument {
  const schemas = new Schemas();
  const responses: Record<string, unknown> = {};
  const paths: OpenApiDocument['paths'] = {};
  for (const route of routes) {
    const path = paths[route.path] ?? {};
    paths[route.path] = path;
    const operation = operationOf(route, schemas, responses);
    path[route.method.toLowerCase()] = operation;
    if (route.method === 'GET') path.head = headOf(operation, responses);
  }
  const { document, schemas: named } = schemas.complete({ paths, responses });
  return {
    openapi: '3.1.0',
    info: {
      title: 'Escapement admin API',
      version,
      description: DESCRIPTION,
      license: { name: 'Apache License 2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/', description: 'Where this description came from' }],
    tags: tagsOf(routes).map((name) => ({ name, description: TAGS[name] ?? name })),
    paths: document.paths,
    components: {
      schemas: named,
      responses: document.responses,
      headers: answerHeaders,
      securitySchemes: {
        token: {
          type: 'http',
          scheme: 'bearer',
          description:
            'An API token (esc_<id>_<secret>) or a JWT of the configured issuer. Its role is viewer, operator or ' +
            'admin; each may do what the ones before may.',
        },
      },
    },
  };
}

const tagOf = ({ path }: Route): string => path.split('/')[2] ?? 'docs';
const tagsOf = (routes: readonly Route[]): string[] => [...new Set(routes.map(tagOf))];

function operationOf(route: Route, schemas: Schemas, responses: Record<string, unknown>): Operation {
  const operation: Operation = {
    operationId: route.operationId,
    summary: route.summary,
    description: needs(route),
    tags: [tagOf(route)],
    parameters: parametersOf(route, schemas),
    responses: responsesOf(route, schemas, responses),
    security: securityOf(route),
  };
  if (route.body) {
    const { schema, required, contentTypes } = route.body;
    const media = mediaOf(schema, 'input', schemas);
    operation.requestBody = {
      required,
      content: Object.fromEntries(contentTypes.map((type) => [type, media])),
    };
  }
  return operation;
}

const headOf = (operation: Operation, responses: Record<string, unknown>): Operation => ({
  ...operation,
  operationId: `${operation.operationId}Head`,
  summary: `${operation.summary}: the headers of GET`,
  responses: withoutContent(operation.responses, responses),
});

/** The names that stand with a scheme are the roles that are needed (OpenAPI 3.1). */
function securityOf({ role }: Route): unknown[] {
  if (role === 'none' || role === 'token') return [];
  return [{ token: [role === 'root' ? 'admin of root' : role] }];
}

function needs({ role }: Route): string {
  if (role === 'none') return 'Needs no credential.';
  if (role === 'token') return 'Needs the token of a hand-off in the body, and no other credential.';
  return `${needed(role).replace('n', 'N')}.`;
}
