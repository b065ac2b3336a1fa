import * as z from 'zod';
import { type FunctionPlan, findFunction } from './plan-functions.ts';
import { parseAll } from './properties.ts';
import type { Resource } from './scope.ts';

/** A task that the app declares: what a function of the template is asked to make of it. */
export interface DeclarationPlan {
  logicalId: string;
  functionId: string;
  properties: Record<string, string>;
}

/** Texts, as CloudFormation makes them of all values. */
const DeclarationSchema = z
  .object({ ServiceToken: z.string() })
  .catchall(z.union([z.string(), z.number().transform(String), z.boolean().transform(String)]));

/** In the order in which they are made: what another one refers to comes first. */
export function planDeclarations(resources: Resource[], functions: FunctionPlan[]): DeclarationPlan[] {
  const found = parseAll(resources, 'Custom::EscapementTask', DeclarationSchema);
  const ordered: typeof found = [];
  const visit = (one: (typeof found)[number], above: readonly string[]): void => {
    const { logicalId, needs } = one.resource;
    if (ordered.includes(one) || above.includes(logicalId)) return;
    for (const other of found) if (needs.has(other.resource.logicalId)) visit(other, [...above, logicalId]);
    ordered.push(one);
  };
  for (const one of found) visit(one, []);
  return ordered.map(({ resource: { logicalId }, properties }) => ({
    logicalId,
    functionId: findFunction(functions, properties.ServiceToken, logicalId).logicalId,
    properties,
  }));
}
