import type { Task, TaskInput } from '../../../../../../shared/client/client.ts';

/**
 * A task as it is being written: what the JSON beside the form says, whether or not it is sound. Both views read it and
 * write it, so that they are always in step; the API alone says what is wrong with it.
 */
export type Draft = Readonly<Record<string, unknown>>;

/** All that people decide, in the order in which it is read. */
const FIELDS: Readonly<Record<keyof TaskInput, true>> = {
  name: true,
  description: true,
  handler: true,
  target: true,
  payload: true,
  schedule: true,
  queue: true,
  tags: true,
  timeoutSeconds: true,
  heartbeatSeconds: true,
  retry: true,
  overlap: true,
  misfire: true,
  misfireGraceSeconds: true,
  catchUpLimit: true,
  concurrency: true,
  rateLimit: true,
  stop: true,
  deadline: true,
  onSuccess: true,
  onFailure: true,
  onDead: true,
  system: true,
};

/** Without what the system writes. */
export function draftOf(task: Task): Draft {
  const all: Draft = { ...task };
  return Object.fromEntries(Object.keys(FIELDS).flatMap((name) => (name in all ? [[name, all[name]]] : [])));
}

export const NEW_DRAFT: Draft = {
  name: '',
  handler: '',
  payload: {},
  schedule: { kind: 'cron', expressions: ['0 9 * * *'], timezone: 'UTC' },
};

export const isObject = (value: unknown): value is Draft =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** `concurrency[0].key` → `['concurrency', 0, 'key']` */
export const stepsOf = (path: string): (string | number)[] =>
  [...path.matchAll(/\[(\d+)\]|[^.[\]]+/g)].map(([name, index]) =>
    index === undefined ? name : Number(index),
  );

/** `schedule.timezone`; undefined where there is nothing. */
export const readAt = (draft: unknown, path: string): unknown =>
  stepsOf(path).reduce<unknown>(readStep, draft);

function readStep(holder: unknown, step: string | number): unknown {
  if (typeof step === 'number') return Array.isArray(holder) ? holder[step] : undefined;
  return isObject(holder) ? holder[step] : undefined;
}

/**
 * The draft with the value there. Undefined takes the field out, and with it an object that has nothing else, unless
 * that stands in a list: `{}` may mean something there, and those behind it keep their places.
 */
export const writeAt = (draft: Draft, path: string, value: unknown): Draft =>
  writeIn(draft, stepsOf(path), value, true);

function writeIn(
  holder: unknown,
  [step = '', ...rest]: (string | number)[],
  value: unknown,
  prunes: boolean,
) {
  const object = isObject(holder) ? holder : {};
  const inner = rest.length === 0 ? value : writeWithin(readStep(holder, step), rest, value, prunes);
  if (inner !== undefined) return { ...object, [step]: inner };
  return Object.fromEntries(Object.entries(object).filter(([other]) => other !== step));
}

function writeWithin(holder: unknown, steps: (string | number)[], value: unknown, prunes: boolean): unknown {
  const [step, ...rest] = steps;
  if (typeof step === 'number') {
    const list: unknown[] = Array.isArray(holder) ? [...holder] : [];
    list[step] = rest.length === 0 ? value : writeWithin(list[step], rest, value, false);
    return list;
  }
  const inner = writeIn(holder, steps, value, prunes);
  return prunes && Object.keys(inner).length === 0 ? undefined : inner;
}

export const textOf = (draft: Draft): string => JSON.stringify(draft, null, 2);

/** Field by field: mine where I changed something, theirs elsewhere. */
export function onTopOf(theirs: Draft, base: Draft, mine: Draft): Draft {
  const names = new Set([...Object.keys(theirs), ...Object.keys(mine)]);
  const chosen = [...names].map((name) => {
    const isMine = JSON.stringify(base[name]) !== JSON.stringify(mine[name]);
    return [name, isMine ? mine[name] : theirs[name]] as const;
  });
  return Object.fromEntries(chosen.filter(([, value]) => value !== undefined));
}

/** `Nightly report` → `nightly-report` */
export const idFor = (name: string): string =>
  name
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9._-]+/g, '-')
    .replaceAll(/^[^a-z0-9]+|-+$/g, '')
    .slice(0, 128);
