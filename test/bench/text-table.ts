export type Cell = string | number;

/** Columns aligned, numbers to the right. */
export function textTable(header: string[], rows: Cell[][]): string {
  const texts = rows.map((row) => row.map((cell) => (typeof cell === 'number' ? short(cell) : cell)));
  const widths = header.map((name, at) => Math.max(name.length, ...texts.map((row) => row[at]?.length ?? 0)));
  const isNumber = header.map((_name, at) => rows.some((row) => typeof row[at] === 'number'));
  const line = (cells: string[]) =>
    cells
      .map((cell, at) => (isNumber[at] ? cell.padStart(widths[at] ?? 0) : cell.padEnd(widths[at] ?? 0)))
      .join('  ')
      .trimEnd();
  return [line(header), widths.map((width) => '-'.repeat(width)).join('  '), ...texts.map(line)].join('\n');
}

/** Three digits that mean something, and no more than three places. */
export function short(value: number): string {
  if (Number.isInteger(value)) return String(value);
  if (Math.abs(value) >= 100) return value.toFixed(0);
  if (Math.abs(value) >= 10) return value.toFixed(1);
  if (Math.abs(value) >= 1) return value.toFixed(2);
  return String(Number(value.toFixed(3)));
}

export const dollars = (value: number): string => `$${value.toFixed(2)}`;
export const ms = (value: number): string => `${short(Math.round(value * 10) / 10)} ms`;
