import { usePreferences } from '../shell/preferences.tsx';
import { zoneFor } from './instant-text.ts';

const CLOCK = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
const DAY = { day: 'numeric', month: 'short' } as const;

/** Short names of instants, as axes and tables of them need: `09:00`, `21 Nov`, `21 Nov, 09:00`. */
export function useClockText() {
  const { timeDisplay } = usePreferences();
  const timeZone = zoneFor(timeDisplay, undefined);
  const writer = (parts: Intl.DateTimeFormatOptions) => {
    const format = new Intl.DateTimeFormat(undefined, { ...parts, timeZone });
    return (at: string | number) => format.format(new Date(at));
  };
  return { clock: writer(CLOCK), day: writer(DAY), dayAndClock: writer({ ...DAY, ...CLOCK }), timeZone };
}
