import { readFileSync } from 'node:fs';
import type { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import type { Settings } from '../../../infra/config.ts';
import { METRICS } from '../../../shared/contract/metrics.ts';
import {
  type AlarmProperties,
  AlarmSchema,
  isInAlarm,
  metricsOf,
  type Series,
} from '../../support/alarm-evaluator.ts';
import type { Point } from '../../support/metric-math.ts';
import { deployment } from '../deployment.ts';

const alarmsOf = (template: Template): AlarmProperties[] =>
  Object.values(template.findResources('AWS::CloudWatch::Alarm')).map(({ Properties }) =>
    AlarmSchema.parse(Properties),
  );
const { template } = deployment();
const alarms = alarmsOf(template);
const withInbox = alarmsOf(deployment({ events: { inbox: true } }).template);

function alarm(name: string, settings?: Settings): AlarmProperties {
  const all = settings ? alarmsOf(deployment(settings).template) : withInbox;
  const found = all.find(({ AlarmName }) => AlarmName === `escapement-${name}`);
  if (!found) throw new Error(`no alarm ${name}`);
  return found;
}

/** Ten periods of one value. */
const always = (value: Point): Point[] => Array.from({ length: 10 }, () => value);
/** Ten periods, all but the last so many as before. */
const lately = (count: number, before: Point, now: Point): Point[] => [
  ...Array.from({ length: 10 - count }, () => before),
  ...Array.from({ length: count }, () => now),
];
const age = (seconds: number, visible: number): Series => ({
  ApproximateAgeOfOldestMessage: always(seconds),
  ApproximateNumberOfMessagesVisible: always(visible),
});

interface Case {
  fires: Series;
  /** What looks alike and is none. */
  quiet: Series[];
}

const backlog: Case = {
  fires: age(400, 12),
  // Retries and delayed messages grow old while nothing waits for a worker.
  quiet: [age(4_000, 0), age(200, 12), {}],
};
const CASES: Record<string, Case> = {
  'tick-silent': {
    fires: { CanaryRuns: lately(5, 1, undefined) },
    quiet: [{ CanaryRuns: always(1) }, { CanaryRuns: lately(2, 1, undefined) }],
  },
  'dispatch-lag': {
    fires: { LatenessMs: lately(3, 400, 31_000) },
    quiet: [{ LatenessMs: lately(2, 400, 31_000) }, { LatenessMs: always(30_000) }, {}],
  },
  'dispatch-backlog': { fires: age(130, 1), quiet: [age(130, 0), age(90, 1), {}] },
  'queue-backlog-high': backlog,
  'queue-backlog-default': backlog,
  'queue-backlog-low': backlog,
  'dead-letters': { fires: { RunsDead: lately(1, undefined, 1) }, quiet: [{ RunsDead: always(0) }, {}] },
  'sweeper-failing': {
    fires: { Errors: lately(3, 0, 1) },
    quiet: [{ Errors: lately(1, 0, 1) }, { Errors: always(0) }],
  },
  'inbox-backlog': { fires: age(130, 1), quiet: [age(130, 0), age(90, 1), {}] },
  'inbox-refused': {
    fires: { ApproximateNumberOfMessagesVisible: lately(1, 0, 1) },
    quiet: [{ ApproximateNumberOfMessagesVisible: always(0) }, {}],
  },
  'failure-rate': {
    fires: { AttemptsFailed: always(30), RunsSucceeded: always(10) },
    quiet: [
      { AttemptsFailed: always(10), RunsSucceeded: always(10) },
      // Too few to speak of a rate.
      { AttemptsFailed: always(3) },
      { RunsSucceeded: always(1_000) },
      {},
    ],
  },
  'throttled-functions': {
    fires: { Throttles: lately(3, 0, 1) },
    quiet: [{ Throttles: lately(1, 0, 9) }, {}],
  },
  'throttled-table': {
    fires: { WriteThrottleEvents: lately(3, undefined, 5) },
    quiet: [{ WriteThrottleEvents: lately(1, undefined, 50) }, {}],
  },
  'authorizer-errors': { fires: { Errors: lately(2, 0, 1) }, quiet: [{ Errors: lately(1, 0, 1) }, {}] },
  'api-errors': { fires: { '5xx': lately(2, 0, 5) }, quiet: [{ '5xx': always(4) }, {}] },
};

describe('the alarms', () => {
  it('are these, and each is tried out', () => {
    const names = withInbox.map(({ AlarmName }) => AlarmName.replace('escapement-', ''));
    expect(names.sort()).toEqual(Object.keys(CASES).sort());
  });

  it.each(Object.entries(CASES))('%s goes off when it should', (name, { fires }) => {
    expect(isInAlarm(alarm(name), fires)).toBe(true);
  });

  it.each(Object.entries(CASES))('%s stays quiet when nothing is wrong', (name, { quiet }) => {
    for (const series of quiet) expect(isInAlarm(alarm(name), series), JSON.stringify(series)).toBe(false);
  });

  it('say what silence means: trouble for the heartbeat, nothing for all others', () => {
    const breaching = alarms.filter(({ TreatMissingData }) => TreatMissingData === 'breaching');
    expect(breaching.map(({ AlarmName }) => AlarmName)).toEqual(['escapement-tick-silent']);
    expect(alarms.filter(({ TreatMissingData }) => TreatMissingData !== 'notBreaching')).toEqual(breaching);
  });

  it('read no metric that nobody writes, and five of our own at most', () => {
    const own = Object.values(METRICS).map(({ name }) => name);
    expect(own.length).toBeLessThanOrEqual(5);
    const aws = /^(Approximate(Age|Number)|Errors$|Throttles$|5xx$|(Read|Write)ThrottleEvents$)/;
    for (const name of alarms.flatMap(metricsOf))
      expect(aws.test(name) || own.some((mine) => mine === name)).toBe(true);
    const text = JSON.stringify(alarms);
    expect(text).not.toContain('"Name":"Queue"');
  });

  it('cost what the settings say: so many metrics at $0.10 a month', () => {
    expect(alarms.flatMap(metricsOf)).toHaveLength(26);
    expect(withInbox.flatMap(metricsOf)).toHaveLength(29);
  });
});

describe('the runbook', () => {
  const text = readFileSync(new URL('../../../docs/operations.md', import.meta.url), 'utf8');
  const anchors = [...text.matchAll(/^### (.+)$/gm)].map(([, title]) => title);
  const linked = withInbox.map(
    ({ AlarmDescription }) => /docs\/operations\.md#([\w-]+)$/.exec(AlarmDescription)?.[1],
  );

  it('has a section for every alarm, and no section without one', () => {
    expect([...new Set(linked)].sort()).toEqual(anchors.sort());
  });

  it('says in each what it means, where to look and what to do', () => {
    for (const section of text.split(/^### /m).slice(1)) {
      for (const part of ['**Means**', '**Look**', '**Do**']) expect(section).toContain(part);
    }
  });

  it('can lie elsewhere', () => {
    const { AlarmDescription } = alarm('dead-letters', {
      alarms: { runbookUrl: 'https://wiki.example.com/jobs' },
    });
    expect(AlarmDescription).toMatch(/ https:\/\/wiki\.example\.com\/jobs#dead-letters$/);
  });
});

describe('settings of the alarms', () => {
  it('without a canary the tick itself is watched', () => {
    const silent = alarm('tick-silent', { canary: false });
    expect(isInAlarm(silent, {})).toBe(true);
    expect(isInAlarm(silent, { Invocations: always(2), Errors: always(2) })).toBe(true);
    expect(isInAlarm(silent, { Invocations: always(2), Errors: always(0) })).toBe(false);
  });

  it('move the limits', () => {
    const settings = {
      alarms: { latenessSeconds: 5, backlogSeconds: 60, failurePercent: 10, failureMinimum: 1 },
    };
    expect(isInAlarm(alarm('dispatch-lag', settings), { LatenessMs: always(5_001) })).toBe(true);
    expect(isInAlarm(alarm('queue-backlog-low', settings), age(61, 1))).toBe(true);
    expect(
      isInAlarm(alarm('failure-rate', settings), { AttemptsFailed: always(1), RunsSucceeded: always(8) }),
    ).toBe(true);
  });

  it('give each queue an alarm, and as many throttle alarms as ten metrics each make', () => {
    const many = alarmsOf(
      deployment({ queues: Object.fromEntries([...'abcdefgh'].map((q) => [q, {}])) }).template,
    );
    const names = many.map(({ AlarmName }) => AlarmName);
    expect(names).toContain('escapement-queue-backlog-h');
    expect(names).toContain('escapement-throttled-functions-2');
    for (const one of many) expect(metricsOf(one).length).toBeLessThanOrEqual(10);
  });

  it('switch everything off', () => {
    const { template: bare } = deployment({ alarms: { enabled: false }, dashboard: false });
    for (const type of ['CloudWatch::Alarm', 'CloudWatch::Dashboard', 'SNS::Topic', 'KMS::Key'])
      bare.resourceCountIs(`AWS::${type}`, 0);
  });
});

describe('the topic of the alarms', () => {
  const Statements = z.array(
    z.object({ Action: z.unknown(), Effect: z.string(), Principal: z.unknown(), Condition: z.unknown() }),
  );
  const policy = (type: string, property: string) =>
    Statements.parse(
      Object.values(template.findResources(type))[0]?.Properties[property].Statement.map((one: object) => ({
        Condition: undefined,
        ...one,
      })),
    );

  it('is encrypted with a key that lets CloudWatch in, which the key of SNS does not', () => {
    template.hasResourceProperties('AWS::KMS::Key', { EnableKeyRotation: true });
    const granted = policy('AWS::KMS::Key', 'KeyPolicy').find(
      ({ Principal }) => JSON.stringify(Principal) === '{"Service":"cloudwatch.amazonaws.com"}',
    );
    expect(granted).toMatchObject({ Effect: 'Allow', Action: ['kms:Decrypt', 'kms:GenerateDataKey'] });
    expect(JSON.stringify(granted?.Condition)).toContain('aws:SourceAccount');
  });

  it('takes messages from the alarms of this account, and only over TLS', () => {
    const statements = policy('AWS::SNS::TopicPolicy', 'PolicyDocument');
    expect(statements.filter(({ Effect }) => Effect === 'Allow')).toEqual([
      expect.objectContaining({ Action: 'sns:Publish', Principal: { Service: 'cloudwatch.amazonaws.com' } }),
    ]);
    expect(statements.some(({ Effect }) => Effect === 'Deny')).toBe(true);
  });

  it('mails to the address in the settings, or is somebody’s own', () => {
    const mailed = deployment({ alarms: { email: 'ops@example.com' } }).template;
    mailed.hasResourceProperties('AWS::SNS::Subscription', {
      Protocol: 'email',
      Endpoint: 'ops@example.com',
    });
    const topicArn = 'arn:aws:sns:eu-west-1:123456789012:alarms';
    const own = deployment({ alarms: { topicArn } }).template;
    own.resourceCountIs('AWS::SNS::Topic', 0);
    own.allResourcesProperties('AWS::CloudWatch::Alarm', { AlarmActions: [topicArn] });
  });
});

describe('the dashboard', () => {
  it('shows every metric of our own, and the dead-letter queue of every queue', () => {
    const body = JSON.stringify(Object.values(template.findResources('AWS::CloudWatch::Dashboard'))[0]);
    for (const { name } of Object.values(METRICS)) expect(body).toContain(name);
    for (const queue of ['high', 'default', 'low']) expect(body).toContain(`label\\":\\"${queue}`);
  });
});
