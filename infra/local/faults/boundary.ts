/** What a function asks of a service, as far as a fault point can name it. */
export interface Boundary {
  /** Short name of the function. */
  fn: string;
  operation: string;
  /** What is written, read or sent to: item kinds, sets of the index, queues, types of events. */
  kinds: ReadonlySet<string>;
  /** Texts in the values of the request, such as the status that it writes. */
  words: ReadonlySet<string>;
}

/** By the beginning of pk and, where that is not enough, of sk: see the table's keys. The first that fits counts. */
const ITEM_KINDS: readonly [pk: RegExp, sk: RegExp, kind: string][] = [
  [/^T#/, /^T$/, 'task'],
  [/^T#/, /^D$/, 'definition'],
  [/^T#/, /^X#/, 'run'],
  [/^T#/, /^P#/, 'payload'],
  [/^T#/, /^R#/, 'result'],
  [/^T#/, /^V#/, 'version'],
  [/^C#tick$/, /^/, 'heartbeat'],
  [/^C#/, /^/, 'cursor'],
  [/^I#/, /^/, 'request'],
  [/^K#/, /^K$/, 'token'],
  [/^K#/, /^/, 'calendar'],
  [/^U#/, /^/, 'calendar-user'],
  [/^B#/, /^/, 'bulk-job'],
  [/^V#/, /^/, 'variables'],
  [/^F#/, /^/, 'ignored'],
  [/^Y#(?:minute|hour|day)/, /^/, 'summary'],
  [/^Y#total#/, /^/, 'total'],
  [/^Y#marks$/, /^/, 'marks'],
  [/^Y#/, /^/, 'canary'],
  [/^N#/, /^M#/, 'requests'],
  [/^N#/, /^/, 'tenant'],
  [/^S#/, /^/, 'semaphore'],
  [/^L#/, /^/, 'rate'],
  [/^Q#/, /^/, 'queues'],
  [/^A#/, /^/, 'audit'],
  [/^E$/, /^/, 'ends'],
];
const INDEX_SET = /^(due|hot|open|dead|closed|ended|tasks|tokens)#|^(tenants|bulk)$/;
const OTHER = 'other';
const QUEUE_PREFIX = /^[^-]+-/;

export function boundaryOf(fn: string, operation: string, input: unknown): Boundary {
  const kinds = new Set<string>();
  const words = new Set<string>();
  collect(input, kinds, words);
  return { fn, operation, kinds, words };
}

/** Requests nest their keys differently; wherever two attributes are a key they are one. */
function collect(value: unknown, kinds: Set<string>, words: Set<string>): void {
  if (typeof value !== 'object' || value === null) return;
  if (Array.isArray(value)) {
    for (const entry of value) collect(entry, kinds, words);
    return;
  }
  const { pk, sk, S, QueueUrl, DetailType, IndexName } = Object.fromEntries(Object.entries(value));
  if (textOf(pk) !== undefined) kinds.add(kindOf(textOf(pk) ?? '', textOf(sk) ?? ''));
  if (typeof S === 'string') words.add(S);
  if (typeof QueueUrl === 'string') kinds.add((QueueUrl.split('/').at(-1) ?? '').replace(QUEUE_PREFIX, ''));
  if (typeof DetailType === 'string') kinds.add(DetailType);
  for (const entry of Object.values(value)) collect(entry, kinds, words);
  // A query says whose items it reads only by the values of its condition.
  if (!('KeyConditionExpression' in value)) return;
  const found = [...words].flatMap((word) =>
    IndexName === undefined ? [...words].map((other) => kindOf(word, other)) : setOf(word),
  );
  for (const kind of found) if (kind !== OTHER) kinds.add(kind);
}

function setOf(word: string): string {
  const [, set, list] = INDEX_SET.exec(word) ?? [];
  return set ?? list ?? OTHER;
}

const textOf = (attribute: unknown): string | undefined => {
  if (typeof attribute !== 'object' || attribute === null || !('S' in attribute)) return undefined;
  return typeof attribute.S === 'string' ? attribute.S : undefined;
};

const kindOf = (pk: string, sk: string): string =>
  ITEM_KINDS.find(([ofPk, ofSk]) => ofPk.test(pk) && ofSk.test(sk))?.[2] ?? OTHER;
