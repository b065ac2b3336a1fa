/** What an expression says, as sorted numbers. cron-parser owns the grammar; nothing else of it is used. */
export interface CronRule {
  seconds: number[];
  minutes: number[];
  hours: number[];
  /** 1..12 */
  months: number[];
  daysOfMonth: number[];
  lastDayOfMonth: boolean;
  anyDayOfMonth: boolean;
  /** 0 = Sunday. */
  weekdays: number[];
  /** Weekdays meant only in the last seven days of the month (`5L`). */
  lastWeekdays: number[];
  anyWeekday: boolean;
  /** `#n`: only the n-th such weekday of the month; 0 = any. */
  nthWeekday: number;
  /** All 24 hours: such a rule follows elapsed time over a clock change, see wall-instants. */
  everyHour: boolean;
}
