import { Token, Validations } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { type ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import type { TargetsConfig } from '../config-targets.ts';
import { keyStatement } from './permissions.ts';

/** Letters and digits in a multiple of four are base64: of 33 random bytes here, within the 24 to 64 of Standard Webhooks. */
const SIGNING_KEY_CHARS = 44;

/** With which webhooks are signed; where none can be sent there is none. */
export function makeSigningSecret(
  scope: Construct,
  { http }: TargetsConfig,
  key: IKey | undefined,
): Pick<ISecret, 'secretArn' | 'grantRead'> | undefined {
  if (http.signingSecretArn !== undefined) {
    return Secret.fromSecretAttributes(scope, 'WebhookSigningKey', {
      secretCompleteArn: http.signingSecretArn,
      ...(key && { encryptionKey: key }),
    });
  }
  if (http.hosts.length === 0) return undefined;
  const secret = new Secret(scope, 'WebhookSigningKey', {
    description: 'Signs webhooks, in the Standard Webhooks way; receivers verify with it',
    generateSecretString: { excludePunctuation: true, passwordLength: SIGNING_KEY_CHARS },
    ...(key && { encryptionKey: key }),
  });
  Validations.of(secret).acknowledge({
    id: 'AwsSolutions::AwsSolutions-SMG4',
    reason: 'Receivers hold copies of the key: it is replaced when they are ready, not by a timer',
  });
  return secret;
}

/** What executors need for the targets of this deployment: each action on just what is listed for it. */
export function targetStatements(
  targets: TargetsConfig,
  signingSecretArn: string | undefined,
  keyArn: string | undefined,
  scope: Construct,
): PolicyStatement[] {
  const secretArns = [
    ...(signingSecretArn === undefined ? [] : [signingSecretArn]),
    ...targets.http.secretArns,
  ];
  const needs: [action: string, resources: readonly string[]][] = [
    ['secretsmanager:GetSecretValue', secretArns],
    ['lambda:InvokeFunction', targets.functionArns],
    ['sqs:SendMessage', targets.queueArns],
    ['sns:Publish', targets.topicArns],
    ['events:PutEvents', targets.eventBusArns],
  ];
  return [
    ...needs
      .filter(([, resources]) => resources.length > 0)
      .map(([action, resources]) => new PolicyStatement({ actions: [action], resources: [...resources] })),
    ...targets.stateMachineArns.map(startStatement),
    ...(keyArn !== undefined && secretArns.length > 0
      ? [keyStatement('secretsmanager', ['kms:Decrypt'], keyArn, scope)]
      : []),
  ];
}

/**
 * Step Functions knows a version or an alias in policies by a condition only:
 * docs.aws.amazon.com/step-functions/latest/dg/auth-version-alias.html
 */
function startStatement(arn: string): PolicyStatement {
  const parts = Token.isUnresolved(arn) ? [] : arn.split(':');
  const qualifier = parts[7];
  return new PolicyStatement({
    actions: ['states:StartExecution'],
    resources: [qualifier === undefined ? arn : parts.slice(0, 7).join(':')],
    ...(qualifier !== undefined && {
      conditions: { StringEquals: { 'states:StateMachineQualifier': qualifier } },
    }),
  });
}
