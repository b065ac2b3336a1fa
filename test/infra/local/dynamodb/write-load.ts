import { TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { createSchedulerTable, embeddedDynamoClient } from '../../../support/embedded-dynamo.ts';

/**
 * Runs in a process that gets killed: writers put, move and delete items as fast as they can and say so on stdout,
 * `<` before and `>` after, with the item and its version (0: deleted). Starts where the file left off.
 */
const [file = '', first = '1'] = process.argv.slice(2);
const TABLE = 'Jobs';
const WRITERS = 16;

const { client, engine } = embeddedDynamoClient({ file });
if (first === '1') await createSchedulerTable(client, TABLE);

async function put(item: string, version: number): Promise<void> {
  const Item = marshall({
    pk: item,
    sk: 'X',
    version,
    statusKey: `open#${version % 3}`,
    timeKey: String(version).padStart(9, '0'),
    padding: 'x'.repeat(300),
  });
  // Every third write goes with a second item: both or none must be there afterwards.
  if (version % 3 > 0) await engine.call('PutItem', { TableName: TABLE, Item });
  else
    await client.send(
      new TransactWriteItemsCommand({
        TransactItems: [
          { Put: { TableName: TABLE, Item } },
          { Put: { TableName: TABLE, Item: marshall({ pk: item, sk: 'D', version }) } },
        ],
      }),
    );
}

async function write(writer: number): Promise<never> {
  for (let version = Number(first); ; version++) {
    const item = `${writer}.${version % 20}`;
    const deletes = version % 11 === 0;
    process.stdout.write(`< ${item} ${deletes ? 0 : version}\n`);
    if (deletes) await engine.call('DeleteItem', { TableName: TABLE, Key: marshall({ pk: item, sk: 'X' }) });
    else await put(item, version);
    process.stdout.write(`> ${item} ${deletes ? 0 : version}\n`);
  }
}

await Promise.all(Array.from({ length: WRITERS }, (_, writer) => write(writer)));
