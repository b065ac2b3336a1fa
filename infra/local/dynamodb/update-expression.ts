import {
  type AttributeValue,
  getPath,
  type Item,
  type Path,
  setElements,
  typeOf,
} from './attribute-value.ts';
import { addNumbers } from './decimal.ts';
import { validationError } from './service-error.ts';

/** Syntax tree of an update expression, as dynalite's parser makes it. */
export interface ParsedUpdate {
  sections: Section[];
  paths: Path[];
  nestedPaths: Record<string, boolean>;
}
type Section =
  | { type: 'set'; path: Path; val: Value }
  | { type: 'remove'; path: Path }
  | { type: 'add' | 'delete'; path: Path; val: AttributeValue };
type Value =
  | Path
  | AttributeValue
  | { type: 'add' | 'subtract'; args: [Value, Value] }
  | { type: 'function'; name: string; args: [Value, Value] };

const WRONG_TYPE = 'An operand in the update expression has an incorrect data type';
const NO_ATTRIBUTE = 'The provided expression refers to an attribute that does not exist in the item';
const BAD_PATH = 'The document path provided in the update expression is invalid for update';

/**
 * All right-hand sides are read from the item as it was. List elements are taken out at the very end, so every
 * index of the expression means the position before the update.
 */
export function applyUpdate(update: ParsedUpdate, before: Item): Item {
  const after: Item = { ...before };
  // Only the attributes that the expression reaches into are copied deep.
  for (const head of Object.keys(update.nestedPaths)) {
    const value = after[head];
    if (value !== undefined) after[head] = structuredClone(value);
  }
  const assigned = update.sections.map((section) =>
    section.type === 'set' ? evaluate(section.val, before) : undefined,
  );
  const lists = new Map<AttributeValue[], Set<number>>();
  update.sections.forEach((section, i) => {
    const place = locate(after, section.path, lists);
    const value = section.type === 'set' ? assigned[i] : combine(section, place.read());
    if (value === undefined) place.remove();
    else place.write(value);
  });
  for (const [list, removed] of lists) {
    const kept = list.filter((_, index) => !removed.has(index));
    list.splice(0, list.length, ...kept);
  }
  return after;
}

interface Place {
  read(): AttributeValue | undefined;
  write(value: AttributeValue): void;
  remove(): void;
}

function locate(item: Item, path: Path, lists: Map<AttributeValue[], Set<number>>): Place {
  const parent = getPath(item, path.slice(0, -1));
  const step = path[path.length - 1];
  if (parent !== undefined && 'M' in parent && typeof step === 'string') {
    const map = parent.M;
    return {
      read: () => (Object.hasOwn(map, step) ? map[step] : undefined),
      write: (value) => {
        map[step] = value;
      },
      remove: () => {
        delete map[step];
      },
    };
  }
  if (parent !== undefined && 'L' in parent && typeof step === 'number') {
    const list = parent.L;
    const removed = lists.get(list) ?? new Set<number>();
    lists.set(list, removed);
    return {
      read: () => list[step],
      // Beyond the end this leaves holes, which the final compaction closes: the element is appended.
      write: (value) => {
        list[step] = value;
      },
      remove: () => {
        removed.add(step);
      },
    };
  }
  throw validationError(BAD_PATH);
}

function combine(
  section: Exclude<Section, { type: 'set' }>,
  existing: AttributeValue | undefined,
): AttributeValue | undefined {
  if (section.type === 'remove') return undefined;
  const operand = section.val;
  if (existing === undefined) return section.type === 'add' ? operand : undefined;
  if (typeOf(existing) !== typeOf(operand)) throw validationError(WRONG_TYPE);
  if ('N' in existing && 'N' in operand) return { N: addNumbers(existing.N, operand.N) };
  const old = setElements(existing) ?? [];
  const given = setElements(operand) ?? [];
  if (section.type === 'add') return setOf(existing, [...new Set([...old, ...given])]);
  const rest = old.filter((element) => !given.includes(element));
  return rest.length > 0 ? setOf(existing, rest) : undefined;
}

function setOf(like: AttributeValue, elements: string[]): AttributeValue {
  if ('SS' in like) return { SS: elements };
  return 'NS' in like ? { NS: elements } : { BS: elements };
}

const isPath = (value: Value): value is Path => Array.isArray(value);

function evaluate(value: Value, item: Item): AttributeValue {
  if (isPath(value)) {
    const found = getPath(item, value);
    if (found === undefined) throw validationError(NO_ATTRIBUTE);
    return found;
  }
  if (!('type' in value)) return value;
  const [first, second] = value.args;
  if (value.type === 'function' && value.name === 'if_not_exists')
    return (isPath(first) ? getPath(item, first) : undefined) ?? evaluate(second, item);
  const left = evaluate(first, item);
  const right = evaluate(second, item);
  if (value.type === 'function') {
    if (!('L' in left && 'L' in right)) throw validationError(WRONG_TYPE);
    return { L: [...left.L, ...right.L] };
  }
  if (!('N' in left && 'N' in right)) throw validationError(WRONG_TYPE);
  return { N: addNumbers(left.N, right.N, value.type === 'add' ? 1n : -1n) };
}
