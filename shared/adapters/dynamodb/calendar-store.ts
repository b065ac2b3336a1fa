import type { TransactWriteItem } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import { type Calendar, type CalendarLinks, WEEKDAYS } from '../../domain/calendar.ts';
import type { TaskKey } from '../../domain/task.ts';
import type { CalendarStore } from '../../tenant-ports.ts';
import { type Item, toItem } from './codec.ts';
import { atVersion, unsealed } from './conditions.ts';
import { Expression } from './expression.ts';
import { calendarKey, calendarUserKey, type PrimaryKey } from './keys.ts';
import { decodeToken, encodeToken } from './page-token.ts';
import type { Table } from './table.ts';

/**
 * A calendar and the list of the tasks that use it are items of their own. A task's place in the list is written in
 * the transaction that writes the task (taskLinkWrites), so the list is never wrong.
 */
export const makeCalendarStore = (table: Table): CalendarStore => ({
  async readMany(tenant, ids) {
    if (ids.length === 0) return [];
    return (await table.getMany(ids.map((id) => calendarKey(tenant, id)))).map(fromItem);
  },

  async list({ tenant, ...q }) {
    const { items, next } = await readList(table, calendarKey(tenant, '').pk, q);
    return { entries: items.map(fromItem), next };
  },

  async put(calendar, over) {
    const e = new Expression();
    const written = await table.put(itemOf(calendar), {
      ConditionExpression: atVersion(e, over?.version),
      ...e.parameters(),
    });
    return written.ok;
  },

  async remove(seen) {
    const e = new Expression();
    const ConditionExpression = atVersion(e, seen.version);
    const Key = toItem({ ...calendarKey(seen.tenant, seen.calendarId) });
    return (await table.delete({ Key, ConditionExpression, ...e.parameters() })).ok;
  },

  async users({ tenant, calendarId, ...q }) {
    const { items, next } = await readList(table, calendarUserKey({ tenant, taskId: '' }, calendarId).pk, q);
    return { entries: items.map((item) => ({ tenant, taskId: item.sk?.S ?? '' })), next };
  },
});

/** What goes with a task's own writes: it enters the lists of calendars that are open to it, and leaves others. */
export function taskLinkWrites(
  key: TaskKey,
  { added, removed }: CalendarLinks,
  TableName: string,
): TransactWriteItem[] {
  return [
    ...added.flatMap((id): TransactWriteItem[] => {
      const e = new Expression();
      const ConditionExpression = unsealed(e);
      const check = { TableName, Key: toItem({ ...calendarKey(key.tenant, id) }), ConditionExpression };
      return [
        { ConditionCheck: { ...check, ...e.parameters() } },
        { Put: { TableName, Item: toItem({ ...calendarUserKey(key, id) }) } },
      ];
    }),
    ...removed.map(
      (id): TransactWriteItem => ({
        Delete: { TableName, Key: toItem({ ...calendarUserKey(key, id) }) },
      }),
    ),
  ];
}

const Days = z.object({
  name: z.string(),
  timezone: z.string().optional(),
  dates: z.array(z.string()),
  ranges: z.array(z.object({ from: z.string(), to: z.string() })),
  weekdays: z.array(z.enum(WEEKDAYS)),
  createdAt: z.number(),
  updatedAt: z.number(),
  createdBy: z.string(),
});

function itemOf({ tenant, calendarId, version, sealed, ...rest }: Calendar): Item {
  return toItem({ ...calendarKey(tenant, calendarId), json: JSON.stringify(rest), ver: version, sealed });
}

function fromItem(item: Item): Calendar {
  const { timezone, ...rest } = Days.parse(JSON.parse(item.json?.S ?? ''));
  return {
    tenant: (item.pk?.S ?? '').split('#')[1] ?? '',
    calendarId: item.sk?.S ?? '',
    ...rest,
    ...(timezone === undefined ? {} : { timezone }),
    version: Number(item.ver?.N),
    ...(item.sealed?.BOOL ? { sealed: true } : {}),
  };
}

const Position = z.object({ sk: z.string().max(256) });

/** A page of the items under one partition key, in the order of their sort keys (consistent). */
async function readList(
  table: Table,
  pk: PrimaryKey['pk'],
  q: { limit: number; from?: string },
): Promise<{ items: Item[]; next: string | undefined }> {
  const e = new Expression();
  const { items, last } = await table.query({
    KeyConditionExpression: `${e.name('pk')} = ${e.plain(pk)}`,
    ...e.parameters(),
    ConsistentRead: true,
    Limit: q.limit,
    ...(q.from !== undefined && { ExclusiveStartKey: toItem({ pk, sk: decodeToken(Position, q.from).sk }) }),
  });
  const sk = last?.sk?.S;
  return { items, next: sk === undefined ? undefined : encodeToken({ sk }) };
}
