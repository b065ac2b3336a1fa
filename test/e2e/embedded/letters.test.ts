import {
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ListMessageMoveTasksCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageCommand,
  type SQSClient,
  StartMessageMoveTaskCommand,
} from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { readAll } from '../../support/api-world.ts';
import { type Run, RunDocument } from '../../support/documents.ts';
import { eventually } from '../../support/eventually.ts';
import { type OwnEngine, startOwnEngine } from './own-engine.ts';

const Letter = z.looseObject({ kind: z.literal('letter'), executionId: z.string(), redriveTo: z.string() });

describe('dead letters in the hands of SQS', () => {
  let engine: OwnEngine;
  let sqs: SQSClient;
  beforeAll(async () => {
    engine = await startOwnEngine();
    sqs = engine.openSqs();
  });
  afterAll(() => engine.dispose());

  it('run again once when moved to their work queue', async () => {
    const dead = await makeDead('high');
    const letter = await letterOf(dead, 'high');
    const [source, work] = await Promise.all([arnOf('high-dlq'), arnOf('high')]);
    expect(letter.redriveTo).toBe(work);

    expect(await move(source, work)).toMatchObject({ Status: 'COMPLETED' });
    const run = await engine.world.reached(dead.id, 'success');
    expect(run).toMatchObject({ attempt: 4, idempotencyKey: dead.idempotencyKey });
    expect(await engine.world.runs(dead.taskId)).toHaveLength(1);
    expect(await lettersIn('high-dlq')).toEqual([]);
  });

  it('stay where they are when moved without a destination, for SQS knows none', async () => {
    const dead = await makeDead('low');
    await letterOf(dead, 'low');
    const source = await arnOf('low-dlq');
    expect(await move(source, undefined)).toMatchObject({
      Status: 'FAILED',
      FailureReason: 'CouldNotDetermineMessageSource',
    });
    await witness('low');
    expect(await engine.world.run(dead.id)).toMatchObject({ status: 'dead', attempt: 3 });
    await letterOf(dead, 'low');
  });

  it('do nothing when their run has been retried meanwhile', async () => {
    const dead = await makeDead('default');
    await letterOf(dead, 'default');
    await engine.world.must(202, 'POST', `/v1/executions/${dead.id}/retry`);
    const done = await engine.world.reached(dead.id, 'success');

    expect(await move(await arnOf('default-dlq'), await arnOf('default'))).toMatchObject({
      Status: 'COMPLETED',
    });
    await drained('default');
    await witness('default');
    expect(await engine.world.run(dead.id)).toEqual(done);
  });

  it('may be moved to another work queue: the run goes back to its own', async () => {
    const dead = await makeDead('default');
    await letterOf(dead, 'default');
    expect(await move(await arnOf('default-dlq'), await arnOf('high'))).toMatchObject({
      Status: 'COMPLETED',
    });
    expect(await engine.world.reached(dead.id, 'success')).toMatchObject({ queue: 'default', attempt: 4 });
  });

  it('come from runs only: a message that nobody can read is set aside as it came', async () => {
    const key = { tenant: 'root', taskId: 'never-was', occurrence: '000000000000001' };
    const unreadable = [
      'not JSON',
      '{"v":1',
      '[]',
      JSON.stringify({ v: 99, kind: 'hint', ...key }),
      JSON.stringify({ v: 1, kind: 'hint', ...key, occurrence: 'soon' }),
    ];
    const harmless = [
      JSON.stringify({ v: 1, kind: 'hint', ...key }),
      JSON.stringify({ v: 1, kind: 'hint', ...key, tenant: 'other' }),
    ];
    const QueueUrl = await urlOf('high');
    for (const MessageBody of [...unreadable, ...harmless])
      await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }));

    await eventually(async () => {
      const bodies = (await lettersIn('high-dlq')).map(({ Body }) => Body);
      expect(bodies.toSorted()).toEqual(unreadable.toSorted());
    });
    await drained('high');
    await witness('high');
    expect(await readAll(engine.world, '/v1/queues/high/dead-letters?limit=200', RunDocument)).toEqual([]);
  });

  /** Dies after three attempts and succeeds on the fourth. */
  async function makeDead(queue: string): Promise<Run> {
    const { world } = engine;
    const task = await world.task({
      handler: 'demo.fail',
      payload: { times: 3 },
      queue,
      schedule: { kind: 'now' },
      retry: { strategy: 'fixed', limit: 2, baseSeconds: 1, maxSeconds: 1 },
    });
    const [run] = await world.ended(task.id, 1, 30_000);
    expect(run).toMatchObject({ status: 'dead', attempt: 3 });
    return RunDocument.parse(run);
  }

  const letterOf = ({ id }: Run, queue: string) =>
    eventually(async () => {
      const letters = (await lettersIn(`${queue}-dlq`)).map(({ Body = '' }) =>
        Letter.parse(JSON.parse(Body)),
      );
      const letter = letters.find(({ executionId }) => executionId === id);
      if (!letter) throw new Error(`no letter of ${id} among ${letters.length}`);
      return letter;
    });

  async function lettersIn(queue: string): Promise<Message[]> {
    const QueueUrl = await urlOf(queue);
    const query = { QueueUrl, MaxNumberOfMessages: 10, VisibilityTimeout: 0, WaitTimeSeconds: 0 };
    return (await sqs.send(new ReceiveMessageCommand(query))).Messages ?? [];
  }

  async function move(SourceArn: string, DestinationArn: string | undefined) {
    const destination = DestinationArn === undefined ? {} : { DestinationArn };
    await sqs.send(new StartMessageMoveTaskCommand({ SourceArn, ...destination }));
    return eventually(async () => {
      const { Results = [] } = await sqs.send(new ListMessageMoveTasksCommand({ SourceArn }));
      expect(Results[0]?.Status).toMatch(/COMPLETED|FAILED/);
      return Results[0];
    });
  }

  /** Somebody has taken everything out of the queue. */
  const drained = (queue: string) =>
    eventually(async () => {
      const names = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'] as const;
      const QueueUrl = await urlOf(queue);
      const { Attributes } = await sqs.send(
        new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [...names] }),
      );
      expect(names.map((name) => Attributes?.[name])).toEqual(['0', '0']);
    });

  /** The queue still works. */
  async function witness(queue: string): Promise<void> {
    const task = await engine.world.task({ queue, schedule: { kind: 'now' } });
    const runs = await engine.world.ended(task.id);
    expect(runs.map(({ status }) => status)).toEqual(['success']);
  }

  const urlOf = async (queue: string): Promise<string> =>
    (await sqs.send(new GetQueueUrlCommand({ QueueName: `escapement-${queue}` }))).QueueUrl ?? '';

  async function arnOf(queue: string): Promise<string> {
    const command = new GetQueueAttributesCommand({
      QueueUrl: await urlOf(queue),
      AttributeNames: ['QueueArn'],
    });
    return (await sqs.send(command)).Attributes?.QueueArn ?? '';
  }
});
