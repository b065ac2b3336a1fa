import type { Template } from './assembly.ts';
import { type Json, referredIn, resolve, type Scope, TemplateError } from './intrinsics.ts';
import {
  ACCOUNT_ID,
  arn,
  IGNORED_TYPES,
  type Named,
  PARTITION,
  REAL_TYPES,
  REGION,
} from './resource-types.ts';

export interface Surroundings {
  stackName: string;
  endpointUrl: string;
  apiUrl: string;
  /** Hears of resources of a type that nobody decided about, and leaves them out; without it they are an error. */
  leaveOut?: ((logicalId: string, type: string) => void) | undefined;
}

/** One resource of the template whose intrinsics are resolved. */
export interface Resource extends Named {
  type: string;
  /** What Ref gives. */
  ref: string;
  /** The Arn attribute, or the ref of types without one. */
  arn: string;
  properties: { [key: string]: Json };
  /** Logical ids of what is made before it. */
  needs: ReadonlySet<string>;
}

/** Resolves all resources that become real; refuses types that nobody decided about. */
export function resolveResources(template: Template, surroundings: Surroundings): Resource[] {
  const scope = createScope(template, surroundings);
  const resources: Resource[] = [];
  for (const [logicalId, { Type: type, Properties, Condition, DependsOn }] of Object.entries(
    template.Resources,
  )) {
    if (Condition !== undefined && !scope.condition(Condition, logicalId)) continue;
    if (type in IGNORED_TYPES) continue;
    const real = REAL_TYPES[type];
    if (!real) {
      if (!surroundings.leaveOut) throw new TemplateError(`${logicalId}: unknown resource type ${type}`);
      surroundings.leaveOut(logicalId, type);
      continue;
    }
    const properties = resolve(Properties, scope, logicalId);
    if (
      properties === undefined ||
      properties === null ||
      typeof properties !== 'object' ||
      Array.isArray(properties)
    )
      throw new TemplateError(`${logicalId}: its properties are not an object`);
    const named = scope.named(logicalId);
    const ref = real.ref(named);
    const needs = new Set([...referredIn(Properties), ...[DependsOn].flat()]);
    resources.push({ ...named, type, ref, arn: real.attributes.Arn?.(named) ?? ref, properties, needs });
  }
  return resources;
}

function createScope(template: Template, surroundings: Surroundings): Scope & { named(id: string): Named } {
  const { stackName } = surroundings;
  const pseudo: Record<string, Json | undefined> = {
    'AWS::Region': REGION,
    'AWS::AccountId': ACCOUNT_ID,
    'AWS::Partition': PARTITION,
    'AWS::URLSuffix': 'amazonaws.com',
    'AWS::StackName': stackName,
    'AWS::StackId': arn('cloudformation', `stack/${stackName}/local`),
    'AWS::NoValue': undefined,
    'AWS::NotificationARNs': [],
  };
  const naming = new Set<string>();
  const deciding = new Set<string>();

  const scope: Scope = {
    ref(name, where) {
      if (name in pseudo) return pseudo[name];
      const parameter = template.Parameters[name];
      if (parameter) {
        if (parameter.Default === undefined)
          throw new TemplateError(`${where}: parameter ${name} has no default`);
        return parameter.Default;
      }
      const type = typeOf(name, where);
      return REAL_TYPES[type]?.ref(named(name)) ?? `${stackName}-${name}`;
    },
    attribute(logicalId, attribute, where) {
      const type = typeOf(logicalId, where);
      const real = REAL_TYPES[type];
      if (!real) return arn('ignored', `${logicalId}/${attribute}`);
      const value = real.attributes[attribute];
      if (!value) throw new TemplateError(`${where}: unknown attribute ${logicalId}.${attribute} of ${type}`);
      return value(named(logicalId));
    },
    condition(name, where) {
      const expression = template.Conditions[name];
      if (expression === undefined) throw new TemplateError(`${where}: no condition is called ${name}`);
      return withoutCycle(deciding, name, where, () => resolve(expression, scope, name) === true);
    },
  };

  function typeOf(logicalId: string, where: string): string {
    const type = template.Resources[logicalId]?.Type;
    if (type === undefined) throw new TemplateError(`${where}: nothing is called ${logicalId}`);
    if (!(type in REAL_TYPES) && !(type in IGNORED_TYPES) && !surroundings.leaveOut)
      throw new TemplateError(`${where}: refers to ${logicalId} of the unknown resource type ${type}`);
    return type;
  }

  function named(logicalId: string): Named {
    const resource = template.Resources[logicalId];
    const property = REAL_TYPES[resource?.Type ?? '']?.nameProperty;
    const given = property === undefined ? undefined : resource?.Properties[property];
    const name =
      given === undefined
        ? undefined
        : withoutCycle(naming, logicalId, logicalId, () => resolve(given, scope, `${logicalId}.${property}`));
    return {
      logicalId,
      name: typeof name === 'string' ? name : `${stackName}-${logicalId}`,
      endpointUrl: surroundings.endpointUrl,
      apiUrl: surroundings.apiUrl,
    };
  }
  return { ...scope, named };
}

/** A name that needs itself would otherwise never end. */
function withoutCycle<T>(active: Set<string>, key: string, where: string, work: () => T): T {
  if (active.has(key)) throw new TemplateError(`${where}: ${key} refers to itself`);
  active.add(key);
  try {
    return work();
  } finally {
    active.delete(key);
  }
}
