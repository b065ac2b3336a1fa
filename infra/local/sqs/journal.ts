import { DatabaseSync } from 'node:sqlite';
import { type MessageContent, newMessage, type QueuedMessage } from './message.ts';

/** Keeps the messages of a queue on disk, for queues that hold what nobody could send again. */
export interface QueueJournal {
  /** A message that has come in, to be visible from then on. */
  keep(message: QueuedMessage): void;
  forget(message: QueuedMessage): void;
  clear(): void;
  /** What was kept before this start, oldest first; nobody has any of it in hand now. */
  restored(): QueuedMessage[];
}
export interface Journals {
  of(queue: string): QueueJournal;
  close(): void;
}

type Kept = MessageContent & Pick<QueuedMessage, 'id' | 'sentAt' | 'deadLetteredFrom' | 'visibleAt'>;

const SCHEMA = `
  PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
  CREATE TABLE IF NOT EXISTS messages (
    place INTEGER PRIMARY KEY, queue TEXT NOT NULL, id TEXT NOT NULL, json TEXT NOT NULL, UNIQUE (queue, id)
  );
`;

export function openJournals(file: string): Journals {
  const database = new DatabaseSync(file);
  database.exec(SCHEMA);
  const insert = database.prepare('INSERT OR REPLACE INTO messages (queue, id, json) VALUES (?, ?, ?)');
  const remove = database.prepare('DELETE FROM messages WHERE queue = ? AND id = ?');
  const clear = database.prepare('DELETE FROM messages WHERE queue = ?');
  const select = database.prepare('SELECT json FROM messages WHERE queue = ? ORDER BY place');
  return {
    of: (queue) => ({
      keep({ id, sentAt, deadLetteredFrom, visibleAt, body, md5OfBody, attributes, groupId, traceHeader }) {
        const content = { body, md5OfBody, attributes, groupId, traceHeader };
        const kept: Kept = { id, sentAt, deadLetteredFrom, visibleAt, ...content };
        insert.run(queue, id, JSON.stringify(kept));
      },
      forget: ({ id }) => void remove.run(queue, id),
      clear: () => void clear.run(queue),
      restored: () =>
        select.all(queue).map(({ json }) => {
          const kept: Kept = JSON.parse(String(json));
          return { ...newMessage(kept, kept.sentAt), ...kept };
        }),
    }),
    close: () => database.close(),
  };
}
