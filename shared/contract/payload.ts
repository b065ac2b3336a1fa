import type { FieldProblem } from '../domain/errors.ts';
import { MAX_PAYLOAD_BYTES } from '../domain/limits.ts';
import { isFilledAt, templateProblems } from '../domain/payload-template.ts';
import { checkPayload, type HandlerDefinition } from './handler.ts';

/** What is wrong with a payload before it is run. What a template will fill in is checked when it is known. */
export async function payloadProblems(handler: HandlerDefinition, payload: unknown): Promise<FieldProblem[]> {
  const templates = templateProblems(payload);
  const check = await checkPayload(handler, payload);
  return check.ok
    ? templates
    : [...templates, ...check.errors.filter(({ path }) => !isFilledAt(payload, path))];
}

export const payloadSizeProblems = (serialized: string): FieldProblem[] =>
  Buffer.byteLength(serialized) <= MAX_PAYLOAD_BYTES
    ? []
    : [{ path: 'payload', message: `must be at most ${MAX_PAYLOAD_BYTES} bytes as JSON` }];
