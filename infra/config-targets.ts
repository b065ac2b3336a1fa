import { Token } from 'aws-cdk-lib';
import * as z from 'zod';
import { text } from './config-text.ts';

/** What tasks may have for a target; scheduler-props-targets.ts documents the settings. */

/** `*.com` would be nobody's host. */
const HOST =
  /^(?:(?:\*\.(?=[^.:]+\.))?(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?|\[[0-9a-f:.]+\])(?::(?:\*|[1-9]\d{0,4}))?$/;

const ACCOUNT = String.raw`[a-z0-9-]+:\d{12}`;
const arns = (service: string, resource: string, what: string) =>
  z
    .array(
      text(new RegExp(`^arn:[a-z0-9-]+:${service}:${ACCOUNT}:${resource}$`), `the ARN of ${what}, whole`),
    )
    .max(50)
    .readonly()
    .default([]);
const SECRET = ['secretsmanager', String.raw`secret:[\w/+=.@-]+-\w{6}`] as const;

export const TargetsSchema = z.strictObject({
  http: z
    .strictObject({
      hosts: z
        .array(z.string().regex(HOST, 'expected host, *.host or host:port, in lower case and without a path'))
        .max(50)
        .readonly()
        .default([]),
      allowPrivate: z.boolean().default(false),
      secretArns: arns(...SECRET, 'a secret'),
      signingSecretArn: text(
        new RegExp(`^arn:[a-z0-9-]+:${SECRET[0]}:${ACCOUNT}:${SECRET[1]}$`),
        'the full ARN of a secret',
      ).optional(),
    })
    .prefault({}),
  functionArns: arns('lambda', String.raw`function:[\w-]+(?::[\w$-]+)?`, 'a function'),
  queueArns: arns('sqs', String.raw`[\w-]+(?:\.fifo)?`, 'a queue'),
  topicArns: arns('sns', String.raw`[\w-]+(?:\.fifo)?`, 'a topic'),
  eventBusArns: arns('events', String.raw`event-bus/[\w./-]+`, 'an event bus'),
  stateMachineArns: arns('states', String.raw`stateMachine:[^:*\s]+(?::[^:*\s]+)?`, 'a state machine'),
});
export type TargetsConfig = z.output<typeof TargetsSchema>;

/** What the lists take of a function's environment; an ARN that is known only at deployment counts as a long one. */
export function environmentBytes({ http, ...arnLists }: TargetsConfig): number {
  const longArnBytes = 150;
  const entries = [http.hosts, http.secretArns, ...Object.values(arnLists)].flat();
  if (entries.length === 0) return 70;
  const bytesOf = (entry: string) => (Token.isUnresolved(entry) ? longArnBytes : entry.length) + 3;
  return entries.reduce((sum, entry) => sum + bytesOf(entry), 400);
}
