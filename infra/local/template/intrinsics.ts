/**
 * CloudFormation's intrinsic functions, as far as the embedded engine knows them. An unknown one is an
 * error that names itself and the place: silence would make the laptop differ from AWS.
 */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

export class TemplateError extends Error {
  override name = 'TemplateError';
}

/** What a template's names stand for. `where` is the logical id (and path) that error messages name. */
export interface Scope {
  ref(name: string, where: string): Json | undefined;
  attribute(logicalId: string, attribute: string, where: string): Json;
  condition(name: string, where: string): boolean;
}

/** undefined stands for AWS::NoValue: the property or list element is not there. */
export function resolve(value: Json, scope: Scope, where: string): Json | undefined {
  if (Array.isArray(value)) {
    return value.flatMap((element, i) => {
      const resolved = resolve(element, scope, `${where}[${i}]`);
      return resolved === undefined ? [] : [resolved];
    });
  }
  if (value === null || typeof value !== 'object') return value;
  const keys = Object.keys(value);
  const only = keys.length === 1 ? keys[0] : undefined;
  if (only !== undefined && (only === 'Ref' || only === 'Condition' || only.startsWith('Fn::'))) {
    const intrinsic = INTRINSICS[only];
    // `Condition` as the only key is an intrinsic inside Conditions, and a plain property elsewhere (IAM statements).
    if (intrinsic && (only !== 'Condition' || typeof value[only] === 'string')) {
      return intrinsic(value[only] ?? null, scope, where);
    }
    if (only !== 'Condition') throw new TemplateError(`${where}: unknown intrinsic function ${only}`);
  }
  const resolved: { [key: string]: Json } = {};
  for (const [key, child] of Object.entries(value)) {
    const item = resolve(child, scope, `${where}.${key}`);
    if (item !== undefined) resolved[key] = item;
  }
  return resolved;
}

/** What Ref and Fn::GetAtt name. */
export function referredIn(value: Json): string[] {
  if (Array.isArray(value)) return value.flatMap(referredIn);
  if (value === null || typeof value !== 'object') return [];
  const { Ref: ref, 'Fn::GetAtt': attribute } = value;
  const [named] = Array.isArray(attribute) ? attribute : [ref];
  return [...(typeof named === 'string' ? [named] : []), ...Object.values(value).flatMap(referredIn)];
}

type Intrinsic = (argument: Json, scope: Scope, where: string) => Json | undefined;

const INTRINSICS: Record<string, Intrinsic> = {
  Ref: (argument, scope, where) => scope.ref(text(argument, 'Ref', where), where),
  Condition: (argument, scope, where) => scope.condition(text(argument, 'Condition', where), where),
  'Fn::GetAtt': (argument, scope, where) => {
    const [logicalId, ...path] =
      typeof argument === 'string' ? argument.split('.') : texts(argument, scope, 'Fn::GetAtt', where);
    if (!logicalId || path.length === 0) throw malformed('Fn::GetAtt', where);
    return scope.attribute(logicalId, path.join('.'), where);
  },
  'Fn::Sub': substitute,
  'Fn::Join': (argument, scope, where) => {
    const [delimiter, parts] = list(argument, 'Fn::Join', where);
    return texts(parts ?? null, scope, 'Fn::Join', where).join(text(delimiter ?? null, 'Fn::Join', where));
  },
  'Fn::Select': (argument, scope, where) => {
    const [index, from] = list(argument, 'Fn::Select', where);
    const at = Number(resolve(index ?? null, scope, where));
    const chosen = list(resolve(from ?? null, scope, where) ?? null, 'Fn::Select', where)[at];
    if (chosen === undefined) throw new TemplateError(`${where}: Fn::Select has no element ${at}`);
    return chosen;
  },
  'Fn::Split': (argument, scope, where) => {
    const [delimiter, source] = list(argument, 'Fn::Split', where);
    const whole = text(resolve(source ?? null, scope, where) ?? null, 'Fn::Split', where);
    return whole.split(text(delimiter ?? null, 'Fn::Split', where));
  },
  'Fn::If': (argument, scope, where) => {
    const [condition, yes, no] = list(argument, 'Fn::If', where);
    const chosen = scope.condition(text(condition ?? null, 'Fn::If', where), where) ? yes : no;
    return resolve(chosen ?? null, scope, where);
  },
  'Fn::Equals': (argument, scope, where) => {
    const [left, right] = list(argument, 'Fn::Equals', where);
    return String(resolve(left ?? null, scope, where)) === String(resolve(right ?? null, scope, where));
  },
  'Fn::Not': (argument, scope, where) => !truths(argument, scope, 'Fn::Not', where)[0],
  'Fn::And': (argument, scope, where) => truths(argument, scope, 'Fn::And', where).every(Boolean),
  'Fn::Or': (argument, scope, where) => truths(argument, scope, 'Fn::Or', where).some(Boolean),
};

/** "${Name}", "${Name.Attribute}", "${!literal}", and names given in the second argument. */
function substitute(argument: Json, scope: Scope, where: string): string {
  const [pattern, given] = typeof argument === 'string' ? [argument, {}] : list(argument, 'Fn::Sub', where);
  const variables = resolve(given ?? {}, scope, where);
  if (
    variables === undefined ||
    variables === null ||
    typeof variables !== 'object' ||
    Array.isArray(variables)
  )
    throw malformed('Fn::Sub', where);
  return text(pattern ?? null, 'Fn::Sub', where).replace(/\$\{([^}]*)\}/g, (_, name: string) => {
    if (name.startsWith('!')) return `\${${name.slice(1)}}`;
    const own = variables[name];
    if (own !== undefined) return text(own, 'Fn::Sub', where);
    const [logicalId = '', ...path] = name.trim().split('.');
    const value =
      path.length > 0 ? scope.attribute(logicalId, path.join('.'), where) : scope.ref(logicalId, where);
    return text(value ?? null, 'Fn::Sub', where);
  });
}

function malformed(intrinsic: string, where: string): TemplateError {
  return new TemplateError(`${where}: malformed ${intrinsic}`);
}
function list(value: Json, intrinsic: string, where: string): Json[] {
  if (!Array.isArray(value)) throw malformed(intrinsic, where);
  return value;
}
function text(value: Json, intrinsic: string, where: string): string {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value !== 'string') throw malformed(intrinsic, where);
  return value;
}
function texts(value: Json, scope: Scope, intrinsic: string, where: string): string[] {
  return list(resolve(value, scope, where) ?? null, intrinsic, where).map((one) =>
    text(one, intrinsic, where),
  );
}
function truths(value: Json, scope: Scope, intrinsic: string, where: string): boolean[] {
  return list(value, intrinsic, where).map((one) => resolve(one, scope, where) === true);
}
