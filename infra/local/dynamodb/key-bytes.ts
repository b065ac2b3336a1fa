import { hash } from 'node:crypto';
import db from 'dynalite/db/index.js';
import type { AttributeValue, Item } from './attribute-value.ts';

export type KeyType = 'S' | 'N' | 'B';
export interface KeyAttribute {
  name: string;
  type: KeyType;
}
export interface KeySchema {
  hash: KeyAttribute;
  range?: KeyAttribute;
}

/** A key as bytes whose order is DynamoDB's order. `range` is empty when the schema has no range key. */
export interface KeyBytes {
  hash: Buffer;
  range: Buffer;
}

const NO_BYTES = Buffer.alloc(0);

export function scalarBytes(value: AttributeValue): Buffer {
  if ('S' in value) return Buffer.from(value.S);
  if ('B' in value) return Buffer.from(value.B, 'base64');
  if ('N' in value) return Buffer.from(db.toLexiStr(value.N === '-0' ? '0' : value.N, 'N'));
  throw new TypeError('Not a key type');
}

export const SPREAD_BYTES = 2;

/** A bit of digest in front spreads partitions as the service does, and lets parallel scans cut the table. */
export function hashBytes(value: AttributeValue): Buffer {
  const bytes = scalarBytes(value);
  return Buffer.concat([hash('md5', bytes, 'buffer').subarray(0, SPREAD_BYTES), bytes]);
}

/** Undefined when the item lacks a key attribute or has it in another type: it is not in that (sparse) index. */
export function keyBytes(schema: KeySchema, item: Item): KeyBytes | undefined {
  const hash = item[schema.hash.name];
  if (hash === undefined || !(schema.hash.type in hash)) return undefined;
  if (schema.range === undefined) return { hash: hashBytes(hash), range: NO_BYTES };
  const range = item[schema.range.name];
  if (range === undefined || !(schema.range.type in range)) return undefined;
  return { hash: hashBytes(hash), range: scalarBytes(range) };
}

/** One unambiguous string of bytes per primary key; it tells apart index entries with equal index keys. */
export function primaryBytes(key: KeyBytes): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(key.hash.length);
  return Buffer.concat([length, key.hash, key.range]);
}

/** First byte string after all that begin with the prefix; undefined when there is none. */
export function afterPrefix(prefix: Buffer): Buffer | undefined {
  let end = prefix.length;
  while (end > 0 && prefix[end - 1] === 0xff) end--;
  if (end === 0) return undefined;
  const next = Buffer.from(prefix.subarray(0, end));
  next[end - 1] = (next[end - 1] ?? 0) + 1;
  return next;
}
