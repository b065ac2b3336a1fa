import { Match, Template } from 'aws-cdk-lib/assertions';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { describe, expect, it } from 'vitest';
import { readEnv } from '../../../functions/env.ts';
import type { Settings } from '../../../infra/config.ts';
import { resolveConfig } from '../../../infra/config.ts';
import { Scheduler } from '../../../infra/scheduler.ts';
import { allowed, deployment, emptyStack, logicalId } from '../deployment.ts';

const AT = 'eu-west-1:123456789012';
const OWN_KEY = `arn:aws:secretsmanager:${AT}:secret:signing-AbCdEf`;
const SECRET = `arn:aws:secretsmanager:${AT}:secret:hooks/billing-AbCdEf`;
const everything = {
  http: { hosts: ['hooks.example.com'], secretArns: [SECRET], signingSecretArn: OWN_KEY },
  functionArns: [`arn:aws:lambda:${AT}:function:report:live`],
  queueArns: [`arn:aws:sqs:${AT}:work`],
  topicArns: [`arn:aws:sns:${AT}:news`],
  eventBusArns: [`arn:aws:events:${AT}:event-bus/orders`],
  stateMachineArns: [`arn:aws:states:${AT}:stateMachine:billing`],
} satisfies Settings['targets'];

/** What executors may do on resources that are not the deployment's own. */
const beyond = ({ template, scheduler }: ReturnType<typeof deployment>, name = 'default') =>
  allowed(template, logicalId(scheduler.executors[name]?.lambda.role))
    .filter(({ resource }) => resource.startsWith('"arn:'))
    .map(({ action, resource }) => `${action} ${JSON.parse(resource)}`)
    .sort();

const variablesOf = ({ template, scheduler }: ReturnType<typeof deployment>, name: 'executor' | 'api') => {
  const { lambda } = name === 'api' ? scheduler.apiHandler : (scheduler.executors.default ?? scheduler.tick);
  const { Properties } = template.findResources('AWS::Lambda::Function')[logicalId(lambda)] ?? {};
  return Properties.Environment.Variables;
};

const policiesOf = (template: Template, roleId: string) =>
  Object.values(template.findResources('AWS::IAM::Policy', { Properties: { Roles: [{ Ref: roleId }] } }));

const problemsOf = (targets: unknown): string => {
  try {
    resolveConfig({ targets });
  } catch (error) {
    return String(error);
  }
  return '';
};

