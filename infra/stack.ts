import { CfnOutput, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { Config } from './config.ts';
import { Scheduler } from './scheduler.ts';

/** This repository's own deployment: one scheduler, and what its operator needs to know. */
export class EscapementStack extends Stack {
  readonly scheduler: Scheduler;

  constructor(scope: Construct, config: Config) {
    super(scope, config.name, { description: 'Escapement task scheduler', analyticsReporting: false });
    this.scheduler = new Scheduler(this, 'Scheduler', config);

    const secretArn = this.scheduler.adminTokenSecret.secretArn;
    new CfnOutput(this, 'ApiUrl', { value: this.scheduler.api.url });
    new CfnOutput(this, 'AdminTokenSecretArn', {
      value: secretArn,
      description: 'Secret with the token of the administrator; AdminTokenCommand prints it',
    });
    new CfnOutput(this, 'AdminTokenCommand', {
      value: `aws secretsmanager get-secret-value --secret-id ${secretArn} --query SecretString --output text | jq -r '.token // "esc_\\(.id)_\\(.secret)"'`,
    });
    for (const [name, { deadLetters }] of Object.entries(this.scheduler.workQueues)) {
      new CfnOutput(this, `DeadLetterQueueArn-${name}`, {
        value: deadLetters.queueArn,
        description: `Dead letters of queue ${name}; move them to the work queue as custom destination to run them again`,
      });
    }
  }
}
