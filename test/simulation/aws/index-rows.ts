import type { Item } from '../../../infra/local/dynamodb/attribute-value.ts';

/** A row of the index byStatusAndTime: it projects keys only. */
export interface IndexRow {
  pk: string;
  sk: string;
  statusKey: string;
  timeKey: string;
}
interface Stay extends IndexRow {
  fromMs: number;
  untilMs: number;
}

/**
 * The index follows its table after a while, item by item: each change of an item gets there some time later, but never
 * before an earlier change of the same item.
 */
export class IndexRows {
  readonly #stays = new Map<string, Stay[]>();
  readonly #last = new Map<string, { stay: Stay | undefined; atMs: number }>();

  change(key: string, after: Item | undefined, atMs: number): void {
    const next = after && rowOf(after);
    const last = this.#last.get(key);
    if (last === undefined && next === undefined) return;
    const old = last?.stay;
    if (old && next && old.statusKey === next.statusKey && old.timeKey === next.timeKey) return;
    const shownMs = Math.max(atMs, last?.atMs ?? 0);
    if (old) old.untilMs = shownMs;
    let stay: Stay | undefined;
    if (next) {
      stay = { ...next, fromMs: shownMs, untilMs: Number.POSITIVE_INFINITY };
      const all = this.#stays.get(next.statusKey);
      if (all) all.push(stay);
      else this.#stays.set(next.statusKey, [stay]);
    }
    this.#last.set(key, { stay, atMs: shownMs });
  }

  /** What the index shows of a partition at that instant, in its order. */
  rows(statusKey: string, nowMs: number): IndexRow[] {
    const all = this.#stays.get(statusKey);
    if (all === undefined) return [];
    const kept = all.filter(({ untilMs }) => untilMs > nowMs);
    if (kept.length < all.length) this.#stays.set(statusKey, kept);
    return kept.filter(({ fromMs }) => fromMs <= nowMs).sort(byPlace);
  }

  /** What it will show once it has caught up. */
  entries(): IndexRow[] {
    return [...this.#last.values()].flatMap(({ stay }) => stay ?? []);
  }
}

function rowOf(item: Item): IndexRow | undefined {
  const { pk, sk, statusKey, timeKey } = item;
  if (!statusKey || !timeKey) return undefined;
  return { pk: text(pk), sk: text(sk), statusKey: text(statusKey), timeKey: text(timeKey) };
}

const text = (cell: Item[string] | undefined): string => {
  if (cell && 'S' in cell) return cell.S;
  throw new TypeError('keys are texts');
};

const byPlace = (a: IndexRow, b: IndexRow): number =>
  compare(a.timeKey, b.timeKey) || compare(a.pk, b.pk) || compare(a.sk, b.sk);
const compare = (a: string, b: string): number =>
  a === b ? 0 : Buffer.compare(Buffer.from(a), Buffer.from(b));
