import { Unmapped } from './unmapped.ts';

/** One thing that a schedule or a task says, and how far the other side says the same. */
export interface Part {
  part: string;
  maps: 'exactly' | 'differently' | 'not';
  message: string;
}
/** Tells of a part that it maps with a difference, and which. */
export type Differs = (part: string, message: string) => void;

export interface Parts {
  readonly list: Part[];
  differs: Differs;
  exactly(part: string, message: string): void;
  /** Makes a part: exactly, unless it said what differs or that there is no such thing; then undefined. */
  made<T>(part: string, exactly: (value: T) => string, make: () => T): T | undefined;
  /** Something does not map. */
  isBroken(): boolean;
}

export function openParts(): Parts {
  const list: Part[] = [];
  const exactly = (part: string, message: string) => void list.push({ part, maps: 'exactly', message });
  return {
    list,
    exactly,
    differs: (part, message) => void list.push({ part, maps: 'differently', message }),
    made(part, words, make) {
      const before = list.length;
      try {
        const value = make();
        if (list.length === before) exactly(part, words(value));
        return value;
      } catch (error) {
        if (!(error instanceof Unmapped)) throw error;
        list.push({ part, maps: 'not', message: error.message });
        return undefined;
      }
    },
    isBroken: () => list.some(({ maps }) => maps === 'not'),
  };
}
