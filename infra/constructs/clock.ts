import { Duration, Stack } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler';
import { Construct } from 'constructs';

/** At the minute; rate(1 minute) would be out of step by the time of its creation. */
const EVERY_MINUTE = 'cron(* * * * ? *)';
/** A call that could not be made is not made up for: the next minute's does the same work. */
const MAX_EVENT_AGE = Duration.seconds(60);

export interface ClockProps {
  tick: IFunction;
  sweeper: IFunction;
}

/** Two independent clocks for the tick, since either may be late, double or silent; a doubled tick does no harm. */
export class Clock extends Construct {
  constructor(scope: Construct, id: string, props: ClockProps) {
    super(scope, id);
    const target = { retryAttempts: 0, maxEventAge: MAX_EVENT_AGE };
    new Rule(this, 'EveryMinute', {
      description: 'First clock of the tick, and the sweeper',
      schedule: Schedule.expression(EVERY_MINUTE),
      targets: [new LambdaFunction(props.tick, target), new LambdaFunction(props.sweeper, target)],
    });

    const role = new Role(this, 'SecondClockRole', {
      description: 'Lets the second clock call the tick',
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
        conditions: {
          StringEquals: { 'aws:SourceAccount': Stack.of(this).account },
          ArnEquals: {
            'aws:SourceArn': Stack.of(this).formatArn({
              service: 'scheduler',
              resource: 'schedule-group',
              resourceName: 'default',
            }),
          },
        },
      }),
    });
    role.addToPolicy(
      new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [props.tick.functionArn] }),
    );
    const schedule = new CfnSchedule(this, 'SecondClock', {
      description: 'Second clock of the tick',
      scheduleExpression: EVERY_MINUTE,
      flexibleTimeWindow: { mode: 'OFF' },
      target: {
        arn: props.tick.functionArn,
        roleArn: role.roleArn,
        retryPolicy: { maximumRetryAttempts: 0, maximumEventAgeInSeconds: MAX_EVENT_AGE.toSeconds() },
      },
    });
    schedule.node.addDependency(role);
  }
}
