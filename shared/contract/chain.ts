import * as z from 'zod';
import { CHAIN_FIELDS, type ChainLink } from '../domain/chain-link.ts';
import type { FieldProblem } from '../domain/errors.ts';
import { templateProblems } from '../domain/payload-template.ts';
import type { TaskDefinition } from '../domain/task.ts';
import { payloadSizeProblems } from './payload.ts';
import { TaskIdSchema } from './text.ts';

const MAX_LINKS = 5;

export const ChainLinkSchema = z
  .strictObject({
    taskId: TaskIdSchema.describe('the task to trigger'),
    payload: z
      .unknown()
      .describe("instead of that task's own; templates may name upstream, such as {{ upstream.result }}")
      .optional(),
  })
  .meta({ id: 'ChainLink', example: { taskId: 'load', payload: { file: '{{ upstream.result.file }}' } } });
const links = z.array(ChainLinkSchema).max(MAX_LINKS);

/** Tasks that a run of this one triggers, each exactly once per outcome. */
export const chainFields = {
  onSuccess: links.describe('when a run succeeded'),
  onFailure: links.describe('whenever an attempt failed, retried or not'),
  onDead: links.describe('when a run gave up'),
};

type LinkInput = z.output<typeof ChainLinkSchema>;
type ChainInput = { [F in (typeof CHAIN_FIELDS)[keyof typeof CHAIN_FIELDS]]?: LinkInput[] | undefined };
type Chain = Pick<TaskDefinition, keyof ChainInput>;
const FIELDS = Object.values(CHAIN_FIELDS);

/** An empty list is as good as none. */
export function readChain(input: ChainInput): Chain {
  const chain: Chain = {};
  for (const field of FIELDS) {
    const links = input[field] ?? [];
    if (links.length > 0) chain[field] = links.map(toLink);
  }
  return chain;
}

const toLink = (link: LinkInput): ChainLink =>
  link.payload === undefined
    ? { taskId: link.taskId }
    : { taskId: link.taskId, payload: JSON.stringify(link.payload) };

export function chainToWire(definition: Chain): { [F in keyof ChainInput]?: LinkInput[] } {
  const wire: { [F in keyof ChainInput]?: LinkInput[] } = {};
  for (const field of FIELDS) {
    const links = definition[field];
    if (links) {
      wire[field] = links.map(({ taskId, payload }) =>
        payload === undefined ? { taskId } : { taskId, payload: JSON.parse(payload) },
      );
    }
  }
  return wire;
}

/** Payloads of links, as far as they can be checked without the other task. */
export const chainTemplateProblems = (input: ChainInput): FieldProblem[] =>
  FIELDS.flatMap((field) =>
    (input[field] ?? []).flatMap(({ payload }, place) =>
      payload === undefined
        ? []
        : [...templateProblems(payload), ...payloadSizeProblems(JSON.stringify(payload))].map(
            ({ path, message }) => ({ path: `${field}[${place}].${path}`, message }),
          ),
    ),
  );
