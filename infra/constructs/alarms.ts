import { ArnFormat, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { type ITopic, Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import type { AlarmsConfig } from '../config-observability.ts';
import { type AlarmSpec, alarmTable, type Watched } from './alarm-table.ts';

/** The alarms of the table, and the topic that tells people of them. */
export class Alarms extends Construct {
  readonly topic: ITopic;
  readonly alarms: readonly Alarm[];

  constructor(scope: Construct, id: string, props: { watched: Watched; config: AlarmsConfig }) {
    super(scope, id);
    const { watched, config } = props;
    this.topic = config.topicArn
      ? Topic.fromTopicArn(this, 'Topic', config.topicArn)
      : makeTopic(this, watched.deployment);
    if (config.email) this.topic.addSubscription(new EmailSubscription(config.email));
    const tell = new SnsAction(this.topic);
    this.alarms = alarmTable(watched, config).map((spec) => {
      const alarm = new Alarm(this, spec.name, {
        alarmName: `${watched.deployment}-${spec.name}`,
        alarmDescription: describe(spec, config.runbookUrl),
        metric: spec.metric,
        threshold: spec.threshold,
        comparisonOperator: spec.comparison,
        datapointsToAlarm: spec.points[0],
        evaluationPeriods: spec.points[1],
        treatMissingData: spec.missing,
      });
      alarm.addAlarmAction(tell);
      alarm.addOkAction(tell);
      return alarm;
    });
  }
}

const describe = ({ name, section = name, symptom, meaning }: AlarmSpec, runbookUrl: string): string =>
  `${symptom} ${meaning} What to do: ${runbookUrl}#${section}`;

/**
 * With a key of its own: the one that AWS manages for SNS does not let CloudWatch publish, and there alarms would fall
 * silent without a word.
 */
function makeTopic(scope: Construct, deployment: string): Topic {
  const stack = Stack.of(scope);
  const cloudWatch = new ServicePrincipal('cloudwatch.amazonaws.com', {
    conditions: {
      StringEquals: { 'aws:SourceAccount': stack.account },
      ArnLike: {
        'aws:SourceArn': stack.formatArn({
          service: 'cloudwatch',
          resource: 'alarm',
          resourceName: `${deployment}-*`,
          arnFormat: ArnFormat.COLON_RESOURCE_NAME,
        }),
      },
    },
  });
  const key = new Key(scope, 'TopicKey', {
    description: `Of the alarms of ${deployment}`,
    enableKeyRotation: true,
    // It protects nothing that is kept.
    removalPolicy: RemovalPolicy.DESTROY,
  });
  key.grant(cloudWatch, 'kms:Decrypt', 'kms:GenerateDataKey');
  const topic = new Topic(scope, 'Topic', {
    displayName: `Alarms of ${deployment}`,
    masterKey: key,
    enforceSSL: true,
  });
  // grantPublish would open the key with a wildcard.
  topic.addToResourcePolicy(
    new PolicyStatement({ actions: ['sns:Publish'], resources: [topic.topicArn], principals: [cloudWatch] }),
  );
  return topic;
}
