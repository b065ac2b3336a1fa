import { Fifo } from './fifo.ts';

/**
 * Messages in turn by their group, first in, first out within each: a group with much to say makes no other wait.
 * That is what fair queues do for standard queues (docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-fair-queues.html),
 * here at all times and not only once a group has become noisy. Messages without a group are a group.
 */
export class FairLine<T extends { readonly groupId: string | undefined }> {
  /** In the order of their turns; none of them is empty. */
  readonly #groups = new Map<string | undefined, Fifo<T>>();

  push(item: T): void {
    const group = this.#groups.get(item.groupId) ?? new Fifo<T>();
    group.push(item);
    this.#groups.set(item.groupId, group);
  }

  shift(): T | undefined {
    const [next] = this.#groups;
    if (next === undefined) return undefined;
    const [groupId, group] = next;
    const item = group.shift();
    this.#groups.delete(groupId);
    if (group.size > 0) this.#groups.set(groupId, group);
    return item;
  }

  *values(): Generator<T> {
    for (const group of this.#groups.values()) yield* group.values();
  }

  clear(): void {
    this.#groups.clear();
  }
}
