/**
 * What JSON.parse does not tell. Both read text that it has taken already, token by token and without recursion.
 * The unrolled form of the text's pattern backtracks nowhere.
 */
const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d[\d.eE+-]*|[{}[\],:]/g;
const WHOLE = /^-?\d{16,}$/;

/** The first name that one object has twice. */
export function duplicateName(text: string): string | undefined {
  /** Of each open object its names so far, of each open list undefined. */
  const open: (Set<string> | undefined)[] = [];
  let last: string | undefined;
  for (const [token] of text.matchAll(TOKEN)) {
    if (token === '{') open.push(new Set());
    else if (token === '[') open.push(undefined);
    else if (token === '}' || token === ']') open.pop();
    else if (token === ':' && last !== undefined) {
      const name: string = JSON.parse(last);
      const names = open.at(-1);
      if (names?.has(name)) return name;
      names?.add(name);
    }
    last = token;
  }
  return undefined;
}

/** The first whole number, as it is written, that becomes another one: no program would write its double that way. */
export function inexactInteger(text: string): string | undefined {
  for (const [token] of text.matchAll(TOKEN)) {
    if (!WHOLE.test(token)) continue;
    const value = Number(token);
    if (String(value) !== token && BigInt(value) !== BigInt(token)) return token;
  }
  return undefined;
}
