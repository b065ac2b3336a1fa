import cronstrue from 'cronstrue';
import { expandNickname } from './cron-expression.ts';
import type { Schedule } from './schedule.ts';
import { type EpochMs, toIso } from './time.ts';

/** A schedule in plain English: `At 09:00, Monday through Friday (Europe/Paris)`. Instants are UTC. */
export function describeSchedule(schedule: Schedule): string {
  switch (schedule.kind) {
    case 'cron': {
      const times = schedule.expressions.map(describeCron).join('; and ');
      const jitter =
        schedule.jitterSeconds > 0 ? `, delayed by up to ${seconds(schedule.jitterSeconds)}` : '';
      return `${times} (${schedule.timezone})${jitter}${bounds(schedule)}`;
    }
    case 'interval':
      return `Every ${seconds(schedule.seconds)}${bounds(schedule)}`;
    case 'once':
      return `Once, at ${shortIso(schedule.at)}`;
    case 'now':
      return 'Once, immediately';
  }
}

function describeCron(expression: string): string {
  const text = expandNickname(expression);
  try {
    return cronstrue.toString(text, { use24HourTimeFormat: true });
  } catch {
    // A few spellings that cron-parser takes are unknown to cronstrue; the expression itself is then the best text.
    return `Cron ${text}`;
  }
}

const bounds = ({ startAt, endAt }: { startAt?: EpochMs; endAt?: EpochMs }): string =>
  (startAt === undefined ? '' : `, from ${shortIso(startAt)}`) +
  (endAt === undefined ? '' : `, until ${shortIso(endAt)}`);

const shortIso = (at: EpochMs): string => toIso(at).replace('.000Z', 'Z');

const UNITS: readonly [string, number][] = [
  ['week', 604_800],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
];

/** `90` → `1 minute 30 seconds` */
function seconds(total: number): string {
  let rest = total;
  const words: string[] = [];
  for (const [unit, size] of UNITS) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0) words.push(`${count} ${unit}${count === 1 ? '' : 's'}`);
  }
  return words.join(' ');
}
