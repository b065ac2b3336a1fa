import * as z from 'zod';
import { CalendarIdSchema } from '../../../shared/contract/calendar.ts';
import { TenantIdSchema } from '../../../shared/contract/tenant.ts';
import { TaskIdSchema } from '../../../shared/contract/text.ts';
import { VariableNameSchema } from '../../../shared/contract/variables.ts';
import type { Route } from '../route.ts';
import type { Schemas } from './schemas.ts';

export interface Parameter {
  name: string;
  in: 'path' | 'query' | 'header';
  required: boolean;
  description: string;
  schema: unknown;
  example?: unknown;
}

const ULID = '[0-9A-HJKMNP-TV-Z]{26}';
const known = (schema: z.ZodType, description: string, example: string) => ({ schema, description, example });

/** What an id is of, its path says. */
const IN_PATH: Readonly<Record<string, ReturnType<typeof known>>> = {
  'tasks/{id}': known(TaskIdSchema, 'id of the task', 'nightly-report'),
  'executions/{id}': known(
    z.string().regex(new RegExp(`^[A-Za-z0-9][A-Za-z0-9._-]{0,127}~\\d{15}(~${ULID})?$`)),
    'id of the execution, as a list or a trigger gave it',
    'nightly-report~001795312800000',
  ),
  'backfills/{backfillId}': known(
    z.string().regex(new RegExp(`^[0-9a-z]{1,9}-[0-9a-z]{1,9}-${ULID}$`)),
    'id of the backfill, as its creation gave it',
    'mi7o9c00-mi93p400-01KAJ3V1Q2M8W4C6Z7X9R0T5YB',
  ),
  'bulk/{id}': known(
    z.string().regex(new RegExp(`^${ULID}$`)),
    'id of the job, as its creation gave it',
    '01KAJ3V1Q2M8W4C6Z7X9R0T5YB',
  ),
  'canaries/{canaryId}': known(
    z.string().regex(new RegExp(`^${ULID}$`)),
    'id of the canary, as the redrive gave it',
    '01KAJ3V1Q2M8W4C6Z7X9R0T5YB',
  ),
  'queues/{name}': known(z.string().regex(/^[A-Za-z0-9_-]{1,64}$/), 'name of the queue', 'default'),
  'calendars/{id}': known(CalendarIdSchema, 'id of the calendar', 'holidays'),
  'variables/{name}': known(VariableNameSchema, 'name of the variable', 'region'),
  'tenants/{id}': known(TenantIdSchema, 'id of the tenant', 'acme'),
  'tokens/{id}': known(
    z.string().regex(new RegExp(`^${ULID}$`)),
    'id of the token, which is not its secret',
    '01KAJ3V1Q2M8W4C6Z7X9R0T5YB',
  ),
};

/** What if-match.ts takes. */
const IF_MATCH = /^(\*|\d{1,15}|(W\/)?"[\x21\x23-\x7e]*"(\s*,\s*(W\/)?"[\x21\x23-\x7e]*")*)$/;
const HEADER: Readonly<Record<string, { schema: z.ZodType; example: string }>> = {
  'If-Match': { schema: z.string().regex(IF_MATCH), example: '"3"' },
  'If-None-Match': { schema: z.literal('*'), example: '*' },
  'Idempotency-Key': { schema: z.string().regex(/^[\x21-\x7e]{1,255}$/), example: '8f14e45f-ea5a-4c5b' },
};

export function parametersOf(route: Route, schemas: Schemas): Parameter[] {
  const inPath = [...route.path.matchAll(/([a-z-]+)\/\{([a-z]+)\}/gi)].map(
    ([place, , name = '']): Parameter => {
      const { schema, description, example } = IN_PATH[place] ?? known(z.string().min(1), name, 'some');
      return { name, in: 'path', required: true, description, schema: schemas.of(schema, 'input'), example };
    },
  );
  const inHeader = Object.entries(route.headers ?? {}).map(([name, description]): Parameter => {
    const { schema, example } = HEADER[name] ?? { schema: z.string(), example: '' };
    return {
      name,
      in: 'header',
      required: false,
      description,
      schema: schemas.of(schema, 'input'),
      example,
    };
  });
  return [...inPath, ...inQuery(route.query, schemas), ...inHeader];
}

function inQuery(query: z.ZodType | undefined, schemas: Schemas): Parameter[] {
  if (!query) return [];
  const { properties = {} } = schemas.of(query, 'input');
  return Object.entries(properties as Record<string, Record<string, unknown>>).map(([name, schema]) => {
    const { description, examples, ...rest } = schema;
    const example = Array.isArray(examples) ? examples[0] : undefined;
    return {
      name,
      in: 'query',
      required: false,
      description: typeof description === 'string' ? description : name,
      schema: rest.type === 'integer' ? withoutPattern(rest) : rest,
      ...(example === undefined ? {} : { example }),
    };
  });
}

/** Numbers arrive as digits, which their type says already. */
const withoutPattern = ({ pattern: _digits, ...schema }: Record<string, unknown>) => schema;
