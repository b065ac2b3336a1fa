import type { FieldProblem } from '../domain/errors.ts';
import { MAX_PAYLOAD_BYTES } from '../domain/limits.ts';
import { isFilledAt, templateProblems } from '../domain/payload-template.ts';
import { checkPayload, type HandlerDefinition } from './handler.ts';

/**
 * What is wrong with a payload before it is run. What a template will fill in is checked when it is known. A target
 * has no handler, and takes any payload.
 */
export async function payloadProblems(
  handler: HandlerDefinition | undefined,
  payload: unknown,
): Promise<FieldProblem[]> {
  const templates = templateProblems(payload);
  if (handler === undefined) return templates;
  const check = await checkPayload(handler, payload);
  return check.ok
    ? templates
    : [...templates, ...check.errors.filter(({ path }) => !isFilledAt(payload, path))];
}

export const payloadSizeProblems = (serialized: string): FieldProblem[] =>
  Buffer.byteLength(serialized) <= MAX_PAYLOAD_BYTES
    ? []
    : [{ path: 'payload', message: `must be at most ${MAX_PAYLOAD_BYTES} bytes as JSON` }];
