/** Values and items as they travel in DynamoDB's JSON protocol; binary values are base64 text. */
export type AttributeValue =
  | { S: string }
  | { N: string }
  | { B: string }
  | { BOOL: boolean }
  | { NULL: boolean }
  | { SS: string[] }
  | { NS: string[] }
  | { BS: string[] }
  | { L: AttributeValue[] }
  | { M: Item };

export type Item = Record<string, AttributeValue>;
export type Path = readonly (string | number)[];

export const typeOf = (value: AttributeValue): string => Object.keys(value)[0] ?? '';

/** Elements of a set, of whichever kind, or undefined when the value is no set. */
export function setElements(value: AttributeValue): string[] | undefined {
  if ('SS' in value) return value.SS;
  if ('NS' in value) return value.NS;
  return 'BS' in value ? value.BS : undefined;
}

export function getPath(item: Item, path: Path): AttributeValue | undefined {
  const root: AttributeValue = { M: item };
  return path.reduce<AttributeValue | undefined>(step, root);
}

function step(value: AttributeValue | undefined, at: string | number): AttributeValue | undefined {
  if (value === undefined) return undefined;
  if (typeof at === 'number') return 'L' in value ? value.L[at] : undefined;
  return 'M' in value && Object.hasOwn(value.M, at) ? value.M[at] : undefined;
}

export function equalValues(a: AttributeValue, b: AttributeValue): boolean {
  if (typeOf(a) !== typeOf(b)) return false;
  if ('M' in a && 'M' in b) return equalItems(a.M, b.M);
  if ('L' in a && 'L' in b) {
    const other = b.L;
    return (
      a.L.length === other.length &&
      a.L.every((value, i) => {
        const counterpart = other[i];
        return counterpart !== undefined && equalValues(value, counterpart);
      })
    );
  }
  const elements = setElements(a);
  const others = setElements(b);
  if (elements && others) {
    const known = new Set(others);
    return elements.length === others.length && elements.every((element) => known.has(element));
  }
  return Object.values(a)[0] === Object.values(b)[0];
}

export function equalItems(a: Item, b: Item): boolean {
  const names = Object.keys(a);
  if (names.length !== Object.keys(b).length) return false;
  return names.every((name) => {
    const left = a[name];
    const right = b[name];
    return left !== undefined && right !== undefined && equalValues(left, right);
  });
}
