import { misused } from './failure.ts';

/** Turns what people type into values, and values into what they read. */

const UNIT_SECONDS: Record<string, number> = { s: 1, m: 60, h: 3_600, d: 86_400, w: 604_800 };

/** `90`, `90s`, `5m`, `1h30m`, `2d` → whole seconds. */
export function seconds(text: string): number {
  if (/^\d{1,10}$/.test(text)) return Number(text);
  if (!/^(\d{1,9}[smhdw])+$/.test(text))
    throw misused(`${text} is not a duration: expected 30s, 5m, 1h30m, 2d`);
  return [...text.matchAll(/(\d+)([smhdw])/g)].reduce(
    (sum, [, count, unit]) => sum + Number(count) * (UNIT_SECONDS[unit ?? ''] ?? 0),
    0,
  );
}

/** ISO 8601 in whatever precision and zone; without a zone it is the local time. Given back as the API writes instants. */
export function instant(text: string): string {
  const at = /^\d{4}-\d{2}-\d{2}/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(at))
    throw misused(`${text} is not an instant: expected ISO 8601, such as 2026-12-24T18:00:00Z`);
  return new Date(at).toISOString();
}

export function count(text: string): number {
  const number = Number(text);
  if (!/^\d{1,9}$/.test(text) || number < 1) throw misused(`${text} is not a count: expected 1 or more`);
  return number;
}

/** Not for commander to parse with, which takes null for an empty text. */
export function json(text: string, hint?: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw misused(`${text} is not JSON${hint === undefined ? '' : `; ${hint}`}`);
  }
}

/** For options that may be given several times. */
export const collected = (text: string, before: string[] | undefined): string[] => [...(before ?? []), text];

const STEPS: [string, number][] = [
  ['d', 86_400],
  ['h', 3_600],
  ['min', 60],
];
const ROUGH = 2;

/** `45 s`, `12 min`, `3 h`, `9 d` */
export function duration(ms: number): string {
  const total = Math.round(ms / 1_000);
  for (const [unit, size] of STEPS) if (total >= ROUGH * size) return `${Math.round(total / size)} ${unit}`;
  return `${total} s`;
}

/** `2026-11-21 09:00:00Z (in 5 min)` */
export function moment(at: string | null | undefined, nowMs: number): string {
  if (!at) return '-';
  const away = Date.parse(at) - nowMs;
  const short = `${at.slice(0, 19).replace('T', ' ')}Z`;
  return `${short} (${away >= 0 ? `in ${duration(away)}` : `${duration(-away)} ago`})`;
}

export const millis = (ms: number | null): string =>
  ms === null ? '-' : ms < 10_000 ? `${ms} ms` : duration(ms);
