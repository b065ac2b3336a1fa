import type { Boundary } from './boundary.ts';

/**
 * A place where a process dies, written
 * `before|after:<function>:<operation>[:<kind>][=<word>][#<n>][@engine|@function|@stores]`:
 * before or after the n-th request (the first, unless said) that a function makes of this operation, about an item of
 * this kind, with this text among its values. `*` stands for every function; `Invoke` is the function's own invocation.
 * `@engine` dies with all functions, `@function` is the process that asks, `@stores` answer nobody for a while, and this
 * request neither.
 */
export interface Fault {
  /** As it was written. */
  text: string;
  when: 'before' | 'after';
  fn: string;
  operation: string;
  kind: string | undefined;
  word: string | undefined;
  nth: number;
  victim: 'engine' | 'function' | 'stores';
}

export class FaultError extends Error {
  override name = 'FaultError';
}

const FORM =
  /^(?<when>before|after):(?<fn>\w+|\*):(?<operation>\w+)(?::(?<kind>[\w.-]+))?(?:=(?<word>[^#@,]+))?(?:#(?<nth>[1-9]\d*))?(?:@(?<victim>engine|function|stores))?$/;

export const INVOKE = 'Invoke';

/** Several are separated by commas. */
export const parseFaults = (text: string): Fault[] => text.split(',').map((one) => parseFault(one.trim()));

function parseFault(text: string): Fault {
  const parts = FORM.exec(text)?.groups;
  if (!parts)
    throw new FaultError(
      `"${text}" is no fault point; expected before|after:<function>:<operation>[:<kind>][=<word>][#<n>][@engine|@function|@stores]`,
    );
  const { when, fn = '*', operation = '', kind, word, nth = '1', victim = 'engine' } = parts;
  if (operation === INVOKE && victim !== 'engine')
    throw new FaultError(`"${text}": around an invocation only the engine can die`);
  return {
    text,
    when: when === 'after' ? 'after' : 'before',
    fn: fn.toLowerCase(),
    operation,
    kind,
    word,
    nth: Number(nth),
    victim: victim === 'function' || victim === 'stores' ? victim : 'engine',
  };
}

/** A function is named by any part of its name: `executor` is that of every queue, `executorhigh` that of one. */
export const isAt = ({ fn, operation, kind, word }: Fault, boundary: Boundary): boolean =>
  operation === boundary.operation &&
  (fn === '*' || boundary.fn.toLowerCase().includes(fn)) &&
  (kind === undefined || boundary.kinds.has(kind)) &&
  (word === undefined || boundary.words.has(word));
