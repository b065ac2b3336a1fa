import { describe, expect, it } from 'vitest';
import type { Calendar } from '../../shared/domain/calendar.ts';
import { sealedCalendar } from '../../shared/domain/calendar-changes.ts';
import type { CronSchedule } from '../../shared/domain/schedule.ts';
import { aDefinition, aTask, T0 } from './samples.ts';
import { type OpenStoreWorld, open } from './store.contract.ts';

export const aCalendar = (over: Partial<Calendar> = {}): Calendar => ({
  tenant: 'root',
  calendarId: 'holidays',
  name: 'Holidays ✓',
  timezone: 'Europe/Paris',
  dates: ['--12-25', '2026-05-14'],
  ranges: [{ from: '2026-12-24', to: '2027-01-02' }],
  weekdays: ['sat', 'sun'],
  createdAt: T0,
  updatedAt: T0,
  createdBy: 'admin',
  version: 1,
  ...over,
});

const using = (...ids: string[]): CronSchedule => ({
  kind: 'cron',
  expressions: ['0 9 * * *'],
  timezone: 'UTC',
  jitterSeconds: 0,
  jitterOffsetMs: 0,
  ...(ids.length === 0 ? {} : { calendars: ids.map((id) => ({ id, mode: 'skip' as const })) }),
});
const taskUsing = (taskId: string, ...ids: string[]) =>
  aTask({ state: { taskId }, definition: { taskId, schedule: using(...ids) } });

/** Calendars, and who uses them. */
export function calendarsContract(name: string, openWorld: OpenStoreWorld): void {
  describe(`${name}: calendars`, () => {
    it('are read as they were written, each tenant its own', async () => {
      const { calendars } = await open(openWorld);
      const bare: Calendar = { ...aCalendar({ calendarId: 'bare' }), dates: [], ranges: [], weekdays: [] };
      const { timezone: _none, ...zoneless } = bare;
      expect(await calendars.put(aCalendar())).toBe(true);
      expect(await calendars.put(zoneless)).toBe(true);
      const found = await calendars.readMany('root', ['bare', 'holidays', 'missing']);
      expect(found.sort((a, b) => (a.calendarId < b.calendarId ? -1 : 1))).toEqual([zoneless, aCalendar()]);
      expect(await calendars.readMany('other', ['holidays'])).toEqual([]);
      expect(await calendars.readMany('root', [])).toEqual([]);
    });

    it('are written and removed only as they were read', async () => {
      const { calendars } = await open(openWorld);
      const [first, second] = [aCalendar(), aCalendar({ version: 2, name: 'Later' })];
      expect(await calendars.put(second, first)).toBe(false);
      expect(await calendars.put(first)).toBe(true);
      expect(await calendars.put(aCalendar({ name: 'Rival' }))).toBe(false);
      expect(await calendars.put(second, first)).toBe(true);
      expect(await calendars.put(second, first)).toBe(false);
      expect(await calendars.remove(first)).toBe(false);
      const sealed = sealedCalendar(second);
      expect(await calendars.put(sealed, second)).toBe(true);
      expect(await calendars.readMany('root', ['holidays'])).toEqual([sealed]);
      expect(await calendars.remove(sealed)).toBe(true);
      expect(await calendars.readMany('root', ['holidays'])).toEqual([]);
    });

    it('are listed by id, page by page', async () => {
      const { calendars } = await open(openWorld);
      const ids = ['a', 'b', 'c', 'd', 'e'];
      for (const calendarId of ids.toReversed()) await calendars.put(aCalendar({ calendarId }));
      await calendars.put(aCalendar({ tenant: 'other', calendarId: 'z' }));
      const seen: string[] = [];
      let from: string | undefined;
      do {
        const page = await calendars.list({
          tenant: 'root',
          limit: 2,
          ...(from === undefined ? {} : { from }),
        });
        expect(page.entries.length).toBeLessThanOrEqual(2);
        seen.push(...page.entries.map(({ calendarId }) => calendarId));
        from = page.next;
      } while (from !== undefined);
      expect(seen).toEqual(ids);
    });

    it('know their users by the write that makes a task, changes it or deletes it', async () => {
      const { calendars, tasks } = await open(openWorld);
      await calendars.put(aCalendar());
      await calendars.put(aCalendar({ calendarId: 'weekend' }));
      const users = async (calendarId: string) =>
        (await calendars.users({ tenant: 'root', calendarId, limit: 10 })).entries;
      for (const taskId of ['a', 'b']) await tasks.create(taskUsing(taskId, 'holidays'));
      expect(await users('holidays')).toEqual([
        { tenant: 'root', taskId: 'a' },
        { tenant: 'root', taskId: 'b' },
      ]);
      const key = { tenant: 'root', taskId: 'a' };
      const edited = aDefinition({ taskId: 'a', definitionVersion: 2, schedule: using('weekend') });
      const change = { set: { version: 2, definitionVersion: 2 }, guard: { equals: { version: 1 } } };
      await tasks.replace(key, change, edited, { added: ['weekend'], removed: ['holidays'] });
      expect(await users('holidays')).toEqual([{ tenant: 'root', taskId: 'b' }]);
      expect(await users('weekend')).toEqual([{ tenant: 'root', taskId: 'a' }]);
      // Refused for its version: nothing of it happens.
      await tasks.replace(key, change, edited, { added: [], removed: ['weekend'] });
      expect(await users('weekend')).toHaveLength(1);
    });

    it.each<['missing' | 'sealed']>([['missing'], ['sealed']])(
      'refuse a new user when %s, and nothing of the task is written',
      async (how) => {
        const { calendars, tasks } = await open(openWorld);
        if (how === 'sealed') await calendars.put(sealedCalendar(aCalendar({ version: 0 })));
        const refused = await tasks.create(taskUsing('a', 'holidays'));
        expect(refused).toEqual({ ok: false, existing: undefined });
        expect(await tasks.read({ tenant: 'root', taskId: 'a' })).toBeUndefined();
        await tasks.create(taskUsing('b'));
        const change = { set: { version: 2, definitionVersion: 2 }, guard: { equals: { version: 1 } } };
        const edited = aDefinition({ taskId: 'b', definitionVersion: 2, schedule: using('holidays') });
        const links = { added: ['holidays'], removed: [] };
        expect((await tasks.replace({ tenant: 'root', taskId: 'b' }, change, edited, links)).ok).toBe(false);
        expect((await tasks.readState({ tenant: 'root', taskId: 'b' }))?.version).toBe(1);
        const page = await calendars.users({ tenant: 'root', calendarId: 'holidays', limit: 5 });
        expect(page).toEqual({ entries: [], next: undefined });
      },
    );
  });
}
