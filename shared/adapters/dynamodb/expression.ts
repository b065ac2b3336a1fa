import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { type Item, toItem } from './codec.ts';

/** Collects the names and values that an expression text refers to. Every name is an alias: many are reserved. */
export class Expression {
  readonly #names: Record<string, string> = {};
  readonly #values: Item = {};
  #count = 0;

  name(attribute: string): string {
    this.#names[`#${attribute}`] = attribute;
    return `#${attribute}`;
  }
  /** A key inside a map, whatever characters it has. */
  entry(map: string, key: string): string {
    const known = Object.entries(this.#names).find(([alias, name]) => alias.startsWith('#_') && name === key);
    const alias = known?.[0] ?? `#_${Object.keys(this.#names).length}`;
    this.#names[alias] = key;
    return `${this.name(map)}.${alias}`;
  }
  value(value: AttributeValue): string {
    const placeholder = `:${this.#count++}`;
    this.#values[placeholder] = value;
    return placeholder;
  }
  plain(value: string | number): string {
    const { value: cell } = toItem({ value });
    if (!cell) throw new TypeError('nothing to compare with');
    return this.value(cell);
  }
  map(value: Record<string, string | number>): string {
    return this.value({ M: toItem(value) });
  }
  /** Empty collections must be left out of a request. */
  parameters(): { ExpressionAttributeNames?: Record<string, string>; ExpressionAttributeValues?: Item } {
    return {
      ...(Object.keys(this.#names).length > 0 && { ExpressionAttributeNames: this.#names }),
      ...(this.#count > 0 && { ExpressionAttributeValues: this.#values }),
    };
  }
}
