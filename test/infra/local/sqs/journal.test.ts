import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { openSqsEngine } from '../../../../infra/local/sqs/engine.ts';
import { openJournals } from '../../../../infra/local/sqs/journal.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** Queues `kept`, its dead letters, and `other`, of an engine that may be started again on the same file. */
async function start(file: string, nowMs = () => Date.UTC(2026, 10, 21)) {
  const journals = openJournals(file);
  const engine = await openSqsEngine({
    nowMs,
    journalOf: (name) => (name === 'other' ? undefined : journals.of(name)),
  });
  const call = async (action: string, queue: string, input: object = {}) => {
    const QueueUrl = `http://127.0.0.1/000000000000/${queue}`;
    const { statusCode, body } = await engine.call(action, { QueueUrl, ...input });
    if (statusCode !== 200) throw new Error(body);
    return JSON.parse(body);
  };
  const { arn } = engine.createQueue('kept-dlq');
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: arn, maxReceiveCount: 1 });
  engine.createQueue('kept', { RedrivePolicy });
  engine.createQueue('other');
  const send = (queue: string, MessageBody: string, more: object = {}) =>
    call('SendMessage', queue, { MessageBody, ...more });
  const receive = async (queue: string) => {
    const input = { MaxNumberOfMessages: 10, MessageAttributeNames: ['All'], VisibilityTimeout: 30 };
    const { Messages = [] } = await call('ReceiveMessage', queue, input);
    return Messages;
  };
  let open = true;
  const stop = async () => {
    if (open) await engine.close();
    if (open) journals.close();
    open = false;
  };
  onTestFinished(stop);
  return { send, receive, call, stop };
}
const bodies = (messages: { Body: string }[]) => messages.map(({ Body }) => Body);
const newFile = () => join(temporaryFolder(), 'queues.sqlite');

it('a queue with a journal has its messages after a restart, also those that somebody had in hand', async () => {
  const file = newFile();
  const first = await start(file);
  await first.send('kept', 'in hand', { MessageAttributes: { a: { DataType: 'String', StringValue: 'x' } } });
  const [{ MessageId }] = await first.receive('kept');
  await first.send('kept', 'waits');
  await first.send('other', 'forgotten');
  await first.stop();
  const second = await start(file);
  const received = await second.receive('kept');
  expect(bodies(received)).toEqual(['in hand', 'waits']);
  expect(received[0]).toMatchObject({ MessageId, MessageAttributes: { a: { StringValue: 'x' } } });
  expect(await second.receive('other')).toEqual([]);
});

it('what was deleted or purged does not come back', async () => {
  const file = newFile();
  const first = await start(file);
  await first.send('kept', 'deleted');
  const [{ ReceiptHandle }] = await first.receive('kept');
  await first.call('DeleteMessage', 'kept', { ReceiptHandle });
  await first.send('kept-dlq', 'purged');
  await first.call('PurgeQueue', 'kept-dlq');
  await first.stop();
  const second = await start(file);
  expect([...(await second.receive('kept')), ...(await second.receive('kept-dlq'))]).toEqual([]);
});

it('a delay goes on, and dead letters stay where they are', async () => {
  const file = newFile();
  let now = Date.UTC(2026, 10, 21);
  const first = await start(file, () => now);
  await first.send('kept', 'later', { DelaySeconds: 60 });
  await first.send('kept', 'spent');
  await first.receive('kept');
  now += 31_000;
  await first.receive('kept');
  await first.stop();
  const second = await start(file, () => now);
  expect(await second.receive('kept')).toEqual([]);
  expect(bodies(await second.receive('kept-dlq'))).toEqual(['spent']);
  now += 30_000;
  expect(bodies(await second.receive('kept'))).toEqual(['later']);
});
