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

/** `schedule.timezone`; undefined where there is nothing. */
export const readAt = (draft: unknown, path: string): unknown =>
  path.split('.').reduce<unknown>((value, name) => (isObject(value) ? value[name] : undefined), draft);

/** The draft with the value there; undefined takes the field out, and with it an object that has nothing else. */
export function writeAt(draft: Draft, path: string, value: unknown): Draft {
  const [name = '', ...rest] = path.split('.');
  const inner = rest.length === 0 ? value : orNothing(writeAt(innerOf(draft, name), rest.join('.'), value));
  if (inner !== undefined) return { ...draft, [name]: inner };
  return Object.fromEntries(Object.entries(draft).filter(([other]) => other !== name));
}

const orNothing = (inner: Draft): Draft | undefined => (Object.keys(inner).length === 0 ? undefined : inner);
const innerOf = (draft: Draft, name: string): Draft => {
  const inner = draft[name];
  return isObject(inner) ? inner : {};
};

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
