import * as z from 'zod';
import type { AuditStore } from '../../access-ports.ts';
import type { AuditEntry } from '../../domain/audit.ts';
import { padMs } from '../../domain/occurrence.ts';
import type { EpochMs } from '../../domain/time.ts';
import { fromItem, type Item, toItem } from './codec.ts';
import { absent, incomplete } from './conditions.ts';
import { Expression } from './expression.ts';
import { auditPk, type PrimaryKey } from './keys.ts';
import { badToken, decodeToken, encodeToken } from './page-token.ts';
import type { Table } from './table.ts';
import { toEpochSeconds } from './ttl.ts';

const Stored = z.object({
  tenant: z.string(),
  id: z.string(),
  at: z.number(),
  actor: z.string(),
  action: z.string(),
  resource: z.string(),
  requestId: z.string(),
  outcome: z.enum(['pending', 'done', 'unchanged', 'refused']),
  code: z.string().exactOptional(),
  before: z.string().exactOptional(),
  after: z.string().exactOptional(),
});

/** A partition for each tenant and month, in it by instant. */
export const makeAuditStore = (table: Table): AuditStore => ({
  async begin(entry, expiresAt) {
    const e = new Expression();
    // One that stands already is our own write, repeated by the SDK after a lost answer: ids are unique.
    await table.put(itemOf(entry, expiresAt), { ConditionExpression: absent(e), ...e.parameters() });
  },

  async complete(entry, end, expiresAt) {
    const e = new Expression();
    const condition = { ConditionExpression: incomplete(e), ...e.parameters() };
    await table.put(itemOf({ ...entry, ...end }, expiresAt), condition);
  },

  async list({ tenant, from, to, limit, after }) {
    const entries: AuditEntry[] = [];
    let position = after === undefined ? undefined : positionOf(after, to);
    // What it stands at has expired meanwhile, and so has all that follows.
    if (position && position.at < from) return { entries: [], next: undefined };
    // The partitions of months in which nothing happened are empty, not absent: they are passed over.
    for (let month = monthOf(position?.at ?? to - 1); from < to; month = monthOf(month - 1)) {
      const pk = auditPk(tenant, nameOf(month));
      const page = await queryMonth(table, pk, { from, to, limit: limit - entries.length, position });
      entries.push(...page.items.map(stored));
      position = undefined;
      const isLast = month <= from;
      const sk = page.last?.sk?.S ?? (entries.length >= limit && !isLast ? skOf(entries.at(-1)) : undefined);
      if (sk !== undefined) return { entries, next: encodeToken({ sk }) };
      if (isLast) break;
    }
    return { entries, next: undefined };
  },
});

interface Position {
  sk: string;
  at: EpochMs;
}
const DIGITS = 15;
const Token = z.object({ sk: z.string().regex(/^\d{15}#[\w-]{1,64}$/) });

function positionOf(token: string, to: EpochMs): Position {
  const { sk } = decodeToken(Token, token);
  const at = Number(sk.slice(0, DIGITS));
  if (at >= to) throw badToken();
  return { sk, at };
}

async function queryMonth(
  table: Table,
  pk: PrimaryKey['pk'],
  q: { from: EpochMs; to: EpochMs; limit: number; position: Position | undefined },
): Promise<{ items: Item[]; last: Item | undefined }> {
  const e = new Expression();
  const range = `${e.plain(padMs(q.from))} AND ${e.plain(`${padMs(q.to - 1)}~`)}`;
  return table.query({
    KeyConditionExpression: `${e.name('pk')} = ${e.plain(pk)} AND ${e.name('sk')} BETWEEN ${range}`,
    ...e.parameters(),
    ConsistentRead: true,
    ScanIndexForward: false,
    Limit: q.limit,
    ...(q.position && { ExclusiveStartKey: toItem({ pk, sk: q.position.sk }) }),
  });
}

const itemOf = (entry: AuditEntry, expiresAt: EpochMs): Item =>
  toItem({
    pk: auditPk(entry.tenant, nameOf(entry.at)),
    sk: skOf(entry),
    ...entry,
    ttl: toEpochSeconds(expiresAt),
  });
const skOf = (entry: Pick<AuditEntry, 'at' | 'id'> | undefined): string | undefined =>
  entry && `${padMs(entry.at)}#${entry.id}`;

/** The first instant of the month that `at` lies in; calendar months of UTC. */
function monthOf(at: EpochMs): EpochMs {
  const day = new Date(at);
  return Date.UTC(day.getUTCFullYear(), day.getUTCMonth(), 1);
}
const nameOf = (at: EpochMs): string => new Date(at).toISOString().slice(0, 'yyyy-mm'.length);

const stored = (item: Item): AuditEntry => Stored.parse(fromItem(item));
