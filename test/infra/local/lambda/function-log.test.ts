import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openFunctionLog } from '../../../../infra/local/lambda/function-log.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

function logOf(options: { maxBytes?: number } = {}) {
  const directory = temporaryFolder();
  const shown: string[] = [];
  let now = 0;
  const log = openFunctionLog({
    directory,
    functionName: 'Tick',
    warn: (line) => shown.push(line),
    now: () => now,
    ...options,
  });
  return {
    shown,
    write: (text: string) => log.write(Buffer.from(text)),
    file: (name = 'Tick.log') => readFileSync(join(directory, name), 'utf8'),
    pass: (ms: number) => {
      now += ms;
    },
  };
}

describe('the log of a function', () => {
  it('keeps everything in the file and shows warnings and errors', () => {
    const { write, file, shown } = logOf();
    write('{"level":"INFO","message":"quiet"}\n{"level":"WARN","mess');
    write('age":"loud"}\n{"level":"ERROR","message":"worse","error":{"message":"why"}}\n');
    expect(file().split('\n')).toHaveLength(4);
    expect(shown).toEqual(['Tick: WARN loud', 'Tick: ERROR worse: why']);
  });

  it('shows plain lines that name an error', () => {
    const { write, shown } = logOf();
    write('starting\nFATAL ERROR: Reached heap limit\n');
    expect(shown).toEqual(['Tick: FATAL ERROR: Reached heap limit']);
  });

  it('stays within its size, with one older file', () => {
    const { write, file } = logOf({ maxBytes: 10 });
    write('123456789\n');
    write('abc\n');
    expect(file()).toBe('abc\n');
    expect(file('Tick.log.1')).toBe('123456789\n');
  });

  it('shows so many lines in a while, and says where the others are', () => {
    const { write, shown, pass } = logOf();
    for (let i = 0; i < 50; i++) write('{"level":"ERROR","message":"again"}\n');
    expect(shown).toHaveLength(11);
    expect(shown.at(-1)).toMatch(/more in .*Tick\.log$/);
    pass(10_000);
    write('{"level":"ERROR","message":"again"}\n');
    expect(shown).toHaveLength(12);
  });
});
