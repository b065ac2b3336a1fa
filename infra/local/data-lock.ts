import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * One engine per data folder. SQLite's file lock is used because the system lets go of it however we end, which
 * a file with a process id does not promise.
 */
export async function lockDataDirectory(
  directory: string,
  patienceMs: number,
  onWait: () => void,
): Promise<(() => void) | undefined> {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const until = performance.now() + patienceMs;
  for (let attempt = 0; ; attempt++) {
    const lock = new DatabaseSync(join(directory, 'lock'));
    try {
      lock.exec('BEGIN EXCLUSIVE');
      return () => lock.close();
    } catch (error) {
      lock.close();
      if (!isBusy(error)) throw error;
    }
    if (performance.now() >= until) return undefined;
    if (attempt === 0) onWait();
    await sleep(RETRY_MS);
  }
}

const RETRY_MS = 100;
const SQLITE_BUSY = 5;

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY;
}
