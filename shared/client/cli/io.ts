/** All that the command line sees of the machine it runs on; tests hand in their own. */
export interface Io {
  /** What was asked for. One line, or several; the end of line is added. */
  out(text: string): void;
  /** Everything else: faults, hints, progress. */
  err(text: string): void;
  env: Readonly<Record<string, string | undefined>>;
  /** Somebody sits there who can be asked. */
  isInteractive: boolean;
  homeDirectory: string;
  ask(question: string, hidden?: boolean): Promise<string>;
  /** `-` is standard input. */
  read(path: string): Promise<string>;
  /** undefined when there is no such file. */
  readPrivate(path: string): Promise<string | undefined>;
  /** Readable by its owner only; all of it or nothing is written. */
  writePrivate(path: string, text: string): Promise<void>;
  fetch: typeof fetch;
  nowMs(): number;
  sleep(ms: number): Promise<void>;
  /** Aborts at Ctrl-C. */
  interrupted: AbortSignal;
}
