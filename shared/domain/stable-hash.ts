/**
 * 32-bit hash of a text that never changes between versions: shard numbers and jitter offsets depend on it.
 * FNV-1a over the UTF-16 code units (low byte, then high byte), then MurmurHash3's finalizer, because FNV
 * alone leaves the high bits of short ids badly mixed.
 */
export function stableHash(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    hash = Math.imul(hash ^ (unit & 0xff), 0x01000193);
    hash = Math.imul(hash ^ (unit >>> 8), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** The same hash as an integer 0 ≤ x < size (size ≤ 2³²), evenly spread. */
export const stableHashBelow = (text: string, size: number): number =>
  Math.floor((stableHash(text) / 2 ** 32) * size);
