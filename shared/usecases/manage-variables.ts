import { VariableNameSchema } from '../contract/variables.ts';
import { SchedulerError } from '../domain/errors.ts';
import { MAX_VARIABLE_BYTES, MAX_VARIABLES } from '../domain/limits.ts';
import type { Principal } from '../domain/principal.ts';

import type { VariableStore } from '../tenant-ports.ts';

export interface ManageVariablesDeps {
  variables: VariableStore;
}
export interface Variable {
  name: string;
  value: unknown;
}

export async function listVariables(deps: ManageVariablesDeps, { tenant }: Principal): Promise<Variable[]> {
  const values = await deps.variables.read(tenant);
  return Object.keys(values)
    .sort()
    .map((name) => ({ name, value: values[name] }));
}

export async function readVariable(
  deps: ManageVariablesDeps,
  { tenant }: Principal,
  name: string,
): Promise<Variable> {
  const values = await deps.variables.read(tenant);
  if (!Object.hasOwn(values, name)) throw notFound(name);
  return { name, value: values[name] };
}

export async function setVariable(
  deps: ManageVariablesDeps,
  { tenant }: Principal,
  name: string,
  value: unknown,
): Promise<Variable> {
  const named = VariableNameSchema.safeParse(name);
  if (!named.success) throw invalid('name', named.error.issues[0]?.message ?? 'is not valid');
  if (Buffer.byteLength(JSON.stringify(value)) > MAX_VARIABLE_BYTES)
    throw invalid('value', `must be at most ${MAX_VARIABLE_BYTES} bytes as JSON`);
  await deps.variables.change(tenant, (values) => {
    if (!Object.hasOwn(values, name) && Object.keys(values).length >= MAX_VARIABLES)
      throw invalid('name', `there are ${MAX_VARIABLES} variables already: delete one first`);
    return { ...values, [name]: value };
  });
  return { name, value };
}

export async function deleteVariable(
  deps: ManageVariablesDeps,
  { tenant }: Principal,
  name: string,
): Promise<void> {
  await deps.variables.change(tenant, (values) => {
    if (!Object.hasOwn(values, name)) throw notFound(name);
    return Object.fromEntries(Object.entries(values).filter(([one]) => one !== name));
  });
}

const notFound = (name: string) =>
  new SchedulerError('not-found', `There is no variable ${name}`, { resource: 'variable', id: name });
const invalid = (path: string, message: string) =>
  new SchedulerError('validation-failed', 'The variable is not valid: see errors', {
    errors: [{ path, message }],
  });
