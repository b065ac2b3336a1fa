import * as z from 'zod';
import { EventRuleSchema, type EventRules } from '../shared/contract/inbox.ts';

/** Settings of events, out and in; scheduler-props-events.ts documents them. */

const RULE_NAME = /^[a-z][a-z0-9-]{0,31}$/;
/** docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html */
const MAX_PATTERN_CHARS = 2_048;
const BUS = /^([\w.-]+(\/[\w.-]+)*|arn:[^:]+:events:[^:]+:\d{12}:event-bus\/.+)$/;

const RuleSchema = z.strictObject({
  bus: z.string().regex(BUS, 'expected the name or ARN of an event bus').default('default'),
  pattern: z
    .record(z.string(), z.unknown())
    .refine((pattern) => Object.keys(pattern).length > 0, 'expected something that the event must have')
    .refine(
      (pattern) => JSON.stringify(pattern).length <= MAX_PATTERN_CHARS,
      `expected at most ${MAX_PATTERN_CHARS} characters of JSON`,
    ),
  trigger: EventRuleSchema.shape.trigger,
  payload: EventRuleSchema.shape.payload,
  delaySeconds: EventRuleSchema.shape.delaySeconds.unwrap().default(0),
});
export type RuleConfig = z.output<typeof RuleSchema>;

export const EventsSchema = z
  .strictObject({
    enabled: z.boolean().default(true),
    success: z.boolean().default(false),
    inbox: z.boolean().optional(),
    rules: z.record(z.string().regex(RULE_NAME, `expected ${RULE_NAME.source}`), RuleSchema).default({}),
  })
  .refine(({ inbox, rules }) => inbox !== false || Object.keys(rules).length === 0, {
    path: ['inbox'],
    error: 'cannot be false: the events of the rules come in through it',
  })
  .transform(({ inbox, ...events }) => ({ ...events, inbox: inbox ?? Object.keys(events.rules).length > 0 }));

/** What the function that reads the inbox has to know of the rules. */
export const eventRules = (rules: Readonly<Record<string, RuleConfig>>): EventRules =>
  Object.fromEntries(
    Object.entries(rules).map(([name, { trigger, payload, delaySeconds }]) => [
      name,
      {
        trigger,
        ...(payload === undefined ? {} : { payload }),
        ...(delaySeconds > 0 ? { delaySeconds } : {}),
      },
    ]),
  );
