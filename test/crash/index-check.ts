import {
  type AttributeValue,
  type DynamoDBClient,
  ListTablesCommand,
  ScanCommand,
} from '@aws-sdk/client-dynamodb';

type Item = Record<string, AttributeValue>;

/** What of the index does not agree with the items it is of, and what of the items does not agree with itself. */
export async function indexFaults(dynamo: DynamoDBClient, nowMs: number): Promise<string[]> {
  const { TableNames: [table] = [] } = await dynamo.send(new ListTablesCommand({}));
  if (table === undefined) return ['there is no table'];
  const items = await scan(dynamo, { TableName: table, ConsistentRead: true });
  const index = await scan(dynamo, { TableName: table, IndexName: 'byStatusAndTime' });
  const expected = new Set(items.filter(({ statusKey }) => statusKey).map(entryOf));
  const found = new Set(index.map(entryOf));
  return [
    ...[...expected].filter((entry) => !found.has(entry)).map((entry) => `not in the index: ${entry}`),
    ...[...found].filter((entry) => !expected.has(entry)).map((entry) => `only in the index: ${entry}`),
    ...items.flatMap((item) => stateFault(item, nowMs)),
  ];
}

/** Everything is over: no task of the past waits, no run is open, and each stands in the set of its status. */
function stateFault(item: Item, nowMs: number): string[] {
  const [pk, sk, status, set] = [item.pk, item.sk, item.status, item.statusKey].map(
    (value) => value?.S ?? '',
  );
  const [kind = ''] = (set ?? '').split('#');
  const wrong = (what: string) => [`${pk} ${sk}: ${status}, and ${what}`];
  if (sk === 'T') {
    const at = Number((item.timeKey?.S ?? '').split('#')[0]);
    if (kind !== '' && kind !== 'due' && kind !== 'hot') return wrong(`in the set ${kind}`);
    if (kind !== '' && status !== 'active') return wrong('yet due');
    return kind !== '' && at < nowMs ? wrong('overdue') : [];
  }
  if (!sk?.startsWith('X#')) return [];
  const right: Record<string, string[]> = { dead: ['dead', 'closed'] };
  return (right[status ?? ''] ?? ['ended']).includes(kind) ? [] : wrong(`in the set ${kind || 'none'}`);
}

const entryOf = ({ pk, sk, statusKey, timeKey }: Item): string =>
  [pk, sk, statusKey, timeKey].map((value) => value?.S).join(' ');

async function scan(
  dynamo: DynamoDBClient,
  q: { TableName: string; IndexName?: string; ConsistentRead?: boolean },
): Promise<Item[]> {
  const items: Item[] = [];
  let from: Item | undefined;
  do {
    const page = await dynamo.send(new ScanCommand({ ...q, ...(from && { ExclusiveStartKey: from }) }));
    items.push(...(page.Items ?? []));
    from = page.LastEvaluatedKey;
  } while (from);
  return items;
}
