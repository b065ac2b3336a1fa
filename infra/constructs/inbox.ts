import { Duration } from 'aws-cdk-lib';
import { CfnRule } from 'aws-cdk-lib/aws-events';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import type { RuleConfig } from '../config-events.ts';
import { QueueWithDeadLetters } from './queues.ts';

export interface InboxProps {
  queueName: string;
  consumerTimeout: Duration;
  rules: Readonly<Record<string, RuleConfig>>;
  /** By the name that a rule gives it, of buses in the same stack. */
  ownBuses: Readonly<Record<string, string>>;
  key?: IKey | undefined;
}

/** EventBridge's own defaults, said aloud. */
const DELIVERY = { maximumRetryAttempts: 185, maximumEventAgeInSeconds: Duration.hours(24).toSeconds() };
/** What is sent on of an event: its envelope, by name in the event. */
const FIELDS = ['id', 'source', 'detail-type', 'account', 'time', 'region', 'resources', 'detail'];

/** The queue of what comes in from outside, and the rules that send events there. */
export class Inbox extends Construct {
  readonly queue: QueueWithDeadLetters;

  constructor(scope: Construct, id: string, props: InboxProps) {
    super(scope, id);
    this.queue = new QueueWithDeadLetters(this, 'Messages', props);
    const { queue, deadLetters } = this.queue;
    const rules = Object.entries(props.rules).map(
      ([name, { bus, pattern, trigger }]) =>
        new CfnRule(this, `Rule-${name}`, {
          description: `Triggers task ${trigger}`,
          eventBusName: props.ownBuses[bus] ?? bus,
          eventPattern: pattern,
          targets: [
            {
              id: 'Inbox',
              arn: queue.queueArn,
              inputTransformer: inputOf(name),
              retryPolicy: DELIVERY,
              deadLetterConfig: { arn: deadLetters.queueArn },
            },
          ],
        }),
    );
    if (rules.length === 0) return;
    for (const one of [queue, deadLetters]) {
      one.addToResourcePolicy(
        new PolicyStatement({
          principals: [new ServicePrincipal('events.amazonaws.com')],
          actions: ['sqs:SendMessage'],
          resources: [one.queueArn],
          conditions: { ArnEquals: { 'aws:SourceArn': rules.map(({ attrArn }) => attrArn) } },
        }),
      );
    }
  }
}

/** The event does not say which rule it matched: docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html */
function inputOf(rule: string): CfnRule.InputTransformerProperty {
  const variable = (field: string) => field.replace('-', '');
  const event = FIELDS.map((field) => `"${field}":<${variable(field)}>`).join(',');
  return {
    inputPathsMap: Object.fromEntries(FIELDS.map((field) => [variable(field), `$.${field}`])),
    inputTemplate: `{"v":1,"action":"event","rule":"${rule}","event":{${event}}}`,
  };
}
