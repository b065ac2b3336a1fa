import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { deployment, logicalId } from '../deployment.ts';

const FUNCTION = 'AWS::Lambda::Function';

describe('every function', () => {
  const { template, stack, scheduler } = deployment({ logRetentionDays: 14, functionMemoryMb: 256 });
  const functions = Object.values(template.findResources(FUNCTION));
  const executors = Object.values(scheduler.executors);
  const propertiesOf = (fn: typeof scheduler.tick) =>
    template.findResources(FUNCTION)[logicalId(fn.lambda)]?.Properties;

  it('runs on Node 24 on arm64 and logs JSON to a group of its own', () => {
    expect(functions).toHaveLength(9);
    const groups = new Set<string>();
    for (const { Properties } of functions) {
      expect(Properties).toMatchObject({
        Runtime: 'nodejs24.x',
        Architectures: ['arm64'],
        Handler: 'index.handler',
        MemorySize: 256,
        LoggingConfig: { LogFormat: 'JSON', ApplicationLogLevel: 'INFO' },
      });
      groups.add(JSON.stringify(Properties.LoggingConfig.LogGroup));
    }
    expect(groups.size).toBe(9);
  });

  it('keeps its logs for as long as configured', () => {
    template.allResourcesProperties('AWS::Logs::LogGroup', { RetentionInDays: 14 });
    template.resourceCountIs('Custom::LogRetention', 0);
  });

  it('may loop only where it feeds its own queue', () => {
    const looping = functions.filter(({ Properties }) => Properties.RecursiveLoop === 'Allow');
    expect(looping).toHaveLength(executors.length + 1);
    for (const fn of [scheduler.dispatch, ...executors])
      expect(propertiesOf(fn)?.RecursiveLoop).toBe('Allow');
  });

  it('drops a failed call where the next minute makes up for it', () => {
    template.resourceCountIs('AWS::Lambda::EventInvokeConfig', 2);
    for (const { lambda } of [scheduler.tick, scheduler.sweeper]) {
      template.hasResourceProperties('AWS::Lambda::EventInvokeConfig', {
        FunctionName: stack.resolve(lambda.functionName),
        MaximumRetryAttempts: 0,
        MaximumEventAgeInSeconds: 60,
      });
    }
  });

  it('has less time than whoever waits for it', () => {
    expect(propertiesOf(scheduler.authorizer)?.Timeout).toBeLessThan(10);
    expect(propertiesOf(scheduler.apiHandler)?.Timeout).toBeLessThan(30);
    for (const executor of executors) expect(propertiesOf(executor)?.Timeout).toBe(900);
  });

  it('has a sixth of the time for which its queue hides a message', () => {
    template.hasResourceProperties('AWS::SQS::Queue', {
      QueueName: 'escapement-high',
      VisibilityTimeout: 6 * 900,
    });
    template.hasResourceProperties('AWS::SQS::Queue', {
      QueueName: 'escapement-dispatch',
      VisibilityTimeout: 6 * 60,
    });
  });

  it('is traced, and translates its stack traces, only when asked', () => {
    template.allResourcesProperties(FUNCTION, { TracingConfig: Match.absent() });
    const asked = deployment({ tracing: true, sourceMaps: true, queues: { low: { memoryMb: 2048 } } });
    asked.template.allResourcesProperties(FUNCTION, {
      TracingConfig: { Mode: 'Active' },
      Environment: { Variables: { NODE_OPTIONS: '--enable-source-maps' } },
    });
    asked.template.resourcePropertiesCountIs(FUNCTION, { MemorySize: 2048 }, 1);
  });
});
