import type { CronRule } from './cron-rule.ts';
import { DAY_MS, SECOND_MS } from './time.ts';
import type { WallMs } from './wall-instants.ts';

/** Dates and weekdays repeat within 40 years, also over 2100, which is no leap year. */
const HORIZON_DAYS = 41 * 366;
const DAY_SECONDS = 86_400;

/** First matching local time at or after the given one; undefined when no date ever matches. */
export function nextWall(rule: CronRule, from: WallMs): WallMs | undefined {
  const second = Math.ceil(from / SECOND_MS);
  const today = Math.floor(second / DAY_SECONDS);
  const rest =
    nextDay(rule, today, today) === today ? timeFrom(rule, second - today * DAY_SECONDS) : undefined;
  if (rest !== undefined) return (today * DAY_SECONDS + rest) * SECOND_MS;
  const day = nextDay(rule, today + 1, today + HORIZON_DAYS);
  const first = timeFrom(rule, 0);
  return day === undefined || first === undefined ? undefined : (day * DAY_SECONDS + first) * SECOND_MS;
}

/** First matching second of the day at or after the given one. */
function timeFrom({ hours, minutes, seconds }: CronRule, secondOfDay: number): number | undefined {
  const nowHour = Math.floor(secondOfDay / 3_600);
  const nowMinute = Math.floor(secondOfDay / 60) % 60;
  const nowSecond = secondOfDay % 60;
  const at = (hour: number, minute: number, second: number) => hour * 3_600 + minute * 60 + second;
  const firstMinute = minutes[0] ?? 0;
  const firstSecond = seconds[0] ?? 0;
  if (hours.includes(nowHour)) {
    if (minutes.includes(nowMinute)) {
      const second = seconds.find((value) => value >= nowSecond);
      if (second !== undefined) return at(nowHour, nowMinute, second);
    }
    const minute = minutes.find((value) => value > nowMinute);
    if (minute !== undefined) return at(nowHour, minute, firstSecond);
  }
  const hour = hours.find((value) => value > nowHour);
  return hour === undefined ? undefined : at(hour, firstMinute, firstSecond);
}

/** First matching day in [from, last], as days since 1970. */
function nextDay(rule: CronRule, from: number, last: number): number | undefined {
  let day = from;
  while (day <= last) {
    const date = new Date(day * DAY_MS);
    const year = date.getUTCFullYear();
    const month = date.getUTCMonth();
    const nextMonth = Date.UTC(year, month + 1, 1) / DAY_MS;
    if (rule.months.includes(month + 1)) {
      const length = nextMonth - Date.UTC(year, month, 1) / DAY_MS;
      for (let of = date.getUTCDate(); of <= length && day <= last; of++, day++) {
        if (matchesDay(rule, of, (((day + 4) % 7) + 7) % 7, length)) return day;
      }
    }
    day = nextMonth;
  }
  return undefined;
}

/** Day of month and day of week: either of them when both are restricted, as crontab(5) has it. */
function matchesDay(rule: CronRule, dayOfMonth: number, weekday: number, monthLength: number): boolean {
  const byDate = () =>
    rule.daysOfMonth.includes(dayOfMonth) || (rule.lastDayOfMonth && dayOfMonth === monthLength);
  const byWeekday = () =>
    (rule.weekdays.includes(weekday) &&
      (rule.nthWeekday === 0 || Math.ceil(dayOfMonth / 7) === rule.nthWeekday)) ||
    (dayOfMonth > monthLength - 7 && rule.lastWeekdays.includes(weekday));
  if (rule.anyWeekday) return byDate();
  if (rule.anyDayOfMonth) return byWeekday();
  return byDate() || byWeekday();
}
