import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import fc from 'fast-check';
import {
  DEFINITION,
  decode,
  EXECUTION,
  encode,
  type Item,
  STATE,
} from '../../shared/adapters/dynamodb/codec.ts';
import {
  fromIndexKey,
  parseClosed,
  parseDeath,
  parseDue,
  parseInstant,
} from '../../shared/adapters/dynamodb/index-key.ts';
import {
  parseBulkJobKey,
  parseExecutionKey,
  parseTaskKey,
  parseTenantKey,
  parseTokenKey,
} from '../../shared/adapters/dynamodb/keys.ts';
import { decodeToken, RowToken } from '../../shared/adapters/dynamodb/page-token.ts';
import { decodeEnds, decodeSummary } from '../../shared/adapters/dynamodb/stats-codec.ts';
import { aDefinition, aRun, aState } from '../contracts/samples.ts';
import { type Parser, parser, refusesWith, says } from './parser.ts';
import { jsonText, text } from './values.ts';

/** What lies in the table may be of a newer version, of a person's hand, or damaged. */
const ODD_CELLS: AttributeValue[] = [
  { NULL: true },
  { L: [{ S: 'x' }] },
  { M: { at: { N: 'NaN' } } },
  { M: JSON.parse('{"__proto__":{"S":"x"}}') },
  { B: new Uint8Array([0, 255]) },
  { SS: ['a'] },
];
const digits = fc.oneof(
  fc.constantFrom('abc', '', 'NaN', '1e400', '9'.repeat(38), '0.1'),
  fc.integer().map(String),
);
const cell: fc.Arbitrary<AttributeValue> = fc.oneof(
  text.map((S): AttributeValue => ({ S })),
  digits.map((N): AttributeValue => ({ N })),
  fc.boolean().map((BOOL): AttributeValue => ({ BOOL })),
  fc.constantFrom(...ODD_CELLS),
);

const item = (sound: Item): fc.Arbitrary<Item> =>
  fc
    .tuple(
      fc.dictionary(fc.oneof(fc.constantFrom(...Object.keys(sound)), text), cell, { maxKeys: 3 }),
      fc.subarray(Object.keys(sound), { maxLength: 2 }),
    )
    .map(([changed, dropped]) =>
      Object.fromEntries(
        Object.entries({ ...sound, ...changed }).filter(([name]) => !dropped.includes(name)),
      ),
    );

const key = { pk: 'T#root#nightly', sk: 'T' };
const timeKey = fc.oneof(text, fc.stringMatching(/^[0-9a-z]{1,16}(#[a-z0-9]{0,6}){0,3}$/));

/** No time of what is read is a number that is none. */
function instantsOf(entry: object | undefined): void {
  for (const value of Object.values(entry ?? {}))
    if (typeof value === 'number' && !Number.isFinite(value)) throw new Error('not a number');
}

export const storedParsers: Parser[] = [
  parser(
    'shared/adapters/dynamodb/codec.ts decode STATE',
    item(encode(STATE, aState())),
    (given) => instantsOf(decode(STATE, given)),
    { refuses: says(/^damaged task /) },
  ),
  parser(
    'shared/adapters/dynamodb/codec.ts decode DEFINITION',
    item(encode(DEFINITION, aDefinition())),
    (given) => instantsOf(decode(DEFINITION, given)),
    { refuses: says(/^damaged definition /) },
  ),
  parser(
    'shared/adapters/dynamodb/codec.ts decode EXECUTION',
    item(encode(EXECUTION, aRun())),
    (given) => instantsOf(decode(EXECUTION, given)),
    { refuses: says(/^damaged execution /) },
  ),
  parser(
    'shared/adapters/dynamodb/index-key.ts fromIndexKey',
    fc.tuple(
      fc.oneof(text, fc.stringMatching(/^(due|hot|open|dead|closed|ended|tasks)#[a-z0-9#]{0,8}$/)),
      timeKey,
    ),
    ([statusKey, at]) =>
      instantsOf(fromIndexKey({ tenant: 'root', taskId: 'nightly' }, { statusKey, timeKey: at })),
  ),
  parser('shared/adapters/dynamodb/index-key.ts parseDue', timeKey, (given) => instantsOf(parseDue(given))),
  parser('shared/adapters/dynamodb/index-key.ts parseDeath', timeKey, (given) =>
    instantsOf(parseDeath(given)),
  ),
  parser('shared/adapters/dynamodb/index-key.ts parseClosed', timeKey, (given) =>
    instantsOf(parseClosed(given)),
  ),
  parser('shared/adapters/dynamodb/index-key.ts parseInstant', timeKey, (given) =>
    instantsOf(parseInstant(given)),
  ),
  parser('shared/adapters/dynamodb/keys.ts parseTaskKey', text, (pk) => parseTaskKey({ ...key, pk })),
  parser('shared/adapters/dynamodb/keys.ts parseExecutionKey', fc.tuple(text, text), ([pk, sk]) =>
    parseExecutionKey({ pk, sk }),
  ),
  parser('shared/adapters/dynamodb/keys.ts parseBulkJobKey', text, (pk) => parseBulkJobKey({ ...key, pk })),
  parser('shared/adapters/dynamodb/keys.ts parseTenantKey', text, (pk) => parseTenantKey({ ...key, pk })),
  parser('shared/adapters/dynamodb/keys.ts parseTokenKey', text, (pk) => parseTokenKey({ ...key, pk })),
  parser(
    'shared/adapters/dynamodb/page-token.ts decodeToken',
    fc.oneof(
      text,
      jsonText.map((token) => Buffer.from(token).toString('base64url')),
    ),
    (token) => decodeToken(RowToken, token),
    { refuses: refusesWith('validation-failed') },
  ),
  parser('shared/adapters/dynamodb/stats-codec.ts decodeEnds', jsonText, decodeEnds, {
    refuses: says(/^damaged statistics: /),
  }),
  parser('shared/adapters/dynamodb/stats-codec.ts decodeSummary', jsonText, decodeSummary, {
    refuses: says(/^damaged statistics: /),
  }),
];
