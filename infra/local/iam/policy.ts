import * as z from 'zod';
import { type Conditions, unknownIn } from './condition.ts';

/** One statement of a policy, with lists where the language allows a single text. */
export interface Statement {
  effect: 'Allow' | 'Deny';
  actions: Selection;
  /** undefined in a trust policy, which is about its role. */
  resources: Selection | undefined;
  /** undefined in a policy of an identity, which is about its owner. */
  principals: Principals | undefined;
  conditions: Conditions;
  /** It holds something that the engine cannot judge: as an Allow it then allows nothing, as a Deny it denies. */
  unknown: string[];
}
export interface Selection {
  patterns: string[];
  /** NotAction, NotResource: all but these. */
  inverted: boolean;
}
export interface Principals {
  /** `*`, account numbers, ARNs. */
  aws: string[];
  services: string[];
}

const oneOrMore = z.union([z.string(), z.array(z.string())]).transform((value) => [value].flat());
const scalar = z.union([z.string(), z.number(), z.boolean()]).transform(String);
const values = z.union([scalar, z.array(scalar)]).transform((value) => [value].flat());
const PrincipalSchema = z.union([
  z.literal('*').transform(() => ({ AWS: ['*'], Service: undefined })),
  z.object({ AWS: oneOrMore.optional(), Service: oneOrMore.optional() }),
]);
/** Strict: an element that is overlooked could turn a Deny into an Allow. */
const StatementSchema = z.strictObject({
  Sid: z.string().optional(),
  Effect: z.enum(['Allow', 'Deny']),
  Action: oneOrMore.optional(),
  NotAction: oneOrMore.optional(),
  Resource: oneOrMore.optional(),
  NotResource: oneOrMore.optional(),
  Principal: PrincipalSchema.optional(),
  NotPrincipal: z.unknown().optional(),
  Condition: z.record(z.string(), z.record(z.string(), values)).default({}),
});

/** A policy document as it stands in a template, references resolved. */
export const PolicyDocument = z
  .looseObject({
    Statement: z
      .union([StatementSchema, z.array(StatementSchema)])
      .transform((statements) => [statements].flat()),
  })
  .transform(({ Statement }) => Statement.map(statementOf));

function statementOf(given: z.infer<typeof StatementSchema>): Statement {
  const resources = selection(given.Resource, given.NotResource);
  return {
    effect: given.Effect,
    actions: selection(given.Action, given.NotAction) ?? { patterns: [], inverted: false },
    resources,
    principals: given.Principal && {
      aws: given.Principal.AWS ?? [],
      services: given.Principal.Service ?? [],
    },
    conditions: given.Condition,
    unknown: [
      ...unknownIn(given.Condition),
      ...(given.NotPrincipal === undefined ? [] : ['NotPrincipal']),
      ...(resources?.patterns ?? [])
        .filter((pattern) => pattern.includes('${'))
        .map((pattern) => `policy variable in ${pattern}`),
    ],
  };
}

function selection(wanted: string[] | undefined, unwanted: string[] | undefined): Selection | undefined {
  if (wanted) return { patterns: wanted, inverted: false };
  return unwanted && { patterns: unwanted, inverted: true };
}
