import { Logger } from '@aws-lambda-powertools/logger';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { describeError } from '../../functions/describe-error.ts';
import { handlerLog } from '../../functions/handler-log.ts';
import { makeLog } from '../../shared/adapters/system/log.ts';
import { oneLine } from '../../shared/client/cli/table.ts';
import { text } from '../hostile/values.ts';

/** Whoever names a task or makes an error writes into logs; what he writes stays within its line. */
function linesOf(write: (log: ReturnType<typeof makeLog>) => void): string[] {
  const lines: string[] = [];
  // The logger writes to the process itself, past whoever replaces the console.
  const keep = (chunk: string | Uint8Array) => {
    lines.push(...String(chunk).split('\n').slice(0, -1));
    return true;
  };
  const spies = [process.stdout, process.stderr].map((stream) =>
    vi.spyOn(stream, 'write').mockImplementation(keep),
  );
  try {
    write(makeLog(new Logger({ serviceName: 'escapement', logLevel: 'DEBUG' })));
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
  return lines;
}

/** One line, of JSON, without a character that moves a cursor. */
function expectOne(lines: readonly string[]): Record<string, unknown> {
  expect(lines).toHaveLength(1);
  const [line = ''] = lines;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: exactly these are meant
  expect(line).not.toMatch(/[\u0000-\u001f\u007f]/);
  return JSON.parse(line);
}

describe('a log line', () => {
  it('stays one line of JSON, and says of itself what is true', () => {
    fc.assert(
      fc.property(text, text, text, (message, name, value) => {
        const error = Object.assign(new Error(value), { name, code: message });
        const line = expectOne(linesOf((log) => log.error(message, { handler: name, taskId: value }, error)));
        expect(line.level).toBe('ERROR');
        expect(String(line.message ?? '')).toBe(message.length > 512 ? `${message.slice(0, 511)}…` : message);
      }),
      { numRuns: 200 },
    );
  });

  it('of a handler stays one, and its fields replace none of the run’s', () => {
    const execution = { id: 'x', taskId: 'job', tenant: 'acme', attempt: 1 };
    fc.assert(
      fc.property(text, text, (message, value) => {
        const lines: string[] = [];
        const log = handlerLog('demo', { ...EXECUTION, ...execution }, (line) => lines.push(line));
        log.info(message, {
          [value]: value,
          tenant: 'forged',
          level: 'forged',
          message: 'forged',
        });
        expect(expectOne(lines)).toMatchObject({ level: 'INFO', tenant: 'acme', executionId: 'x' });
      }),
      { numRuns: 200 },
    );
  });

  it('of the command line moves no cursor, whatever a task is called', () => {
    fc.assert(
      fc.property(text, (name) => {
        const shown = oneLine(name);
        // biome-ignore lint/suspicious/noControlCharactersInRegex: exactly these are meant
        expect(shown).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
        expect(shown).not.toMatch(/[\u2028-\u202e\u2066-\u2069]/);
      }),
    );
  });

  it('of whatever was thrown is bounded and well-formed', () => {
    fc.assert(
      fc.property(text, (message) => {
        const { errorMessage } = describeError(new Error(message));
        expect(errorMessage.isWellFormed()).toBe(true);
        expect(errorMessage.length).toBeLessThanOrEqual(2_000);
      }),
    );
  });
});

const EXECUTION = {
  id: '',
  idempotencyKey: 'k',
  taskId: '',
  taskName: 'n',
  tenant: '',
  attempt: 1,
  maxAttempts: 1,
  scheduledAt: '2026-11-21T09:00:00.000Z',
  trigger: 'schedule' as const,
  queue: 'default',
};
