import {
  GetEventSourceMappingCommand,
  LambdaClient,
  ListEventSourceMappingsCommand,
  UpdateEventSourceMappingCommand,
} from '@aws-sdk/client-lambda';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openAwsEndpoint } from '../../../../infra/local/aws-endpoint.ts';
import { lambdaControlPlane } from '../../../../infra/local/lambda/control-plane.ts';
import { openEventSources } from '../../../../infra/local/lambda/event-sources.ts';
import type { EventSourcePlan } from '../../../../infra/local/template/plan-functions.ts';
import { makeQueueFeeds } from '../../../../shared/adapters/lambda/queue-feeds.ts';
import { embeddedSqsClient } from '../../../support/embedded-sqs.ts';
import { eventually } from '../../../support/eventually.ts';

const FN = {
  logicalId: 'Worker',
  name: 'the-worker',
  arn: 'arn:aws:lambda:us-east-1:000000000000:function:the-worker',
};

/** One mapping behind the loopback endpoint, with the SDK's client in front of it. */
async function world() {
  const sqs = await embeddedSqsClient();
  const { url, arn } = sqs.createQueue('work', { visibilityTimeoutSeconds: 60 });
  const handled: string[] = [];
  const sizes: number[] = [];
  const plan = {
    logicalId: 'Feed',
    functionId: FN.logicalId,
    queue: { arn },
    batchSize: 10,
    batchWindowSeconds: 0,
    reportBatchItemFailures: true,
    maximumConcurrency: 5,
    enabled: true,
  } as EventSourcePlan;
  const sources = openEventSources({
    plans: [plan],
    optionsOf: () => ({
      queueArn: arn,
      sqs: sqs.engine,
      batchSize: 10,
      functionTimeoutSeconds: 10,
      reportBatchItemFailures: true,
      invoke: async (event) => void handled.push(...event.Records.map(({ body }) => body)),
      log: { debug() {}, info() {}, warn() {}, error() {} },
    }),
    resize: (_functionId, limit) => void sizes.push(limit),
    nowMs: Date.now,
  });
  const endpoint = await openAwsEndpoint(() => {});
  endpoint.serve({ lambda: lambdaControlPlane(sources, [FN]) });
  const client = new LambdaClient({
    region: 'us-east-1',
    endpoint: endpoint.url,
    credentials: { accessKeyId: 'anybody', secretAccessKey: 'x' },
    maxAttempts: 1,
  });
  onTestFinished(async () => {
    client.destroy();
    await sources.stop();
    await endpoint.close();
    await sqs.close();
  });
  const send = (MessageBody: string) =>
    sqs.client.send(new SendMessageCommand({ QueueUrl: url, MessageBody }));
  return { client, sources, sizes, handled, send };
}

describe('Lambda’s event source mappings', () => {
  it('show what the template says, by id and in a list', async () => {
    const { client } = await world();
    const mapping = {
      UUID: 'Feed',
      State: 'Enabled',
      ScalingConfig: { MaximumConcurrency: 5 },
      BatchSize: 10,
    };
    expect(await client.send(new GetEventSourceMappingCommand({ UUID: 'Feed' }))).toMatchObject(mapping);
    const list = (FunctionName?: string) =>
      client.send(new ListEventSourceMappingsCommand(FunctionName === undefined ? {} : { FunctionName }));
    expect((await list()).EventSourceMappings).toMatchObject([mapping]);
    expect((await list('the-worker')).EventSourceMappings).toHaveLength(1);
    expect((await list('another')).EventSourceMappings).toEqual([]);
  });

  it('stop and start to feed, and remember what was said before they start', async () => {
    const { client, sources, send, handled } = await world();
    const feeds = makeQueueFeeds(client, { work: { id: 'Feed' } });
    expect(await feeds.look('work')).toEqual({ enabled: true, workers: 5 });
    expect(await feeds.set('work', { enabled: false, workers: 5 })).toBe(true);
    expect(await feeds.look('work')).toEqual({ enabled: false, workers: 5 });
    sources.start();
    await send('one');
    await feeds.set('work', { enabled: true, workers: 5 });
    await eventually(async () => expect(handled).toEqual(['one']));
    await feeds.set('work', { enabled: false, workers: 5 });
    await send('two');
    await feeds.set('work', { enabled: true, workers: 5 });
    await eventually(async () => expect(handled).toEqual(['one', 'two']));
  });

  it('let more or fewer invocations run', async () => {
    const { client, sizes } = await world();
    const feeds = makeQueueFeeds(client, { work: { id: 'Feed' } });
    await feeds.set('work', { enabled: true, workers: 40 });
    expect(await feeds.look('work')).toEqual({ enabled: true, workers: 40 });
    expect(sizes.at(-1)).toBe(40);
  });

  it('refuse what Lambda refuses, in its words', async () => {
    const { client } = await world();
    const update = (input: object) =>
      client.send(new UpdateEventSourceMappingCommand({ UUID: 'Feed', ...input }));
    await expect(update({ UUID: 'None', Enabled: true })).rejects.toThrow(
      expect.objectContaining({ name: 'ResourceNotFoundException' }),
    );
    await expect(update({ ScalingConfig: { MaximumConcurrency: 1 } })).rejects.toThrow(
      expect.objectContaining({ name: 'InvalidParameterValueException' }),
    );
    expect(await makeQueueFeeds(client, {}).look('elsewhere')).toBeUndefined();
  });
});
