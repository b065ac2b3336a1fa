import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import type { KeyBytes } from './key-bytes.ts';
import { openTable, type StoredTable, type Table } from './table.ts';

const SQLITE_BUSY = 5;

const SCHEMA_VERSION = 1;

/**
 * One row per item and per index entry: `space` says of which table or index, `hash` and `range` are its key
 * there, `primary_key` tells index entries with equal keys apart (empty in the table itself).
 */
const SCHEMA = `
  CREATE TABLE IF NOT EXISTS tables (name TEXT PRIMARY KEY, definition TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS rows (
    space INTEGER NOT NULL, hash BLOB NOT NULL, range BLOB NOT NULL, primary_key BLOB NOT NULL,
    item TEXT NOT NULL, bytes INTEGER NOT NULL, expires INTEGER,
    PRIMARY KEY (space, hash, range, primary_key)
  ) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS rows_by_expiry ON rows (space, expires) WHERE expires IS NOT NULL;
  PRAGMA user_version = ${SCHEMA_VERSION};
`;

export interface Row {
  json: string;
  bytes: number;
}
export interface RowAddress extends KeyBytes {
  space: number;
  primaryKey: Buffer;
}
/** Comparison of key columns with values, as SQL; the caller knows which column combinations the key supports. */
export interface RowRange {
  space: number;
  where: string[];
  parameters: Uint8Array[];
  reverse: boolean;
}

export class SqliteStore {
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();
  readonly #tables = new Map<string, Table>();

  constructor(file: string, lockWaitMs: number) {
    if (file !== ':memory:') mkdirSync(dirname(file), { recursive: true });
    this.#database = new DatabaseSync(file, { timeout: lockWaitMs });
    try {
      // EXCLUSIVE keeps the file lock from the first write on until close (or the end of the process).
      this.#database.exec(`
        PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
        PRAGMA cache_size = -65536; BEGIN IMMEDIATE;
      `);
      const version = this.#database.prepare('PRAGMA user_version').get()?.user_version;
      if (version !== 0 && version !== SCHEMA_VERSION)
        throw new Error(`${file} has layout ${version}, this version of the engine knows ${SCHEMA_VERSION}`);
      this.#database.exec(`${SCHEMA} COMMIT;`);
    } catch (error) {
      this.#database.close();
      if (!isBusy(error)) throw error;
      const message = `${file} is in use by another process; two engines cannot share one data folder`;
      throw new Error(message, { cause: error });
    }
  }

  close(): void {
    this.#statements.clear();
    this.#database.close();
  }

  /** Runs the work and commits it, or undoes all of it and rethrows. */
  transaction<T>(work: () => T): T {
    this.#run('BEGIN');
    try {
      const result = work();
      this.#run('COMMIT');
      return result;
    } catch (error) {
      this.#tables.clear();
      if (this.#database.isTransaction) this.#run('ROLLBACK');
      throw error;
    }
  }

  table(name: string): Table | undefined {
    const known = this.#tables.get(name);
    if (known) return known;
    const row = this.#statement('SELECT definition FROM tables WHERE name = ?').get(name);
    if (!row) return undefined;
    const stored: StoredTable = JSON.parse(String(row.definition));
    const table = openTable(stored);
    this.#tables.set(name, table);
    return table;
  }

  tableNames(): string[] {
    return this.#statement('SELECT name FROM tables ORDER BY name')
      .all()
      .map((row) => String(row.name));
  }

  saveTable(table: StoredTable): Table {
    const { description, space, indexSpaces, ttlAttribute } = table;
    const definition = JSON.stringify({ description, space, indexSpaces, ttlAttribute });
    this.#run(
      'INSERT OR REPLACE INTO tables (name, definition) VALUES (?, ?)',
      description.TableName,
      definition,
    );
    const opened = openTable(table);
    this.#tables.set(opened.name, opened);
    return opened;
  }

  dropTable(table: Table): void {
    this.#tables.delete(table.name);
    this.#run('DELETE FROM tables WHERE name = ?', table.name);
    for (const space of [table.space, ...Object.values(table.indexSpaces)])
      this.#run('DELETE FROM rows WHERE space = ?', space);
  }

  /** Numbers that no table or index uses yet. */
  newSpaces(count: number): number[] {
    const used = this.tableNames().flatMap((name) => {
      const table = this.table(name);
      return table ? [table.space, ...Object.values(table.indexSpaces)] : [];
    });
    const first = Math.max(0, ...used) + 1;
    return Array.from({ length: count }, (_, i) => first + i);
  }

  row(address: RowAddress): Row | undefined {
    const row = this.#statement(
      'SELECT item, bytes FROM rows WHERE space = ? AND hash = ? AND range = ? AND primary_key = ?',
    ).get(...addressParameters(address));
    return row && { json: String(row.item), bytes: Number(row.bytes) };
  }

  putRow(address: RowAddress, row: Row, expires: number | null): void {
    this.#run(
      'INSERT OR REPLACE INTO rows (space, hash, range, primary_key, item, bytes, expires) VALUES (?, ?, ?, ?, ?, ?, ?)',
      ...addressParameters(address),
      row.json,
      row.bytes,
      expires,
    );
  }

  deleteRow(address: RowAddress): void {
    this.#run(
      'DELETE FROM rows WHERE space = ? AND hash = ? AND range = ? AND primary_key = ?',
      ...addressParameters(address),
    );
  }

  *rows(range: RowRange): Generator<Row> {
    const direction = range.reverse ? 'DESC' : 'ASC';
    const order = ['hash', 'range', 'primary_key'].map((column) => `${column} ${direction}`).join(', ');
    const where = ['space = ?', ...range.where].join(' AND ');
    const found = this.#statement(`SELECT item, bytes FROM rows WHERE ${where} ORDER BY ${order}`);
    for (const row of found.iterate(range.space, ...range.parameters))
      yield { json: String(row.item), bytes: Number(row.bytes) };
  }

  /** Rows of a space whose expiry lies in (from, until). */
  expiredRows(space: number, from: number, until: number, limit: number): Row[] {
    return this.#statement(
      'SELECT item, bytes FROM rows WHERE space = ? AND expires > ? AND expires < ? ORDER BY expires LIMIT ?',
    )
      .all(space, from, until, limit)
      .map((row) => ({ json: String(row.item), bytes: Number(row.bytes) }));
  }

  clearExpiry(space: number): void {
    this.#run('UPDATE rows SET expires = NULL WHERE space = ? AND expires IS NOT NULL', space);
  }

  count(space: number): { rows: number; bytes: number } {
    const row = this.#statement('SELECT count(*) AS n, total(bytes) AS bytes FROM rows WHERE space = ?').get(
      space,
    );
    return { rows: Number(row?.n ?? 0), bytes: Number(row?.bytes ?? 0) };
  }

  #statement(sql: string): StatementSync {
    const known = this.#statements.get(sql);
    if (known) return known;
    const prepared = this.#database.prepare(sql);
    this.#statements.set(sql, prepared);
    return prepared;
  }

  #run(sql: string, ...parameters: SQLInputValue[]): void {
    this.#statement(sql).run(...parameters);
  }
}

const addressParameters = (address: RowAddress): [number, Uint8Array, Uint8Array, Uint8Array] => [
  address.space,
  address.hash,
  address.range,
  address.primaryKey,
];

const isBusy = (error: unknown): boolean =>
  error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY;
