import type { Calendar } from '../../shared/domain/calendar.ts';
import type { CalendarStore } from '../../shared/tenant-ports.ts';
import type { MemoryTables } from './memory-stores.ts';
import { page } from './memory-table.ts';

const idOf = ({ tenant, calendarId }: Pick<Calendar, 'tenant' | 'calendarId'>) => `${tenant}#${calendarId}`;

export const makeMemoryCalendars = ({ calendars, calendarUsers }: MemoryTables): CalendarStore => ({
  async readMany(tenant, ids) {
    const found = ids.map((calendarId) => calendars.get(idOf({ tenant, calendarId })));
    return structuredClone(found.filter((calendar) => calendar !== undefined));
  },
  async list({ tenant, ...q }) {
    const own = [...calendars.values()].filter((calendar) => calendar.tenant === tenant);
    return page(
      own.map((entry) => ({ entry: structuredClone(entry), position: at(entry.calendarId) })),
      q,
    );
  },
  async put(calendar, over) {
    if (calendars.get(idOf(calendar))?.version !== over?.version) return false;
    calendars.set(idOf(calendar), structuredClone(calendar));
    return true;
  },
  async remove(seen) {
    if (calendars.get(idOf(seen))?.version !== seen.version) return false;
    return calendars.delete(idOf(seen));
  },
  async users({ tenant, calendarId, ...q }) {
    const prefix = `${tenant}#${calendarId}#`;
    const taskIds = [...calendarUsers]
      .filter((user) => user.startsWith(prefix))
      .map((user) => user.slice(prefix.length));
    return page(
      taskIds.map((taskId) => ({ entry: { tenant, taskId }, position: at(taskId) })),
      q,
    );
  },
});

const at = (sort: string) => ({ sort, shard: 0, id: '' });
