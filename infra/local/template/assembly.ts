import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { type Json, TemplateError } from './intrinsics.ts';

/** A synthesized cloud assembly (cdk.out): the one stack's template and where its assets lie. */
export interface Assembly {
  stackName: string;
  template: Template;
  /** Directory of an asset by its object key in the bootstrap bucket ("<hash>.zip"). */
  assetDirectory(objectKey: string): string | undefined;
}

const JsonSchema: z.ZodType<Json> = z.json();
const TemplateSchema = z.object({
  Parameters: z.record(z.string(), z.object({ Default: JsonSchema.optional() }).loose()).default({}),
  Conditions: z.record(z.string(), JsonSchema).default({}),
  Resources: z.record(
    z.string(),
    z.object({
      Type: z.string(),
      Properties: z.record(z.string(), JsonSchema).default({}),
      Condition: z.string().optional(),
    }),
  ),
});
export type Template = z.infer<typeof TemplateSchema>;

const ManifestSchema = z.object({
  artifacts: z.record(
    z.string(),
    z.object({
      type: z.string(),
      displayName: z.string().optional(),
      properties: z
        .object({
          templateFile: z.string().optional(),
          stackName: z.string().optional(),
          file: z.string().optional(),
        })
        .optional(),
    }),
  ),
});
const AssetsSchema = z.object({
  files: z.record(
    z.string(),
    z.object({
      source: z.object({ path: z.string().optional() }),
      destinations: z.record(z.string(), z.object({ objectKey: z.string() })),
    }),
  ),
});

export function parseTemplate(json: unknown): Template {
  const parsed = TemplateSchema.safeParse(json);
  if (!parsed.success)
    throw new TemplateError(`not a CloudFormation template: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

export function readAssembly(directory: string): Assembly {
  const read = (file: string): unknown => JSON.parse(readFileSync(join(directory, file), 'utf8'));
  const { artifacts } = ManifestSchema.parse(read('manifest.json'));
  const stacks = Object.entries(artifacts).filter(([, a]) => a.type === 'aws:cloudformation:stack');
  const [first, ...others] = stacks;
  if (!first || others.length > 0) {
    const names = stacks.map(([id]) => id).join(', ') || 'none';
    throw new TemplateError(`expected exactly one stack in ${directory}, found: ${names}`);
  }
  const [id, stack] = first;
  const directories = new Map<string, string>();
  for (const artifact of Object.values(artifacts)) {
    if (artifact.type !== 'cdk:asset-manifest' || !artifact.properties?.file) continue;
    for (const { source, destinations } of Object.values(
      AssetsSchema.parse(read(artifact.properties.file)).files,
    )) {
      for (const { objectKey } of Object.values(destinations)) {
        if (source.path !== undefined) directories.set(objectKey, join(directory, source.path));
      }
    }
  }
  return {
    stackName: stack.properties?.stackName ?? id,
    template: parseTemplate(read(stack.properties?.templateFile ?? `${id}.template.json`)),
    assetDirectory: (objectKey) => {
      const found = directories.get(objectKey);
      return found !== undefined && existsSync(found) ? found : undefined;
    },
  };
}
