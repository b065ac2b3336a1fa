import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { allowed, deployment, logicalId } from './deployment.ts';

const kmsKeyArn = 'arn:aws:kms:eu-west-1:123456789012:key/7c4a0b53-3a6a-4e0d-9a53-8f3c5c0e6f21';

describe('a KMS key of the operator', () => {
  const { template, scheduler } = deployment({ kmsKeyArn });

  it('encrypts table, queues, token and logs', () => {
    template.hasResourceProperties('AWS::DynamoDB::GlobalTable', {
      SSESpecification: { SSEEnabled: true, SSEType: 'KMS' },
      Replicas: [Match.objectLike({ SSESpecification: { KMSMasterKeyId: kmsKeyArn } })],
    });
    template.allResourcesProperties('AWS::SQS::Queue', { KmsMasterKeyId: kmsKeyArn });
    template.allResourcesProperties('AWS::SecretsManager::Secret', { KmsKeyId: kmsKeyArn });
    template.allResourcesProperties('AWS::Logs::LogGroup', { KmsKeyId: kmsKeyArn });
  });

  it('is used by each function for what it may do, and through the service that it does it with only', () => {
    const statementsOf = (roleId: string) =>
      Object.values(template.findResources('AWS::IAM::Policy'))
        .filter(({ Properties }) => Properties.Roles[0].Ref === roleId)
        .flatMap(({ Properties }) => Properties.PolicyDocument.Statement)
        .filter(({ Resource }) => Resource === kmsKeyArn)
        .map(({ Action, Condition }) => [
          JSON.stringify(Condition.StringEquals['kms:ViaService']).match(/"(\w+)\./)?.[1],
          [Action].flat().length,
        ]);
    const services = (fn: typeof scheduler.tick) =>
      Object.fromEntries(statementsOf(logicalId(fn.lambda.role)));
    expect(services(scheduler.authorizer)).toEqual({ secretsmanager: 1, dynamodb: 7 });
    for (const fn of [scheduler.tick, scheduler.dispatch, scheduler.sweeper, scheduler.apiHandler])
      expect(services(fn)).toEqual({ dynamodb: 7, sqs: 2 });
    for (const fn of Object.values(scheduler.executors))
      expect(services(fn)).toEqual({ dynamodb: 7, sqs: 2 });
  });

  it('is not made, changed or handed on by the stack', () => {
    const actions = allowed(template).flatMap(({ action, resource }) =>
      resource.includes(kmsKeyArn) ? [action] : [],
    );
    expect([...new Set(actions)].sort()).toEqual([
      'kms:Decrypt',
      'kms:DescribeKey',
      'kms:Encrypt',
      'kms:GenerateDataKey',
      'kms:GenerateDataKeyWithoutPlaintext',
      'kms:ReEncryptFrom',
      'kms:ReEncryptTo',
    ]);
    const quiet = deployment({ kmsKeyArn, alarms: { enabled: false } });
    quiet.template.resourceCountIs('AWS::KMS::Key', 0);
  });

  it('leaves no permission behind where there is none', () => {
    const { template: plain } = deployment();
    expect(allowed(plain).filter(({ action }) => action.startsWith('kms:'))).toEqual([]);
  });
});
