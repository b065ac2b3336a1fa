import type { Target as SchedulerTarget } from '@aws-sdk/client-scheduler';
import * as z from 'zod';
import type { TaskInput } from '../../client.ts';
import type { Differs } from './parts.ts';
import { Unmapped } from './unmapped.ts';

export type Target = NonNullable<TaskInput['target']>;
/** Where it goes, and what: the text of the input. */
export interface Receiver {
  target: Target;
  input: string | undefined;
}

const OTHERWISE = '--handler <arn>=<name> gives it to a handler of yours';
const UNIVERSAL = /^arn:[^:]+:scheduler:::aws-sdk:(.+)$/;

export function receiverOf(given: SchedulerTarget, differs: Differs): Receiver {
  const arn = given.Arn ?? '';
  const [, call] = UNIVERSAL.exec(arn) ?? [];
  const receiver =
    call === undefined ? { target: templated(given, arn), input: given.Input } : universal(call, given.Input);
  differs('target', 'it gets the envelope, in which the input is the payload');
  if (receiver.target.type === 'lambda')
    differs('target', 'the function is waited for, and its error fails the run; there it is left to itself');
  if (given.SqsParameters?.MessageGroupId !== undefined)
    differs('target', `the message group is the task, not ${given.SqsParameters.MessageGroupId}`);
  return receiver;
}

function templated(given: SchedulerTarget, arn: string): Target {
  const [, , service = '', , , ...rest] = arn.split(':');
  const resource = rest.join(':');
  if (service === 'lambda' && resource.startsWith('function:')) return { type: 'lambda', functionArn: arn };
  if (service === 'sns' && resource !== '') return { type: 'sns', topicArn: arn };
  if (service === 'states' && resource.startsWith('stateMachine:'))
    return { type: 'stepFunctions', stateMachineArn: arn };
  if (service === 'sqs') return { type: 'sqs', queueUrl: queueUrlOf(arn) };
  const { DetailType: detailType, Source: source } = given.EventBridgeParameters ?? {};
  if (service === 'events' && detailType && source)
    return { type: 'eventbridge', busName: arn, detailType, source };
  throw new Unmapped(`there is no target here for ${arn}; ${OTHERWISE}`);
}

export function queueUrlOf(arn: string): string {
  const [, partition, , region, account, name] = arn.split(':');
  const domain = partition === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com';
  return `https://sqs.${region}.${domain}/${account}/${name}`;
}

const content = z.unknown().transform((value) => (typeof value === 'string' ? value : JSON.stringify(value)));

/** The calls that a target here makes as well, with the members that it knows. */
const CALLS: Record<string, (input: unknown) => Receiver> = {
  'lambda:invoke': (given) => {
    const { FunctionName, Payload } = z
      .strictObject({
        FunctionName: z.string().startsWith('arn:', 'must be an ARN'),
        Payload: content.optional(),
        InvocationType: z.enum(['Event', 'RequestResponse']).optional(),
      })
      .parse(given);
    return { target: { type: 'lambda', functionArn: FunctionName }, input: Payload };
  },
  'sqs:sendMessage': (given) => {
    const { QueueUrl, MessageBody } = z
      .strictObject({ QueueUrl: z.string(), MessageBody: content })
      .parse(given);
    return { target: { type: 'sqs', queueUrl: QueueUrl }, input: MessageBody };
  },
  'sns:publish': (given) => {
    const { TopicArn, Message } = z.strictObject({ TopicArn: z.string(), Message: content }).parse(given);
    return { target: { type: 'sns', topicArn: TopicArn }, input: Message };
  },
  'sfn:startExecution': (given) => {
    const { StateMachineArn, Input } = z
      .strictObject({ StateMachineArn: z.string(), Input: content.optional() })
      .parse(given);
    return { target: { type: 'stepFunctions', stateMachineArn: StateMachineArn }, input: Input };
  },
  'eventbridge:putEvents': (given) => {
    const Entry = z.strictObject({
      Source: z.string(),
      DetailType: z.string(),
      Detail: content,
      EventBusName: z.string().default('default'),
    });
    const { Entries } = z.strictObject({ Entries: z.tuple([Entry], 'must be one event') }).parse(given);
    const [{ Source, DetailType, Detail, EventBusName }] = Entries;
    return {
      target: { type: 'eventbridge', busName: EventBusName, detailType: DetailType, source: Source },
      input: Detail,
    };
  },
};

function universal(call: string, input = '{}'): Receiver {
  const read = Object.hasOwn(CALLS, call) ? CALLS[call] : undefined;
  if (read === undefined) throw new Unmapped(`no target here calls ${call}; ${OTHERWISE}`);
  try {
    return read(JSON.parse(input));
  } catch (error) {
    const why =
      error instanceof z.ZodError
        ? error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ')
        : 'its input is not JSON';
    throw new Unmapped(`${call} with what a target here does not do (${why}); ${OTHERWISE}`);
  }
}

const SETTINGS: Partial<Record<Target['type'], string>> = {
  lambda: 'functionArns',
  sqs: 'queueArns',
  sns: 'topicArns',
  eventbridge: 'eventBusArns',
  stepFunctions: 'stateMachineArns',
};
export interface Allowance {
  /** Of the deployment's setting `escapement.targets`. */
  setting: string;
  arn: string;
}

/** What the deployment must list so that it lets a task have this target. */
export function allowanceOf(target: Target): Allowance | undefined {
  const setting = SETTINGS[target.type];
  const arn = arnOf(target);
  return setting === undefined || arn === undefined ? undefined : { setting, arn };
}

const QUEUE_URL = /^https:\/\/sqs\.([a-z0-9-]+)\.amazonaws\.com(\.cn)?\/(\d{12})\/(.+)$/;

/** undefined where a URL does not tell it. */
export function arnOf(target: Target): string | undefined {
  switch (target.type) {
    case 'lambda':
      return target.functionArn;
    case 'sns':
      return target.topicArn;
    case 'stepFunctions':
      return target.stateMachineArn;
    case 'eventbridge':
      return target.busName;
    case 'sqs': {
      const [, region, china, account, name] = QUEUE_URL.exec(target.queueUrl) ?? [];
      return name === undefined ? undefined : `arn:aws${china ? '-cn' : ''}:sqs:${region}:${account}:${name}`;
    }
    case 'http':
      return undefined;
  }
}
