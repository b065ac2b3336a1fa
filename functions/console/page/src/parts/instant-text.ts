import type { TimeDisplay } from '../shell/preferences.tsx';

export const LOCAL_ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone;

/** The zone to show an instant in. `zone` is the task's; tasks without one count in UTC. */
export const zoneFor = (display: TimeDisplay, zone: string | undefined): string =>
  display === 'utc' ? 'UTC' : display === 'local' ? LOCAL_ZONE : (zone ?? 'UTC');

/** `21 Nov 2026, 09:00:00 CET` */
export function inZone(iso: string, zone: string): string {
  return new Intl.DateTimeFormat(undefined, {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
    timeZone: zone,
    timeZoneName: 'short',
  }).format(new Date(iso));
}

const UNITS = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
] as const;
const relative = new Intl.RelativeTimeFormat(undefined, { numeric: 'always', style: 'narrow' });
const NOW = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto' }).format(0, 'second');

/** `in 5 min.`, `2 hr. ago`, `now` */
export function fromNow(iso: string, nowMs: number): string {
  const seconds = Math.round((Date.parse(iso) - nowMs) / 1000);
  if (seconds === 0) return NOW;
  const [unit, size] = UNITS.find(([, length]) => Math.abs(seconds) >= length) ?? ['second', 1];
  return relative.format(Math.trunc(seconds / size), unit);
}

/** `850 ms`, `12.4 s`, `3 min 20 s`, `2 h 5 min` */
export function durationText(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(ms < 10_000 ? 2 : 1)} s`;
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 60) return `${minutes} min ${Math.floor((ms % 60_000) / 1000)} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** `90 s`, `5 min`, `2 h 30 min`, `3 d` */
export function secondsText(seconds: number): string {
  if (seconds < 60 || (seconds < 600 && seconds % 60 !== 0)) return `${seconds} s`;
  const parts = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor((seconds % 86_400) / 3_600), 'h'],
    [Math.floor((seconds % 3_600) / 60), 'min'],
    [Math.floor(seconds % 60), 's'],
  ] as const;
  return parts
    .filter(([count]) => count > 0)
    .slice(0, 2)
    .map(([count, unit]) => `${count} ${unit}`)
    .join(' ');
}
