import type { Item } from '../../../infra/local/dynamodb/attribute-value.ts';
import type { Written } from '../aws/dynamodb.ts';
import type { Faults } from '../faults.ts';
import { count, list, map, must, text } from './records.ts';

const CAPS = 'S8 no more at once than the caps say';
/** Two clocks are off by no more than this. */
const SKEW_MS = 2_000;

/** How long it may take until a slot is given back, when nothing happens to who does it. */
const RELEASE_MS = 20_000;

/** Slots of attempts that are over. */
export class SlotWatch {
  readonly #over: { key: string; name: string; nonce: string; by: string; atMs: number }[] = [];
  readonly #read: (pk: string, sk: string) => Item | undefined;
  readonly #faults: Faults;

  constructor(faults: Faults, read: (pk: string, sk: string) => Item | undefined) {
    this.#faults = faults;
    this.#read = read;
  }

  /** `by`: who writes it gives its slots back, or has. */
  written({ pk, sk, before, after }: Written, by: string, atMs: number): void {
    const ends = text(before, 'status') === 'running' && text(after, 'status') !== 'running';
    const nonce = text(before, 'owner');
    if (!ends || nonce === undefined) return;
    const name = `${pk.split('#').slice(2).join('#')}#${sk.slice(2)}`;
    for (const slot of list(before, 'slots'))
      if ('S' in slot) this.#over.push({ key: slot.S, name, nonce, by, atMs });
  }

  check(nowMs: number): void {
    for (let first = this.#over[0]; first && first.atMs < nowMs - RELEASE_MS; first = this.#over[0]) {
      this.#over.shift();
      const { key, name, nonce, by, atMs } = first;
      const holder = map(map(this.#read(`S#root#${key}`, 'S'), 'holders'), name);
      must(
        // One that is over anyway, as after a lease, nobody need give back.
        text(holder, 'nonce') !== nonce ||
          count(holder, 'until') < nowMs + SKEW_MS ||
          this.#faults.hadTrouble(by, atMs - RELEASE_MS),
        CAPS,
        () => `${name} keeps its slot of ${key}, though its attempt is over`,
      );
    }
  }
}

/** Every write of a cap: nobody takes a slot away before its time is over. */
export function checkSemaphore({ pk, before, after }: Written, nowMs: number): void {
  const [old, now] = [map(before, 'holders') ?? {}, map(after, 'holders') ?? {}];
  const comes = Object.keys(now).some((name) => !(name in old));
  if (!comes) return;
  for (const [name, holder] of Object.entries(old)) {
    if (name in now || !('M' in holder)) continue;
    const left = count(holder.M, 'until') - nowMs;
    must(
      left < SKEW_MS,
      CAPS,
      () => `${pk}: the slot of ${name} is taken ${left} ms before its time is over`,
    );
  }
}

/** Every write that gives a run its lease: no slot that it holds ends before its lease. */
export function checkSlots(
  { pk, sk, before, after }: Written,
  read: (pk: string, sk: string) => Item | undefined,
): void {
  if (after === undefined || text(after, 'status') !== 'running') return;
  if (count(before, 'lease') === count(after, 'lease')) return;
  const name = `${pk.split('#').slice(2).join('#')}#${sk.slice(2)}`;
  for (const slot of list(after, 'slots')) {
    const key = 'S' in slot ? slot.S : '';
    const holder = map(read(`S#root#${key}`, 'S'), 'holders')?.[name];
    if (!holder || !('M' in holder) || text(holder.M, 'nonce') !== text(after, 'owner')) continue;
    const short = count(after, 'lease') - count(holder.M, 'until');
    must(short <= 0, CAPS, () => `${pk} ${sk}: its slot of ${key} ends ${short} ms before its lease`);
  }
}
