import { SPREAD_BYTES } from './key-bytes.ts';
import type { Answer } from './operation.ts';
import { openSource, readPage, startAddress } from './read-page.ts';
import { scanRequest } from './requests.ts';
import type { RowRange, SqliteStore } from './sqlite-store.ts';

/** How many values the bytes at the front of every hash key have. */
const SPREAD = 2 ** (8 * SPREAD_BYTES);

export function scan(store: SqliteStore, input: unknown): Answer {
  const request = scanRequest(input);
  const source = openSource(store, request);
  const rows: RowRange = { space: source.space, where: [], parameters: [], reverse: false };
  const { Segment = 0, TotalSegments = 1 } = request;
  if (Segment > 0) restrict(rows, 'hash >= ?', boundary(Segment, TotalSegments));
  if (Segment + 1 < TotalSegments) restrict(rows, 'hash < ?', boundary(Segment + 1, TotalSegments));
  const start = startAddress(source, request.ExclusiveStartKey);
  if (start)
    restrict(rows, '(hash, range, primary_key) > (?, ?, ?)', start.hash, start.range, start.primaryKey);
  return readPage(store, source, rows, request);
}

function restrict(rows: RowRange, where: string, ...parameters: Uint8Array[]): void {
  rows.where.push(where);
  rows.parameters.push(...parameters);
}

function boundary(segment: number, total: number): Buffer {
  const value = Math.min(SPREAD - 1, Math.ceil((SPREAD * segment) / total));
  const bytes = Buffer.alloc(SPREAD_BYTES);
  bytes.writeUIntBE(value, 0, SPREAD_BYTES);
  return bytes;
}
