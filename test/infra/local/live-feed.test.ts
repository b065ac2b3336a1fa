import { PassThrough } from 'node:stream';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openLiveFeed } from '../../../infra/local/live/live-feed.ts';
import { EXECUTION, encode, STATE } from '../../../shared/adapters/dynamodb/codec.ts';
import { aRun, aState } from '../../contracts/samples.ts';
import { makeWorld, TABLE } from './dynamodb/world.ts';
import { until } from './support/until.ts';

const plain = (item: object): Record<string, unknown> => JSON.parse(JSON.stringify(item));

/** A feed of an engine in memory, and readers that keep what they are told. */
async function world(options: { table?: string; heartbeatMs?: number } = {}) {
  const feed = openLiveFeed({ table: TABLE, ...options });
  onTestFinished(() => feed.close());
  const { engine, close } = await makeWorld({ onWrites: feed.tell });
  onTestFinished(close);
  const write = async (...items: object[]) => {
    const TransactItems = items.map((item) => ({ Put: { TableName: TABLE, Item: plain(item) } }));
    const { statusCode, body } = await engine.call('TransactWriteItems', { TransactItems });
    expect([statusCode, body]).toEqual([200, expect.anything()]);
  };
  const reader = (tenant: string, mayStay = async () => true) => {
    const to = new PassThrough();
    const text: string[] = [];
    to.on('data', (chunk) => text.push(String(chunk)));
    const opened = feed.follow(tenant, mayStay);
    opened?.(to);
    return { to, isTaken: opened !== undefined, heard: () => text.join('') };
  };
  return { feed, engine, write, reader };
}

describe('the live feed', () => {
  it('tells of tasks and runs as they are stored, each in one event', async () => {
    const { write, reader } = await world();
    const { heard } = reader('root');
    await write(encode(STATE, aState({ status: 'paused' })), encode(EXECUTION, aRun()));
    await until(() => heard().includes('run.changed'), 'both events');
    expect(heard().split('\n\n').slice(1, -1)).toEqual([
      'event: task.changed\ndata: {"taskId":"nightly","status":"paused"}',
      'event: run.changed\ndata: {"taskId":"nightly","executionId":"nightly~001795251600000","status":"running"}',
    ]);
  });

  it('tells a tenant of what is its own, and all of them of queues', async () => {
    const { write, reader } = await world();
    const [root, acme] = [reader('root'), reader('acme')];
    await write(encode(STATE, aState()), { pk: { S: 'Q#settings' }, sk: { S: 'Q' } });
    await until(() => acme.heard().includes('queue.changed'), 'the event of all');
    expect(root.heard()).toContain('nightly');
    expect(acme.heard()).not.toContain('nightly');
  });

  it('says nothing of other items, other tables and refused writes', async () => {
    const { write, reader, engine } = await world();
    const { heard } = reader('root');
    const other = (await world({ table: 'Another' })).reader('root');
    await write({ pk: { S: 'T#root#nightly' }, sk: { S: 'D' } }, { pk: { S: 'K#root' }, sk: { S: 'days' } });
    const refused = await engine.call('PutItem', {
      TableName: TABLE,
      Item: plain(encode(STATE, aState({ taskId: 'refused' }))),
      ConditionExpression: 'attribute_exists(pk)',
    });
    expect(refused.statusCode).toBe(400);
    await write(encode(STATE, aState({ taskId: 'last' })));
    await until(() => heard().includes('last'), 'what came after');
    expect(heard().match(/^event: /gm)).toHaveLength(1);
    expect(other.heard()).toBe('retry: 1000\n\n');
  });

  it('says that a run is gone', async () => {
    const { engine, write, reader } = await world();
    await write(encode(EXECUTION, aRun()));
    const { heard } = reader('root');
    const { pk, sk } = encode(EXECUTION, aRun());
    await engine.call('DeleteItem', { TableName: TABLE, Key: plain({ pk, sk }) });
    await until(() => heard().includes('run.changed'), 'the event');
    expect(heard()).toContain('data: {"taskId":"nightly","executionId":"nightly~001795251600000"}\n');
  });

  it('gives signs of life, and ends whose credential is no longer good', async () => {
    const { reader } = await world({ heartbeatMs: 5 });
    let isGood = true;
    const [stays, goes] = [reader('root'), reader('root', async () => isGood)];
    await until(() => goes.heard().includes(': still here'), 'a sign of life');
    isGood = false;
    await until(() => goes.to.writableEnded, 'its end');
    expect(stays.to.writableEnded).toBe(false);
  });

  it('drops who does not read, and nobody else', async () => {
    const { write, reader } = await world();
    const reads = reader('root');
    const slow = reader('root');
    slow.to.pause();
    for (let round = 0; !slow.to.destroyed; round++) {
      expect(round).toBeLessThan(100);
      await write(...Array.from({ length: 99 }, (_, n) => encode(STATE, aState({ taskId: `job-${n}` }))));
    }
    expect(reads.to.destroyed).toBe(false);
    await write(encode(STATE, aState({ taskId: 'after' })));
    await until(() => reads.heard().includes('after'), 'what came after');
  });

  it('has places for so many readers, and none when it is closed', async () => {
    const { feed, reader } = await world();
    const readers = Array.from({ length: 100 }, () => reader('root'));
    expect(readers.every(({ isTaken }) => isTaken)).toBe(true);
    expect(reader('root').isTaken).toBe(false);
    readers[0]?.to.destroy();
    await until(() => reader('root').isTaken, 'a place');
    feed.close();
    expect(readers.slice(1).every(({ to }) => to.writableEnded)).toBe(true);
    expect(reader('root').isTaken).toBe(false);
  });
});
