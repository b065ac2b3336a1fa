import type { App, Stack } from 'aws-cdk-lib';
import type { Settings } from '../../infra/config.ts';
import { ScheduledTask } from '../../infra/scheduled-task.ts';
import { EscapementStack } from '../../infra/stack.ts';

/** Deployments that together hold every resource that a setting can add: what is checked for all templates. */
export const VARIANTS: Record<string, Settings> = {
  default: {},
  everything: {
    name: 'everything',
    queues: { reports: { workers: 2, maxReceiveCount: 50 }, low: null },
    auth: {
      adminTokenSecretArn: 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:admin-AbCdEf',
      oidc: { issuer: 'https://id.example.com', audiences: ['jobs'] },
    },
    api: {
      corsOrigins: ['https://console.example.com'],
      domain: {
        domainName: 'jobs.example.com',
        certificateArn: 'arn:aws:acm:eu-west-1:123456789012:certificate/5a5cd40a-8a6b-4a3c-9f7e-6d2f8f5c1b2e',
        defaultEndpoint: false,
      },
    },
    data: { warmThroughput: { readUnitsPerSecond: 12_000, writeUnitsPerSecond: 4_000 } },
    kmsKeyArn: 'arn:aws:kms:eu-west-1:123456789012:key/7c4a0b53-3a6a-4e0d-9a53-8f3c5c0e6f21',
    vpc: { vpcId: 'vpc-0a1b2c3d4e5f60718', subnetIds: ['subnet-0a1b2c3d4e5f60718'], functions: 'all' },
    targets: {
      http: {
        hosts: ['hooks.example.com', '*.example.org:8443'],
        secretArns: ['arn:aws:secretsmanager:eu-west-1:123456789012:secret:hooks-AbCdEf'],
      },
      functionArns: ['arn:aws:lambda:eu-west-1:123456789012:function:report:live'],
      queueArns: ['arn:aws:sqs:eu-west-1:123456789012:work.fifo'],
      topicArns: ['arn:aws:sns:eu-west-1:123456789012:news'],
      eventBusArns: ['arn:aws:events:eu-west-1:123456789012:event-bus/orders'],
      stateMachineArns: ['arn:aws:states:eu-west-1:123456789012:stateMachine:billing:live'],
    },
    tracing: true,
    sourceMaps: true,
    events: {
      success: true,
      rules: {
        orders: {
          pattern: { source: ['shop'], 'detail-type': ['order.placed'] },
          trigger: 'pack-order',
          payload: { order: '{{ event.detail.orderId }}' },
        },
        gone: {
          bus: 'everything',
          pattern: { 'detail-type': ['run.dead'] },
          trigger: 'tell',
          payload: 'detail',
        },
        theirs: {
          bus: 'arn:aws:events:eu-west-1:123456789012:event-bus/partners',
          pattern: { source: [{ prefix: 'partner.' }] },
          trigger: 'import',
        },
      },
    },
  },
  /** Its app declares a task. */
  declaring: { name: 'declaring', events: { inbox: true } },
  throwaway: {
    name: 'throwaway',
    events: { inbox: true },
    data: { onDelete: 'destroy', pointInTimeRecovery: false },
    architecture: 'x86_64',
  },
  /** Nothing watches, nothing tells. */
  quiet: {
    name: 'quiet',
    canary: false,
    events: { enabled: false },
    alarms: { enabled: false },
    dashboard: false,
  },
  /** What may be somebody's own besides key and domain. */
  borrowed: {
    name: 'borrowed',
    vpc: {
      vpcId: 'vpc-0a1b2c3d4e5f60718',
      subnetIds: ['subnet-0a1b2c3d4e5f60718', 'subnet-1b2c3d4e5f6071829'],
      securityGroupIds: ['sg-0a1b2c3d4e5f60718'],
    },
    alarms: {
      topicArn: 'arn:aws:sns:eu-west-1:123456789012:alarms',
      runbookUrl: 'https://wiki.example.com/jobs',
    },
  },
};

export function addVariant(app: App, name: string): Stack {
  const stack = new EscapementStack(app, VARIANTS[name]);
  if (name === 'declaring')
    new ScheduledTask(stack, 'Nightly', {
      scheduler: stack.scheduler,
      id: 'nightly',
      task: { name: 'Nightly', handler: 'demo.echo', schedule: { kind: 'cron', expressions: ['0 2 * * *'] } },
    });
  return stack;
}
