import { Validations } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { type ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import type { Config } from '../config.ts';

/** The first administrator's token is `esc_<id>_<secret>`; Secrets Manager draws the secret, so no template or log ever holds it. */
export function makeAdminTokenSecret(
  scope: Construct,
  { auth }: Config,
  key: IKey | undefined,
): Pick<ISecret, 'secretArn' | 'grantRead'> {
  if (auth.adminTokenSecretArn !== undefined) {
    return Secret.fromSecretAttributes(scope, 'AdminToken', {
      secretCompleteArn: auth.adminTokenSecretArn,
      ...(key && { encryptionKey: key }),
    });
  }
  const secret = new Secret(scope, 'AdminToken', {
    description: 'Token of the administrator: esc_<id>_<secret>',
    generateSecretString: {
      secretStringTemplate: JSON.stringify({ id: 'admin' }),
      generateStringKey: 'secret',
      excludePunctuation: true,
      passwordLength: 40,
    },
    ...(key && { encryptionKey: key }),
  });
  Validations.of(secret).acknowledge({
    id: 'AwsSolutions::AwsSolutions-SMG4',
    reason:
      'People and pipelines hold copies of the token, which a timer would lock out; whoever replaces it has revoked the old one within a minute (docs/deploy.md)',
  });
  return secret;
}
