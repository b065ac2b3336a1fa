import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type AttributeValue, QueryCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  createSchedulerTable,
  type EmbeddedDynamo,
  embeddedDynamoClient,
} from '../../../support/embedded-dynamo.ts';

const TABLE = 'Jobs';
const KILLS = 4;
const WRITES_BEFORE_KILL = 1500;
const LOAD = join(import.meta.dirname, 'write-load.ts');
const ENGINE = join(import.meta.dirname, '../../../../infra/local/dynamodb/engine.ts');

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'escapement-dynamo-'));
  file = join(folder, 'data', 'tables.db');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** What the killed writers said of an item: its last acknowledged version and what was under way. */
interface Said {
  acknowledged: number;
  underway: number | undefined;
}

async function loadUntilKilled(said: Map<string, Said>, first: number): Promise<number> {
  const child = spawn(process.execPath, [LOAD, file, String(first)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exit = once(child, 'exit');
  let acknowledged = 0;
  let highest = first;
  for await (const line of createInterface({ input: child.stdout })) {
    const [mark, item = '', version = '0'] = line.split(' ');
    const about = said.get(item) ?? { acknowledged: 0, underway: undefined };
    said.set(item, about);
    if (mark === '<') about.underway = Number(version);
    else {
      about.acknowledged = Number(version);
      about.underway = undefined;
      acknowledged++;
    }
    highest = Math.max(highest, Number(version));
    if (acknowledged === WRITES_BEFORE_KILL) child.kill('SIGKILL');
  }
  await exit;
  expect(child.signalCode).toBe('SIGKILL');
  return highest + 1;
}

interface Page {
  Items?: Record<string, AttributeValue>[] | undefined;
  LastEvaluatedKey?: Record<string, AttributeValue> | undefined;
}

async function everything(read: (from: Page['LastEvaluatedKey']) => Promise<Page>) {
  const found: Record<string, unknown>[] = [];
  let from: Page['LastEvaluatedKey'];
  do {
    const { Items = [], LastEvaluatedKey } = await read(from);
    found.push(...Items.map((item) => unmarshall(item)));
    from = LastEvaluatedKey;
  } while (from);
  return found;
}

describe('a killed process', () => {
  it('loses no acknowledged write and no index entry', async () => {
    const said = new Map<string, Said>();
    let first = 1;
    for (let kill = 0; kill < KILLS; kill++) {
      first = await loadUntilKilled(said, first);
      const dynamo = embeddedDynamoClient({ file });
      await compare(dynamo, said);
      await dynamo.close();
    }
    expect(said.size).toBeGreaterThan(100);
  });
});

async function compare({ client }: EmbeddedDynamo, said: Map<string, Said>): Promise<void> {
  const items = await everything((ExclusiveStartKey) =>
    client.send(new ScanCommand({ TableName: TABLE, ExclusiveStartKey })),
  );
  const versions = new Map(
    items.filter((item) => item.sk === 'X').map((item) => [item.pk, Number(item.version)]),
  );
  const companions = new Map(
    items.filter((item) => item.sk === 'D').map((item) => [item.pk, Number(item.version)]),
  );
  const wrong: string[] = [];
  for (const [item, { acknowledged, underway }] of said) {
    const version = versions.get(item) ?? 0;
    if (version !== acknowledged && version !== underway)
      wrong.push(`${item}: acknowledged ${acknowledged}, under way ${underway}, found ${version}`);
    if (version > 0 && version % 3 === 0 && companions.get(item) !== version)
      wrong.push(`${item}: half a transaction, ${version} with ${companions.get(item)}`);
    // What was under way is settled now, one way or the other.
    said.set(item, { acknowledged: version, underway: undefined });
  }
  expect(wrong).toEqual([]);
  const entries = await Promise.all(
    [0, 1, 2].map((status) =>
      everything((ExclusiveStartKey) =>
        client.send(
          new QueryCommand({
            TableName: TABLE,
            IndexName: 'byStatusAndTime',
            KeyConditionExpression: 'statusKey = :s',
            ExpressionAttributeValues: { ':s': { S: `open#${status}` } },
            ExclusiveStartKey,
          }),
        ),
      ),
    ),
  );
  const indexed = entries.flat().map((entry) => `${entry.pk} ${entry.statusKey} ${entry.timeKey}`);
  const expected = items
    .filter((item) => item.sk === 'X')
    .map((item) => `${item.pk} ${item.statusKey} ${item.timeKey}`);
  expect(indexed.sort()).toEqual(expected.sort());
}

describe('the data file', () => {
  const RIVAL = `
    const { openDynamoEngine } = await import(${JSON.stringify(ENGINE)});
    const [file, lockWaitMs] = process.argv.slice(1);
    console.log('opening');
    try {
      await openDynamoEngine({ file, lockWaitMs: Number(lockWaitMs) }).close();
      console.log('opened');
    } catch (error) {
      console.log(error.message);
    }
  `;
  /** Opens the file in another process; tells when that begins, then how it ended. */
  async function* openElsewhere(lockWaitMs: number): AsyncGenerator<string> {
    const child = spawn(process.execPath, ['--input-type=module', '-e', RIVAL, file, String(lockWaitMs)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    yield* createInterface({ input: child.stdout });
  }
  async function outcome(said: AsyncGenerator<string>): Promise<string> {
    let last = '';
    for await (const line of said) last = line;
    return last;
  }

  it('keeps tables and items over a restart', async () => {
    const before = embeddedDynamoClient({ file });
    await createSchedulerTable(before.client, TABLE);
    await before.engine.call('PutItem', { TableName: TABLE, Item: { pk: { S: 'a' }, sk: { S: 'b' } } });
    await before.close();
    const after = embeddedDynamoClient({ file });
    const { body } = await after.engine.call('Scan', { TableName: TABLE });
    expect(body.Items).toEqual([{ pk: { S: 'a' }, sk: { S: 'b' } }]);
    await after.close();
  });

  it('belongs to one process: a second waits for a while and then says so', async () => {
    const owner = embeddedDynamoClient({ file });
    expect(await outcome(openElsewhere(200))).toContain('is in use by another process');
    await owner.close();
    expect(await outcome(openElsewhere(200))).toBe('opened');
  });

  it('is handed over when its owner ends while the next one waits', async () => {
    const owner = embeddedDynamoClient({ file });
    const rival = openElsewhere(10_000);
    expect((await rival.next()).value).toBe('opening');
    await owner.close();
    expect(await outcome(rival)).toBe('opened');
  });
});

describe('closing', () => {
  it('answers what was asked before and refuses what comes after', async () => {
    const { engine } = embeddedDynamoClient({ file });
    const asked = Array.from({ length: 250 }, () => engine.call('ListTables', {}));
    await engine.close();
    expect((await Promise.all(asked)).every((reply) => reply.statusCode === 200)).toBe(true);
    await expect(engine.call('ListTables', {})).rejects.toThrow('closed');
    await engine.close();
  });
});
