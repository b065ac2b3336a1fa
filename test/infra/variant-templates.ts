import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as z from 'zod';
import { context } from './deployment.ts';
import { addVariant, VARIANTS } from './variants.ts';

/** The templates of all variants, for promises that hold whatever the settings. */

const TemplateJson = z.object({
  Resources: z.record(
    z.string(),
    z.object({
      Type: z.string(),
      Properties: z.record(z.string(), z.unknown()).default({}),
      DeletionPolicy: z.string().optional(),
    }),
  ),
});

export interface Resource {
  id: string;
  type: string;
  properties: Record<string, unknown>;
  onDelete: string | undefined;
}

export const variants = Object.keys(VARIANTS);

const made = new Map<string, Resource[]>();

export function resourcesOf(variant: string): Resource[] {
  const known = made.get(variant);
  if (known) return known;
  const template = Template.fromStack(addVariant(new App({ context }), variant)).toJSON();
  const resources = Object.entries(TemplateJson.parse(template).Resources).map(
    ([id, { Type, Properties, DeletionPolicy }]) => ({
      id,
      type: Type,
      properties: Properties,
      onDelete: DeletionPolicy,
    }),
  );
  made.set(variant, resources);
  return resources;
}

export const ofType = (variant: string, type: string): Resource[] =>
  resourcesOf(variant).filter((resource) => resource.type === type);
