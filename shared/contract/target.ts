import * as z from 'zod';
import { headerProblem } from '../domain/http-header.ts';
import { EVENT_SOURCE } from './events.ts';

const MAX_HEADERS = 32;
const MAX_EXPECTED = 16;
const MAX_URL_CHARS = 2_048;

const arn = (service: string, resource: string) =>
  z
    .string()
    .max(2_048)
    .regex(
      new RegExp(`^arn:[^:\\s]+:${service}:[^:\\s]+:\\d{12}:${resource}$`),
      `must be the ARN of one resource of ${service}`,
    );

const url = z
  .string()
  .max(MAX_URL_CHARS)
  .refine((text) => /^https?:\/\/\S+$/i.test(text) && URL.canParse(text), {
    error: 'must be an absolute URL: https://host/path',
    abort: true,
  })
  .refine((text) => {
    const { username, password } = new URL(text);
    return username === '' && password === '';
  }, 'must not hold a user or a password: put credentials into a secret and name that in secretId')
  .describe('a host of the allow-list, on https');

const headers = z
  .record(z.string(), z.string())
  .superRefine((given, ctx) => {
    const names = Object.keys(given);
    if (names.length > MAX_HEADERS)
      ctx.addIssue({ code: 'custom', message: `must be at most ${MAX_HEADERS} headers` });
    if (new Set(names.map((name) => name.toLowerCase())).size < names.length)
      ctx.addIssue({ code: 'custom', message: 'must not name a header twice' });
    for (const [name, value] of Object.entries(given)) {
      const message = headerProblem(name, value, 'task');
      if (message !== undefined) ctx.addIssue({ code: 'custom', path: [name], message });
    }
  })
  .describe('sent besides those of the scheduler; credentials belong into a secret');

const status = z
  .int()
  .min(200)
  .max(599)
  .refine((code) => code < 300 || code >= 400, 'a redirect is never followed and never a success');

const http = z.strictObject({
  type: z.literal('http'),
  url,
  method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']).default('POST').describe('GET sends no body'),
  headers: headers.default({}),
  secretId: z
    .string()
    .min(1)
    .max(2_048)
    .describe('name or ARN of a secret of the allow-list, with headers or a signing key')
    .exactOptional(),
  expectStatus: z
    .union([status, z.array(status).min(1).max(MAX_EXPECTED)])
    .describe('what counts as success; any 2xx when absent')
    .exactOptional(),
});
const lambda = z.strictObject({
  type: z.literal('lambda'),
  functionArn: arn('lambda', 'function:[\\w-]+(?::[\\w$-]+)?').describe('of a function, version or alias'),
});
const sqs = z.strictObject({
  type: z.literal('sqs'),
  queueUrl: z
    .string()
    .max(MAX_URL_CHARS)
    .refine((text) => URL.canParse(text), 'must be the URL of a queue'),
});
const sns = z.strictObject({ type: z.literal('sns'), topicArn: arn('sns', '[\\w-]+(?:\\.fifo)?') });
const eventbridge = z.strictObject({
  type: z.literal('eventbridge'),
  busName: z.string().min(1).max(1_600).describe('name or ARN'),
  detailType: z.string().min(1).max(128),
  source: z
    .string()
    .regex(/^[\w./-]{1,256}$/, 'must be 1 to 256 of A-Z a-z 0-9 . _ - /')
    .refine((source) => !source.startsWith('aws.'), 'must not begin with aws., which EventBridge keeps')
    .refine((source) => source !== EVENT_SOURCE, 'is the source of the lifecycle events: choose another'),
});
const stepFunctions = z.strictObject({
  type: z.literal('stepFunctions'),
  stateMachineArn: arn('states', 'stateMachine:[^:\\s]+(?::[^:\\s]+)?'),
});

export const TargetSchema = z
  .discriminatedUnion('type', [http, lambda, sqs, sns, eventbridge, stepFunctions])
  .meta({
    id: 'Target',
    description: 'Where a run is sent instead of to a handler; the deployment lists what it allows.',
  });
