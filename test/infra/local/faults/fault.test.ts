import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { AwsServices } from '../../../../infra/local/aws-endpoint.ts';
import { boundaryOf } from '../../../../infra/local/faults/boundary.ts';
import { isAt, parseFaults } from '../../../../infra/local/faults/fault.ts';
import { armFaults, STRUCK } from '../../../../infra/local/faults/faults.ts';

const EXECUTOR = 'SchedulerExecutordefault';
const key = (pk: string, sk: string) => ({ pk: { S: pk }, sk: { S: sk } });
const claim = { TableName: 't', Item: { ...key('T#root#a', 'X#000001'), status: { S: 'running' } } };
const finish = {
  TableName: 't',
  Key: key('T#root#a', 'X#000001'),
  ExpressionAttributeValues: { ':status': { S: 'dead' } },
};

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});
function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'escapement-faults-'));
  folders.push(made);
  return made;
}

describe('a fault point', () => {
  it.each([
    ['before:executor:PutItem', 'PutItem', claim, true],
    ['before:executor:PutItem:run', 'PutItem', claim, true],
    ['before:executordefault:PutItem:run=running', 'PutItem', claim, true],
    ['before:*:PutItem:run', 'PutItem', claim, true],
    ['before:executorhigh:PutItem:run', 'PutItem', claim, false],
    ['before:executor:PutItem:task', 'PutItem', claim, false],
    ['before:executor:UpdateItem:run', 'PutItem', claim, false],
    ['after:executor:UpdateItem:run=dead', 'UpdateItem', finish, true],
    ['after:executor:UpdateItem:run=success', 'UpdateItem', finish, false],
  ])('%s is met by what it names, and by nothing else', (text, operation, input, expected) => {
    const [fault] = parseFaults(text);
    expect(fault && isAt(fault, boundaryOf(EXECUTOR, operation, input))).toBe(expected);
  });

  it('names queries by the set of the index that they read, messages by their queue, events by their type', () => {
    const query = {
      IndexName: 'byStatusAndTime',
      KeyConditionExpression: 'statusKey = :s',
      ExpressionAttributeValues: { ':s': { S: 'open#3' } },
    };
    expect(boundaryOf('f', 'Query', query).kinds).toContain('open');
    const send = { QueueUrl: 'http://127.0.0.1/0/escapement-default-dlq', MessageBody: '{}' };
    expect(boundaryOf('f', 'SendMessage', send).kinds).toContain('default-dlq');
    const put = { Entries: [{ DetailType: 'run.dead', Detail: '{}' }] };
    expect(boundaryOf('f', 'PutEvents', put).kinds).toContain('run.dead');
  });

  it('names every part of a transaction', () => {
    const writes = { TransactItems: [{ Put: claim }, { Update: { Key: key('T#root#a', 'T') } }] };
    expect([...boundaryOf('f', 'TransactWriteItems', writes).kinds].sort()).toEqual(['run', 'task']);
  });

  it.each(['now', 'before:executor', 'during:executor:PutItem', 'after:tick:Invoke@function', 'after:a:B#0'])(
    '%s is refused',
    (text) => {
      expect(() => parseFaults(text)).toThrow(/fault point|only the engine/);
    },
  );
});

describe('an armed fault', () => {
  function world(text: string, dataDirectory = folder()) {
    const events: string[] = [];
    const faults = armFaults({
      faults: parseFaults(text),
      dataDirectory,
      nameOf: (id) => (id === 'fn' ? EXECUTOR : undefined),
      killEngine: () => void events.push('engine killed'),
      killFunction: (session) => void events.push(`killed ${session}`),
    });
    const services: AwsServices = {
      DynamoDB: async (operation) => {
        events.push(operation);
        return { statusCode: 200, body: {} };
      },
    };
    const { signal } = new AbortController();
    const call = (operation: string, input: unknown, caller = 'fn') =>
      faults.around(services).DynamoDB?.(operation, input, { caller, session: 's1', signal });
    return { call, events, dataDirectory, faults };
  }

  it('strikes before the request, which is then never made', async () => {
    const { call, events } = world('before:executor:PutItem:run');
    await call('PutItem', claim);
    expect(events).toEqual(['engine killed']);
  });

  it('strikes after the n-th such request, once', async () => {
    const { call, events } = world('after:executor:PutItem:run#2');
    for (let n = 0; n < 4; n++) await call('PutItem', claim);
    expect(events).toEqual(['PutItem', 'PutItem', 'engine killed', 'PutItem', 'PutItem']);
  });

  it('strikes the one process that asked', async () => {
    const { call, events } = world('after:executor:PutItem:run@function');
    await call('PutItem', claim);
    expect(events).toEqual(['PutItem', 'killed s1']);
  });

  it('takes the stores away, for the request that was made as well', async () => {
    const { call, events } = world('after:executor:PutItem:run@stores');
    expect(await call('PutItem', claim)).toMatchObject({ statusCode: 500 });
    expect(await call('UpdateItem', finish)).toMatchObject({ statusCode: 500 });
    expect(await call('UpdateItem', finish, 'somebody')).toMatchObject({ statusCode: 200 });
    expect(events).toEqual(['PutItem', 'UpdateItem']);
  });

  it('leaves requests of people alone', async () => {
    const { call, events } = world('before:*:PutItem');
    await call('PutItem', claim, 'somebody');
    expect(events).toEqual(['PutItem']);
  });

  it('strikes once per data folder, whatever starts there again', async () => {
    const text = 'before:executor:PutItem:run,after:executor:UpdateItem';
    const first = world(text);
    await first.call('PutItem', claim);
    expect(readFileSync(join(first.dataDirectory, STRUCK), 'utf8')).toBe('before:executor:PutItem:run\n');
    const second = world(text, first.dataDirectory);
    await second.call('PutItem', claim);
    await second.call('UpdateItem', finish);
    expect(second.events).toEqual(['PutItem', 'UpdateItem', 'engine killed']);
  });

  it('strikes around invocations, too', async () => {
    const { faults, events } = world('after:executor:Invoke');
    await faults.aroundInvoke('fn', {}, async () => events.push('invoked'));
    expect(events).toEqual(['invoked', 'engine killed']);
  });
});
