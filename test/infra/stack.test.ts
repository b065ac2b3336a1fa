import { Template } from 'aws-cdk-lib/assertions';
import { PolicyStatement, User } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { describe, expect, it } from 'vitest';
import { Scheduler } from '../../infra/scheduler.ts';
import { allowed, deployment, emptyStack } from './deployment.ts';

describe('the deployment', () => {
  const { template } = deployment();

  it('tells its operator where the API is, how to read the token and which queues hold dead letters', () => {
    expect(Object.keys(template.findOutputs('*')).sort()).toEqual([
      'AdminTokenCommand',
      'AdminTokenSecretArn',
      'AlarmTopicArn',
      'ApiUrl',
      'DeadLetterQueueArns',
      'EventBusName',
    ]);
    const [command] = Object.values(template.findOutputs('AdminTokenCommand'));
    expect(JSON.stringify(command)).toContain('get-secret-value');
  });

  it('lets Secrets Manager draw the token, so that no template holds it', () => {
    template.hasResourceProperties('AWS::SecretsManager::Secret', {
      GenerateSecretString: {
        SecretStringTemplate: '{"id":"admin"}',
        GenerateStringKey: 'secret',
        ExcludePunctuation: true,
        PasswordLength: 40,
      },
    });
  });

  it('makes a queue, its dead letters and an executor for each configured name', () => {
    const own = deployment({ name: 'jobs', queues: { reports: {}, high: null } });
    const names = Object.values(own.template.findResources('AWS::SQS::Queue')).map(
      ({ Properties }) => Properties.QueueName,
    );
    expect(names.sort()).toEqual([
      'jobs-default',
      'jobs-default-dlq',
      'jobs-dispatch',
      'jobs-dispatch-dlq',
      'jobs-low',
      'jobs-low-dlq',
      'jobs-reports',
      'jobs-reports-dlq',
    ]);
    expect(Object.keys(own.scheduler.executors)).toEqual(['default', 'low', 'reports']);
    expect(own.stack.stackName).toBe('jobs');
  });

  it('can be thrown away without a trace when its data may go', () => {
    const { template } = deployment({ data: { onDelete: 'destroy', pointInTimeRecovery: false } });
    template.hasResource('AWS::DynamoDB::GlobalTable', { DeletionPolicy: 'Delete' });
    expect(JSON.stringify(template.toJSON())).not.toContain('"Retain"');
  });

  it('uses a secret of the operator in place of its own', () => {
    const arn = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:admin-AbCdEf';
    const { template } = deployment({ auth: { adminTokenSecretArn: arn } });
    template.resourceCountIs('AWS::SecretsManager::Secret', 0);
    expect(allowed(template)).toContainEqual({
      action: 'secretsmanager:GetSecretValue',
      resource: JSON.stringify(arn),
    });
  });
});

const IDENTITY = 'arn:aws:ses:eu-west-1:123456789012:identity/example.com';

describe('a scheduler in a stack of somebody else', () => {
  const stack = emptyStack();
  const scheduler = new Scheduler(stack, 'Jobs', { name: 'jobs' });
  scheduler.addToHandlerPolicy(new PolicyStatement({ actions: ['ses:SendEmail'], resources: [IDENTITY] }));
  scheduler.addHandlerEnvironment('MAIL_FROM', 'a@example.com');
  scheduler.grantReadAdminToken(new User(stack, 'Operator'));
  const template = Template.fromStack(stack);

  it('gives permissions and environment to the handlers, in every executor and nowhere else', () => {
    expect(allowed(template).filter(({ action }) => action === 'ses:SendEmail')).toHaveLength(3);
    template.resourcePropertiesCountIs(
      'AWS::Lambda::Function',
      { Environment: { Variables: { MAIL_FROM: 'a@example.com' } } },
      3,
    );
  });

  it('is granted what its handlers need as one, or queue by queue', () => {
    const own = emptyStack();
    const jobs = new Scheduler(own, 'Jobs', { queues: { reports: {} } });
    new Queue(own, 'Orders').grantSendMessages(jobs.handlers);
    new Queue(own, 'Reports').grantConsumeMessages(jobs.executor('reports'));
    new Key(own, 'Key').grantDecrypt(jobs.handlers);
    const granted = allowed(Template.fromStack(own)).map(({ action, resource }) => `${action} ${resource}`);
    const times = (action: string, id: string) =>
      granted.filter((line) => line.startsWith(`${action} `) && line.includes(`"${id}`)).length;
    expect(times('sqs:SendMessage', 'Orders')).toBe(4);
    expect(times('kms:Decrypt', 'Key')).toBe(4);
    expect(times('sqs:ReceiveMessage', 'Reports')).toBe(1);
  });

  it('measures its queues, and says which there are when asked for another', () => {
    const names = [
      scheduler.metricQueueDepth('high'),
      scheduler.metricOldestMessageAge('high'),
      scheduler.metricDeadLetters('high', { statistic: 'Sum' }),
      scheduler.metricRunsDead(),
    ].map(({ metricName, statistic }) => `${metricName} ${statistic}`);
    expect(names).toEqual([
      'ApproximateNumberOfMessagesVisible Maximum',
      'ApproximateAgeOfOldestMessage Maximum',
      'ApproximateNumberOfMessagesVisible Sum',
      'RunsDead Sum',
    ]);
    expect(() => scheduler.executor('hihg')).toThrow(
      'No work queue is called hihg: there are high, default, low',
    );
  });

  it('lets others read the token when told so', () => {
    const readers = allowed(template).filter(({ action }) => action === 'secretsmanager:GetSecretValue');
    expect(readers).toHaveLength(2);
  });

  it('refuses settings that it does not know', () => {
    const misspelt: object = { shard: 8 };
    expect(() => new Scheduler(emptyStack(), 'Jobs', misspelt)).toThrow('Unrecognized key: "shard"');
  });
});