describe('the targets of a deployment', () => {
  it('are none unless it lists some: no secret, no permission, next to nothing in the environment', () => {
    const plain = deployment();
    expect(plain.scheduler.targetSigningSecret).toBeUndefined();
    plain.template.resourceCountIs('AWS::SecretsManager::Secret', 1);
    expect(beyond(plain)).toEqual([]);
    expect(variablesOf(plain, 'executor')).toMatchObject({
      ESCAPEMENT_TARGETS: '{}',
      ESCAPEMENT_TARGET_SIGNING_SECRET_ARN: '',
    });
  });

  it('each give executors one action on themselves, and nobody else anything', () => {
    const made = deployment({ targets: everything });
    const expected = [
      `events:PutEvents ${everything.eventBusArns[0]}`,
      `lambda:InvokeFunction ${everything.functionArns[0]}`,
      `secretsmanager:GetSecretValue ${SECRET}`,
      `secretsmanager:GetSecretValue ${OWN_KEY}`,
      `sns:Publish ${everything.topicArns[0]}`,
      `sqs:SendMessage ${everything.queueArns[0]}`,
      `states:StartExecution ${everything.stateMachineArns[0]}`,
    ];
    for (const name of ['high', 'default', 'low']) expect(beyond(made, name)).toEqual(expected);
    const listed = new Set(expected.map((line) => line.split(' ')[1]));
    const others = allowed(made.template).filter(({ resource }) => listed.has(JSON.parse(resource)));
    expect(others).toHaveLength(3 * expected.length);
  });

  it('are known to executors and API, which read them as they were written', () => {
    const made = deployment({ targets: everything });
    const { signingSecretArn, ...http } = everything.http;
    const expected = { ...everything, http: { ...http, allowPrivate: false } };
    for (const name of ['executor', 'api'] as const) {
      const { ESCAPEMENT_TARGETS } = readEnv(['ESCAPEMENT_TARGETS'], variablesOf(made, name));
      expect(ESCAPEMENT_TARGETS).toEqual(expected);
    }
    expect(variablesOf(made, 'executor').ESCAPEMENT_TARGET_SIGNING_SECRET_ARN).toBe(signingSecretArn);
    expect(JSON.stringify(variablesOf(made, 'api'))).not.toContain(signingSecretArn);
  });

  it('bring the use of the deployment’s own key with them where their secrets are under it', () => {
    const kmsKeyArn = `arn:aws:kms:${AT}:key/7c4a0b53-3a6a-4e0d-9a53-8f3c5c0e6f21`;
    const viaSecrets = (targets: NonNullable<Settings['targets']>) => {
      const { template, scheduler } = deployment({ kmsKeyArn, targets });
      return JSON.stringify(
        policiesOf(template, logicalId(scheduler.executors.default?.lambda.role)),
      ).includes('secretsmanager.');
    };
    expect(viaSecrets({ http: { hosts: ['hooks.example.com'] } })).toBe(true);
    expect(viaSecrets({ queueArns: everything.queueArns })).toBe(false);
  });

  it('may be resources of the same stack', () => {
    const stack = emptyStack();
    const queue = new Queue(stack, 'Reports');
    const scheduler = new Scheduler(stack, 'Scheduler', { targets: { queueArns: [queue.queueArn] } });
    const rights = allowed(Template.fromStack(stack), logicalId(scheduler.executors.default?.lambda.role));
    const arn = JSON.stringify(stack.resolve(queue.queueArn));
    expect(rights).toContainEqual({ action: 'sqs:SendMessage', resource: arn });
  });

  it('of a version or alias of a state machine are allowed by the condition that IAM has for it', () => {
    const { template } = deployment({
      targets: { stateMachineArns: [`arn:aws:states:${AT}:stateMachine:billing:live`] },
    });
    template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          {
            Effect: 'Allow',
            Action: 'states:StartExecution',
            Resource: `arn:aws:states:${AT}:stateMachine:billing`,
            Condition: { StringEquals: { 'states:StateMachineQualifier': 'live' } },
          },
        ]),
      },
    });
  });

  it('that are webhooks come with a key that signs them, for receivers to read', () => {
    const made = deployment({ targets: { http: { hosts: ['hooks.example.com'] } } });
    made.template.hasResourceProperties('AWS::SecretsManager::Secret', {
      GenerateSecretString: { ExcludePunctuation: true, PasswordLength: 44 },
    });
    made.template.hasOutput('WebhookSigningKeyArn', {});
    expect(made.scheduler.targetSigningSecret).toBeDefined();
  });

  it('are refused when they are not one resource each, or no host', () => {
    for (const [setting, value] of [
      ['functionArns.0', { functionArns: ['arn:aws:lambda:eu-west-1:123456789012:function:*'] }],
      ['queueArns.0', { queueArns: ['https://sqs.eu-west-1.amazonaws.com/123456789012/work'] }],
      ['topicArns.0', { topicArns: ['news'] }],
      ['stateMachineArns.0', { stateMachineArns: [`arn:aws:states:${AT}:stateMachine:*`] }],
      ['http.secretArns.0', { http: { secretArns: [`arn:aws:secretsmanager:${AT}:secret:short`] } }],
      ['http.hosts.0', { http: { hosts: ['https://hooks.example.com'] } }],
      ['http.hosts.0', { http: { hosts: ['*'] } }],
      ['http.hosts.0', { http: { hosts: ['*.com'] } }],
      ['http.hosts.0', { http: { hosts: ['Hooks.example.com'] } }],
      ['http.hosts.0', { http: { hosts: ['hooks.example.com/path'] } }],
      ['http.hosts.0', { http: { hosts: ['a.*.example.com'] } }],
    ] as const)
      expect(problemsOf(value)).toContain(`escapement.targets.${setting}: expected`);
    const hosts = [
      'a.example.com',
      '*.example.com:8443',
      'localhost:*',
      '10.0.0.7',
      '[::1]:80',
      'xn--bcher-kva.example',
    ];
    expect(problemsOf({ http: { hosts } })).toBe('');
  });

  it('are refused when there are more than fit into the environment of a function', () => {
    const functionArns = Array.from(
      { length: 50 },
      (_, at) => `arn:aws:lambda:${AT}:function:some-function-${at}`,
    );
    expect(problemsOf({ functionArns })).toContain('allowed targets and event rules included');
  });
});
