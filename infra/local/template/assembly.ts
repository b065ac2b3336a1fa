import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { type Json, TemplateError } from './intrinsics.ts';
import { ACCOUNT_ID, REGION } from './resource-types.ts';

/** Of a synthesized cloud assembly (cdk.out) the one stack that is run: its template and where its assets lie. */
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
      DependsOn: z.union([z.string(), z.array(z.string())]).default([]),
    }),
  ),
});
export type Template = z.infer<typeof TemplateSchema>;

const ManifestSchema = z.object({
  artifacts: z.record(
    z.string(),
    z.object({
      type: z.string(),
      /** aws://account/region; either may be unknown until deployment. */
      environment: z.string().optional(),
      properties: z
        .object({
          templateFile: z.string().optional(),
          stackName: z.string().optional(),
          file: z.string().optional(),
          directoryName: z.string().optional(),
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

/** Takes the stack of that name; without one the only stack, or the only one with a scheduler in it. */
export function readAssembly(directory: string, wanted?: string): Assembly {
  const stacks = stacksIn(directory);
  const { name, text, assets } = choose(stacks, directory, wanted);
  return {
    stackName: name,
    template: parseTemplate(JSON.parse(text)),
    assetDirectory: (objectKey) => {
      const found = assets.get(objectKey);
      return found !== undefined && existsSync(found) ? found : undefined;
    },
  };
}

interface StackFile {
  name: string;
  /** Its template. */
  text: string;
  /** Directories by object key. */
  assets: ReadonlyMap<string, string>;
}

function choose(stacks: StackFile[], directory: string, wanted: string | undefined): StackFile {
  const candidates =
    wanted === undefined
      ? stacks.filter(({ text }) => stacks.length === 1 || text.includes(SCHEDULER))
      : stacks.filter(({ name }) => name === wanted);
  const [only, ...others] = candidates;
  if (only && others.length === 0) return only;
  const names = (some: StackFile[]) => some.map(({ name }) => name).join(', ') || 'none';
  if (wanted !== undefined)
    throw new TemplateError(`ESCAPEMENT_STACK: no stack ${wanted} in ${directory}, found: ${names(stacks)}`);
  const what = only ? `set ESCAPEMENT_STACK to one of ${names(candidates)}` : `found: ${names(stacks)}`;
  throw new TemplateError(`expected exactly one stack with a scheduler in ${directory}; ${what}`);
}

/** What only the functions of a scheduler have in their environment. */
const SCHEDULER = '"ESCAPEMENT_TABLE"';

/** All stacks, those of stages included. */
function stacksIn(directory: string): StackFile[] {
  const read = (file: string) => readFileSync(join(directory, file), 'utf8');
  const { artifacts } = ManifestSchema.parse(JSON.parse(read('manifest.json')));
  const assets = new Map<string, string>();
  for (const { type, properties } of Object.values(artifacts)) {
    if (type !== 'cdk:asset-manifest' || !properties?.file) continue;
    for (const { source, destinations } of Object.values(
      AssetsSchema.parse(JSON.parse(read(properties.file))).files,
    )) {
      for (const { objectKey } of Object.values(destinations)) {
        if (source.path !== undefined) assets.set(objectKey, join(directory, source.path));
      }
    }
  }
  return Object.entries(artifacts).flatMap(([id, { type, environment, properties }]) => {
    if (type === 'cdk:cloud-assembly' && properties?.directoryName !== undefined)
      return stacksIn(join(directory, properties.directoryName));
    if (type !== 'aws:cloudformation:stack') return [];
    const text = moveHere(read(properties?.templateFile ?? `${id}.template.json`), environment);
    return { name: properties?.stackName ?? id, text, assets };
  });
}

/** A stack that is made for one account and region names them; here all is in the engine's own. */
function moveHere(template: string, environment: string | undefined): string {
  const [, account, region] = /^aws:\/\/(\d{12})\/([a-z0-9-]+)$/.exec(environment ?? '') ?? [];
  if (account === undefined) return template;
  return template
    .replaceAll(`:${region}:${account}:`, `:${REGION}:${ACCOUNT_ID}:`)
    .replaceAll(`"${region}"`, `"${REGION}"`)
    .replaceAll(account, ACCOUNT_ID);
}
