/** What lies in a heap knows its place there, so that it can be taken out from the middle. */
export interface Timed {
  /** Epoch ms; change it only while the item is not in a heap. */
  visibleAt: number;
  /** −1 when in no heap; written by the heap alone. */
  heapIndex: number;
}

/** Binary heap by `visibleAt`: next in O(1), add and remove in O(log n). */
export class TimerHeap<T extends Timed> {
  #items: T[] = [];

  get size(): number {
    return this.#items.length;
  }

  peek(): T | undefined {
    return this.#items[0];
  }

  add(item: T): void {
    this.#items.push(item);
    this.#up(this.#items.length - 1, item);
  }

  remove(item: T): void {
    const index = item.heapIndex;
    if (index < 0) return;
    item.heapIndex = -1;
    const last = this.#items.pop();
    if (last === undefined || last === item) return;
    this.#up(index, last);
    this.#down(last.heapIndex, last);
  }

  clear(): void {
    for (const item of this.#items) item.heapIndex = -1;
    this.#items = [];
  }

  values(): readonly T[] {
    return this.#items;
  }

  #put(index: number, item: T): void {
    this.#items[index] = item;
    item.heapIndex = index;
  }

  #up(from: number, item: T): void {
    let index = from;
    while (index > 0) {
      const parentIndex = (index - 1) >> 1;
      const parent = this.#items[parentIndex];
      if (parent === undefined || parent.visibleAt <= item.visibleAt) break;
      this.#put(index, parent);
      index = parentIndex;
    }
    this.#put(index, item);
  }

  #down(from: number, item: T): void {
    let index = from;
    for (;;) {
      let childIndex = 2 * index + 1;
      let child = this.#items[childIndex];
      const right = this.#items[childIndex + 1];
      if (child !== undefined && right !== undefined && right.visibleAt < child.visibleAt) {
        childIndex += 1;
        child = right;
      }
      if (child === undefined || child.visibleAt >= item.visibleAt) break;
      this.#put(index, child);
      index = childIndex;
    }
    this.#put(index, item);
  }
}
