import { closeSync, mkdirSync, openSync, renameSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** Output of a function: everything into a bounded file, warnings and errors in short to the console. */
export interface FunctionLog {
  write(chunk: Buffer): void;
  /** What the engine has to say about the function: into the file only. */
  note(line: string): void;
  close(): void;
}
export interface FunctionLogOptions {
  directory: string;
  functionName: string;
  warn(line: string): void;
  /** Of one file; the one before it is kept as `.1`. */
  maxBytes?: number;
  now?(): number;
}

const MAX_BYTES = 5_000_000;
const MAX_LINE_CHARS = 300;
/** A failing function must not bury the console: so many lines in ten seconds, the rest is only in the file. */
const CONSOLE_LINES = 10;
const CONSOLE_WINDOW_MS = 10_000;
const LOUD_LEVELS = new Set(['WARN', 'ERROR', 'CRITICAL', 'FATAL']);

export function openFunctionLog(options: FunctionLogOptions): FunctionLog {
  const { directory, functionName, maxBytes = MAX_BYTES, now = Date.now } = options;
  mkdirSync(directory, { recursive: true });
  const path = join(directory, `${functionName}.log`);
  let file = openSync(path, 'a');
  let size = statSync(path).size;
  let partial = '';
  let windowStartedAt = 0;
  let shown = 0;

  function show(line: string): void {
    if (now() - windowStartedAt >= CONSOLE_WINDOW_MS) {
      windowStartedAt = now();
      shown = 0;
    }
    shown++;
    if (shown <= CONSOLE_LINES) options.warn(`${functionName}: ${line}`);
    else if (shown === CONSOLE_LINES + 1) options.warn(`${functionName}: … more in ${path}`);
  }

  function append(chunk: Buffer): void {
    if (size + chunk.length > maxBytes && size > 0) {
      closeSync(file);
      renameSync(path, `${path}.1`);
      file = openSync(path, 'a');
      size = 0;
    }
    size += writeSync(file, chunk);
  }

  return {
    note: (line) => append(Buffer.from(`${line}\n`)),
    write(chunk) {
      append(chunk);
      const lines = (partial + chunk.toString()).split('\n');
      partial = (lines.pop() ?? '').slice(-64_000); // a line without end must not grow for ever
      for (const line of lines) {
        const loud = loudPart(line);
        if (loud !== undefined) show(loud);
      }
    },
    close: () => closeSync(file),
  };
}

/** What of a line belongs on the console: of structured logs warnings and errors, of plain output what names an error. */
function loudPart(line: string): string | undefined {
  const entry = parseObject(line);
  if (!entry) return /\b(error|warning|fatal)\b/i.test(line) ? line.slice(0, MAX_LINE_CHARS) : undefined;
  if (typeof entry.level !== 'string' || !LOUD_LEVELS.has(entry.level.toUpperCase())) return undefined;
  const error = entry.error;
  const cause =
    typeof error === 'object' && error !== null && 'message' in error && typeof error.message === 'string'
      ? `: ${error.message}`
      : '';
  return `${entry.level} ${entry.message}${cause}`.slice(0, MAX_LINE_CHARS);
}

function parseObject(line: string): Record<string, unknown> | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
