import { CfnOutput, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { resolveConfig, type Settings } from './config.ts';
import { Scheduler } from './scheduler.ts';

/** This repository's own deployment: one scheduler, and what its operator needs to know. */
export class EscapementStack extends Stack {
  readonly scheduler: Scheduler;

  constructor(scope: Construct, settings: Settings = {}) {
    super(scope, resolveConfig(settings).name, {
      description: 'Escapement task scheduler',
      analyticsReporting: false,
    });
    this.scheduler = new Scheduler(this, 'Scheduler', settings);

    const secretArn = this.scheduler.adminTokenSecret.secretArn;
    new CfnOutput(this, 'ApiUrl', { value: this.scheduler.api.url });
    const alias = this.scheduler.api.aliasTarget;
    if (alias) {
      new CfnOutput(this, 'ApiDomainTarget', {
        value: alias.domainName,
        description: 'Where the alias record of the configured name must point',
      });
      new CfnOutput(this, 'ApiDomainZoneId', { value: alias.hostedZoneId });
    }
    new CfnOutput(this, 'AdminTokenSecretArn', {
      value: secretArn,
      description: 'Secret with the token of the administrator; AdminTokenCommand prints it',
    });
    new CfnOutput(this, 'AdminTokenCommand', {
      value: `aws secretsmanager get-secret-value --secret-id ${secretArn} --query SecretString --output text | jq -r '.token // "esc_\\(.id)_\\(.secret)"'`,
    });
    const { eventBus, inbox, observability, targetSigningSecret } = this.scheduler;
    if (targetSigningSecret) {
      new CfnOutput(this, 'WebhookSigningKeyArn', {
        value: targetSigningSecret.secretArn,
        description: 'Secret with the key by which receivers verify webhooks',
      });
    }
    if (eventBus) new CfnOutput(this, 'EventBusName', { value: eventBus.eventBusName });
    if (inbox) {
      new CfnOutput(this, 'InboxQueueUrl', {
        value: inbox.queue.queueUrl,
        description: 'Takes messages that create and trigger tasks',
      });
    }
    if (observability.alarmTopic) {
      new CfnOutput(this, 'AlarmTopicArn', {
        value: observability.alarmTopic.topicArn,
        description: 'Subscribe to it whoever is to hear of alarms',
      });
    }
    new CfnOutput(this, 'DeadLetterQueueArns', {
      value: Object.values(this.scheduler.workQueues)
        .map(({ deadLetters }) => deadLetters.queueArn)
        .join(' '),
      description: 'To run letters again, redrive them to a custom destination: their work queue',
    });
  }
}
