import * as z from 'zod';
import { TemplateError } from './intrinsics.ts';
import type { Resource } from './scope.ts';

/** Resources of the given types with their properties checked; what the schema does not name is left aside. */
export function parseAll<T extends z.ZodType>(
  resources: Resource[],
  types: string | string[],
  schema: T,
): { resource: Resource; properties: z.infer<T> }[] {
  const wanted = new Set([types].flat());
  return resources
    .filter((resource) => wanted.has(resource.type))
    .map((resource) => {
      const parsed = schema.safeParse(resource.properties);
      if (!parsed.success)
        throw new TemplateError(`${resource.logicalId} (${resource.type}): ${z.prettifyError(parsed.error)}`);
      return { resource, properties: parsed.data };
    });
}

/** A property that would change behaviour and that the engine does not have: better no start than a silent difference. */
export const unsupported = (what: string) =>
  z.undefined({ error: `${what} is not supported by the embedded engine` }).optional();

/** CloudFormation takes "30" and 30 alike. */
export const int = z.coerce.number().int();
export const bool = z.union([z.boolean(), z.enum(['true', 'false']).transform((text) => text === 'true')]);
