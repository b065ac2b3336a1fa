import type { Writable } from 'node:stream';
import type { LiveEvent } from '../../../shared/contract/live.ts';
import type { ItemChange } from '../dynamodb/item-change.ts';
import { eventOf } from './live-events.ts';

/** Tells readers what changes, as server-sent events: html.spec.whatwg.org/multipage/server-sent-events.html */
export interface LiveFeed {
  /** Writes that are stored. */
  tell(changes: readonly ItemChange[]): void;
  /** A place for one more reader, if there is any. `mayStay` is asked as long as he reads. */
  follow(tenant: string, mayStay: () => Promise<boolean>): ((reader: Writable) => void) | undefined;
  /** Ends all readers; there will be no others. */
  close(): void;
}
export interface LiveFeedOptions {
  /** The scheduler's table; others are not told about. */
  table: string;
  /** How often a reader gets a sign of life, and his credential is looked at. */
  heartbeatMs?: number;
}

const HEARTBEAT_MS = 20_000;
const MAX_READERS = 100;
/** Who leaves this much unread is dropped: what he missed he finds by reading anew. */
const MAX_UNREAD_BYTES = 256 * 1024;
const RECONNECT_MS = 1_000;

interface Reader {
  to: Writable;
  tenant: string;
  mayStay(): Promise<boolean>;
}

export function openLiveFeed({ table, heartbeatMs = HEARTBEAT_MS }: LiveFeedOptions): LiveFeed {
  const readers = new Set<Reader>();
  let timer: NodeJS.Timeout | undefined;
  let isClosed = false;

  function send(reader: Reader, text: string): void {
    if (reader.to.writableLength > MAX_UNREAD_BYTES) reader.to.destroy();
    else reader.to.write(text);
  }

  async function look(reader: Reader): Promise<void> {
    const stays = await reader.mayStay().catch(() => false);
    if (!readers.has(reader)) return;
    if (stays) send(reader, ': still here\n\n');
    else reader.to.end();
  }

  function forget(reader: Reader): void {
    readers.delete(reader);
    if (readers.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  }

  return {
    tell(changes) {
      if (readers.size === 0) return;
      for (const change of changes) {
        const told = change.table.name === table ? eventOf(change) : undefined;
        if (!told) continue;
        const text = textOf(told.event);
        for (const reader of readers)
          if (told.tenant === undefined || told.tenant === reader.tenant) send(reader, text);
      }
    },
    follow(tenant, mayStay) {
      if (isClosed || readers.size >= MAX_READERS) return undefined;
      return (to) => {
        if (isClosed) return void to.end();
        const reader = { to, tenant, mayStay };
        readers.add(reader);
        to.on('close', () => forget(reader));
        to.write(`retry: ${RECONNECT_MS}\n\n`);
        timer ??= setInterval(() => {
          for (const one of readers) void look(one);
        }, heartbeatMs);
      };
    },
    close() {
      isClosed = true;
      for (const { to } of readers) to.end();
    },
  };
}

const textOf = ({ type, ...data }: LiveEvent): string => `event: ${type}\ndata: ${JSON.stringify(data)}\n\n`;
