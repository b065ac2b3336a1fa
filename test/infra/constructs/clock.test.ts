import { Match, Template } from 'aws-cdk-lib/assertions';
import { describe, it } from 'vitest';
import { Clock } from '../../../infra/constructs/clock.ts';
import { emptyStack, someFunction } from '../deployment.ts';

describe('the clock', () => {
  const stack = emptyStack();
  const tick = someFunction(stack, 'Tick');
  const sweeper = someFunction(stack, 'Sweeper');
  new Clock(stack, 'Clock', { tick, sweeper });
  const template = Template.fromStack(stack);
  const arnOf = (fn: typeof tick): unknown => stack.resolve(fn.functionArn);

  it('calls tick and sweeper at every minute, and does not make up for a call that failed', () => {
    const RetryPolicy = { MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: 60 };
    template.hasResourceProperties('AWS::Events::Rule', {
      ScheduleExpression: 'cron(* * * * ? *)',
      State: 'ENABLED',
      Targets: [
        Match.objectLike({ Arn: arnOf(tick), RetryPolicy }),
        Match.objectLike({ Arn: arnOf(sweeper), RetryPolicy }),
      ],
    });
  });

  it('has a second, independent clock for the tick', () => {
    template.hasResourceProperties('AWS::Scheduler::Schedule', {
      ScheduleExpression: 'cron(* * * * ? *)',
      FlexibleTimeWindow: { Mode: 'OFF' },
      Target: Match.objectLike({
        Arn: arnOf(tick),
        RetryPolicy: { MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: 60 },
      }),
    });
  });

  it('lets the second clock do nothing but call the tick, and nobody else use its role', () => {
    template.hasResourceProperties('AWS::IAM::Role', {
      AssumeRolePolicyDocument: {
        Statement: [
          Match.objectLike({
            Principal: { Service: 'scheduler.amazonaws.com' },
            Condition: Match.objectLike({ StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } }),
          }),
        ],
      },
    });
    template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: [{ Effect: 'Allow', Action: 'lambda:InvokeFunction', Resource: arnOf(tick) }],
      },
    });
  });
});
